// The program's other half, which runs in the network that clients of the service see: takes one
// line of options on standard input, writes what happens as lines (history.h) to standard output.
//
// "finish\n" on standard input ends it in good order; the end of the input at once.
#ifndef SCV_DRILL_CLIENTS_MAIN_H_
#define SCV_DRILL_CLIENTS_MAIN_H_

#include <string>

#include "drill/workload.h"

namespace scv::drill {

std::string ToLine(const WorkloadOptions& options);
Result<WorkloadOptions> ParseOptions(const std::string& line);

// The exit code. Standard input and output belong to it.
int RunClients();

}  // namespace scv::drill

#endif  // SCV_DRILL_CLIENTS_MAIN_H_
