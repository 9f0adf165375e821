// What `scv terraform` adds to the words that people give Terraform, so that it finds the state and
// the variables of `scv up`.
#ifndef SCV_CLI_TERRAFORM_ARGUMENTS_H_
#define SCV_CLI_TERRAFORM_ARGUMENTS_H_

#include <filesystem>
#include <string>
#include <vector>

namespace scv::cli {

// Of one region; all paths absolute.
struct TerraformPlace {
  std::filesystem::path root;      // the directory with the HCL
  std::filesystem::path state;     // NAME.tfstate
  std::filesystem::path data;      // TF_DATA_DIR
  std::filesystem::path var_file;  // lab-NAME.tfvars
};

// The words taken apart: "-chdir=DIR" (""), the command ("plan", "state list") and where its own
// words begin. No command: "".
struct TerraformWords {
  std::string chdir;
  std::string command;
  std::size_t own = 0;
};
TerraformWords Understand(const std::vector<std::string>& words);

// The words with -state and -var-file put in behind a command that takes them, and that has none. A
// plan that was saved has its variables already.
std::vector<std::string> WithPlace(const std::vector<std::string>& words,
                                   const TerraformPlace& place);

}  // namespace scv::cli

#endif  // SCV_CLI_TERRAFORM_ARGUMENTS_H_
