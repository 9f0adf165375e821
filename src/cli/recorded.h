// The lab without Terraform: the resource graph recorded from the same HCL.
#ifndef SCV_CLI_RECORDED_H_
#define SCV_CLI_RECORDED_H_

#include <functional>
#include <map>
#include <set>
#include <string>

#include "base/result.h"
#include "cli/lab_files.h"
#include "cli/lab_start.h"

namespace scv::cli {

// How to get Terraform, for people who do not have it.
inline constexpr const char* kGetTerraform =
    "Get Terraform 1.11 or later from https://developer.hashicorp.com/terraform/install to apply\n"
    "  changed HCL; Debian does not ship it.";

// Whether the region was applied from the recorded graph.
bool HasRecordedState(const LabFiles& files, const RegionRun& region);

// Lets the daemon apply infra/recorded/<name>.json, or destroy what it made. `tick` is called
// several times a second with the number of resources done so far. A signal interrupts it. Every
// line of the daemon's goes to <state>/recorded/<name>.log; what it warns of, to `warnings`, if
// any: the summary and the addresses.
using Warnings = std::map<std::string, std::set<std::string>>;
Result<void> RunRecorded(const LabFiles& files, const RegionRun& region, bool destroy,
                         const std::function<void(int)>& tick, Warnings* warnings = nullptr);

}  // namespace scv::cli

#endif  // SCV_CLI_RECORDED_H_
