// Where the HTML report of a drill goes.
#ifndef SCV_DRILL_REPORT_FILES_H_
#define SCV_DRILL_REPORT_FILES_H_

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "drill/result.h"

namespace scv::drill {

// Writes the report of runs of one scenario to `wanted`, or to build/drills/TIME-NAME.html in the
// checkout when it is empty; gives the file's name.
Result<std::filesystem::path> WriteReport(const std::vector<RunResult>& runs,
                                          const std::filesystem::path& root,
                                          const std::string& wanted);

}  // namespace scv::drill

#endif  // SCV_DRILL_REPORT_FILES_H_
