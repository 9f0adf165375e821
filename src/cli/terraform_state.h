// Terraform writes its state file in place. On a full disk that leaves half a file, and Terraform
// puts the whole state into errored.tfstate in the directory with the HCL instead. It is brought
// home from there.
#ifndef SCV_CLI_TERRAFORM_STATE_H_
#define SCV_CLI_TERRAFORM_STATE_H_

#include "base/result.h"
#include "cli/terraform_arguments.h"

namespace scv::cli {

// Behind a run that failed: gives an errored.tfstate of this place a name of its own beside it, so
// that another region's run does not overwrite it.
void KeepErroredState(const TerraformPlace& place);

// When the lab goes.
void ForgetErroredState(const TerraformPlace& place);

// Before a run: puts the state that was kept where Terraform looks for it. kUnavailable: there is
// no room yet, or the state is damaged and no whole one is known; the message says what helps.
Result<void> RestoreState(const TerraformPlace& place);

}  // namespace scv::cli

#endif  // SCV_CLI_TERRAFORM_STATE_H_
