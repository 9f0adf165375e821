// Starting and ending the lab's processes, and applying Terraform to it.
#ifndef SCV_CLI_LAB_START_H_
#define SCV_CLI_LAB_START_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/lab_files.h"
#include "cli/terraform_arguments.h"

namespace scv::cli {

struct StartOptions {
  int https_port = 8443;  // on 127.0.0.1
  std::string pace = "lab";
};

// Starts the lab's init and daemon unless they run, and waits until the API answers.
Result<LabRecord> StartLab(const LabFiles& files, const StartOptions& options);

// Ends the lab's init and with it everything inside; waits until its process is gone.
Result<void> EndLab(const LabFiles& files);

// One root per region, each with its own state, as on AWS.
struct RegionRun {
  std::string name;  // "seoul": infra/examples/lab-<name>.tfvars
  // What is above the regions has a root of its own, applied when they stand: "global".
  std::filesystem::path Root(const LabFiles& files) const {
    return files.root / (name == "global" ? "infra/global" : "infra/terraform");
  }
};

// `terraform init` and `apply` (or `destroy`) of one region, output in
// <state>/terraform/<name>.log. `tick` is called several times a second with the number of
// resources done so far.
Result<void> RunTerraform(const LabFiles& files, const LabRecord& record, const RegionRun& region,
                          bool destroy, const std::function<void(int)>& tick);
// Where one region's Terraform keeps what it knows.
TerraformPlace PlaceOf(const LabFiles& files, const RegionRun& region);
// TF_DATA_DIR, and where the release is that this checkout has built.
std::map<std::string, std::string> PlaceEnvironment(const LabFiles& files, const RegionRun& region);
bool HasTerraformState(const LabFiles& files, const RegionRun& region);

}  // namespace scv::cli

#endif  // SCV_CLI_LAB_START_H_
