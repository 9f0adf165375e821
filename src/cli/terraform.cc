#include "cli/terraform.h"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <vector>

#include "cli/child.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace scv::cli {

std::map<std::string, std::string> TerraformEnvironment(const LabFiles& files,
                                                        const LabRecord& record) {
  std::error_code ignored;
  const boost::json::value address{
      {"Network", "unix"},
      {"String", std::filesystem::absolute(files.provider_socket(), ignored).string()}};
  const boost::json::value reattach{{"registry.terraform.io/hashicorp/aws",
                                     {{"Protocol", "grpc"},
                                      {"ProtocolVersion", 5},
                                      {"Pid", record.pid},
                                      {"Test", true},
                                      {"Addr", address}}}};
  return {{"TF_REATTACH_PROVIDERS", boost::json::serialize(reattach)}, {"CHECKPOINT_DISABLE", "1"}};
}

Run DeclareTerraform(CLI::App& app) {
  app.footer(
      "What `up` applied has its state in the lab's directory: name it with -state, or Terraform "
      "starts another one.\n\nExamples:\n"
      "  scv terraform -chdir=infra/terraform validate\n"
      "  scv terraform -chdir=infra/terraform plan -var-file=../examples/lab-seoul.tfvars \\\n"
      "    -state=$PWD/.scv/lab/terraform/seoul.tfstate");
  return [](const Context& context) {
    if (FindProgram("terraform").empty()) {
      return Complain({ErrorKind::kUnavailable,
                       "Terraform is not installed (Debian does not ship it); get it from "
                       "HashiCorp, or let `scv up` apply the recorded resource graph"});
    }
    const auto record = ReadLabRecord(context.files);
    if (!record) return Complain(record.error());
    std::vector<std::string> all{"terraform"};
    all.insert(all.end(), context.rest.begin(), context.rest.end());
    return Complain(Become(all, TerraformEnvironment(context.files, *record)));
  };
}

}  // namespace scv::cli
