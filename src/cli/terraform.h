// Terraform with the lab as its hashicorp/aws.
#ifndef SCV_CLI_TERRAFORM_H_
#define SCV_CLI_TERRAFORM_H_

#include <map>
#include <string>

#include "cli/lab_files.h"

namespace scv::cli {

// The variable that makes Terraform talk to the lab instead of installing a provider
// (Terraform documents it for debugging providers).
std::map<std::string, std::string> TerraformEnvironment(const LabFiles& files,
                                                        const LabRecord& record);

}  // namespace scv::cli

#endif  // SCV_CLI_TERRAFORM_H_
