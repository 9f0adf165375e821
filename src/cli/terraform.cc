#include "cli/terraform.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <vector>

#include "cli/child.h"
#include "cli/command.h"
#include "cli/lab_start.h"
#include "cli/terminal.h"
#include "cli/terraform_arguments.h"
#include "cli/terraform_state.h"
#include "cli/unsupported_types.h"

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

namespace {

// A directory with HCL of its own that is no root of this checkout gets the provider only.
bool HasHcl(const std::filesystem::path& directory) {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(directory, failed)) {
    if (entry.path().extension() == ".tf") return true;
  }
  return false;
}

// "--region NAME" and "--region=NAME" before Terraform's own words are ours.
Result<std::string> TakeRegion(std::vector<std::string>& words) {
  constexpr std::string_view kRegion = "--region";
  if (words.empty() || !words[0].starts_with(kRegion)) return std::string();
  const bool joined = words[0].size() > kRegion.size() && words[0][kRegion.size()] == '=';
  if (!joined && (words[0] != kRegion || words.size() < 2)) {
    return Fail(ErrorKind::kInvalid, "--region needs the name of a region, such as seoul");
  }
  std::string name = joined ? words[0].substr(kRegion.size() + 1) : words[1];
  words.erase(words.begin(), words.begin() + (joined ? 1 : 2));
  return name;
}

// The region that is alone in the lab, else seoul.
std::string UsualRegion(const LabFiles& files) {
  std::string only;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(files.terraform(), failed)) {
    const auto name = entry.path().stem().string();
    if (entry.path().extension() != ".tfstate" || name == "global") continue;
    if (!only.empty()) return "seoul";
    only = name;
  }
  return only.empty() ? "seoul" : only;
}

// Where Terraform shall work, as far as that is one of the lab's regions.
Result<std::optional<RegionRun>> ChooseRegion(const LabFiles& files, const std::string& asked,
                                              const std::string& chdir) {
  std::error_code failed;
  const auto directory = std::filesystem::weakly_canonical(chdir.empty() ? "." : chdir, failed);
  const auto is = [&](const RegionRun& region) {
    return std::filesystem::weakly_canonical(region.Root(files), failed) == directory;
  };
  RegionRun region{.name = asked};
  if (asked.empty()) region.name = is({.name = "global"}) ? "global" : UsualRegion(files);
  if (!std::filesystem::exists(PlaceOf(files, region).var_file)) {
    return Fail(ErrorKind::kInvalid, "there is no region " + region.name + ": " +
                                         PlaceOf(files, region).var_file.string() +
                                         " does not exist");
  }
  if (is(region) || (chdir.empty() && !HasHcl(directory))) return region;
  if (asked.empty()) return std::nullopt;
  return Fail(ErrorKind::kInvalid, directory.string() + " is not where " + asked +
                                       " is described; that is " + region.Root(files).string());
}

// Terraform's own message about a type that the provider does not list names neither the lab nor
// the remedy: it is asked again, in JSON.
void ExplainFailure(const LabFiles& files, const std::vector<std::string>& words,
                    const std::map<std::string, std::string>& environment) {
  static const std::set<std::string_view> kLoads{"apply", "console", "destroy", "import",
                                                 "plan",  "refresh", "validate"};
  const auto found = Understand(words);
  if (!kLoads.contains(found.command) || Interrupted()) return;
  std::vector<std::string> arguments{"terraform"};
  if (!found.chdir.empty()) arguments.push_back("-chdir=" + found.chdir);
  arguments.insert(arguments.end(), {"validate", "-json"});
  const auto log = files.state / ("validate-" + std::to_string(getpid()) + ".json");
  if (RunChild({.arguments = arguments, .environment = environment, .log = log})) {
    std::ifstream in(log);
    const std::string told(std::istreambuf_iterator<char>(in), {});
    const auto about = AboutUnsupportedTypes(told);
    if (!about.empty()) fmt::print(stderr, "scv: {}\n", about);
  }
  std::error_code ignored;
  std::filesystem::remove(log, ignored);
}

int RunForPeople(const Context& context) {
  const auto& files = context.files;
  if (FindProgram("terraform").empty()) {
    return Complain({ErrorKind::kUnavailable,
                     "Terraform is not installed (Debian does not ship it); get it from "
                     "HashiCorp, or let `scv up` apply the recorded resource graph"});
  }
  const auto record = ReadLabRecord(files);
  if (!record) return Complain(record.error());
  auto words = context.rest;
  const auto asked = TakeRegion(words);
  if (!asked) return Complain(asked.error());
  const auto region = ChooseRegion(files, *asked, Understand(words).chdir);
  if (!region) return Complain(region.error());
  auto environment = TerraformEnvironment(files, *record);
  if (*region) {
    if (const auto whole = RestoreState(PlaceOf(files, **region)); !whole) {
      return Complain(whole.error());
    }
    words = WithPlace(words, PlaceOf(files, **region));
    environment.merge(PlaceEnvironment(files, **region));
    // What people have set themselves is theirs.
    std::erase_if(environment, [](const auto& entry) {
      return entry.first.starts_with("TF_VAR_") && std::getenv(entry.first.c_str()) != nullptr;
    });
  }
  std::vector<std::string> all{"terraform"};
  all.insert(all.end(), words.begin(), words.end());
  const auto code = RunChild({.arguments = all, .environment = environment, .log = {}});
  if (!code) return Complain(code.error());
  if (*region && *code != 0) KeepErroredState(PlaceOf(files, **region));
  if (*code == 1) ExplainFailure(files, words, environment);
  return *code;
}

}  // namespace

Run DeclareTerraform(CLI::App& app) {
  app.footer(
      "  --region NAME   before Terraform's own words: whose state and variables (default: the "
      "only "
      "one that was applied, else seoul; global: what is above the regions)\n\n"
      "Outside of infra/terraform and of other directories with HCL it works on that region, with "
      "the state that `up` wrote and its -var-file, unless you give others. In a directory of your "
      "own HCL, it only has the lab's provider.\n\nExamples:\n"
      "  scv terraform plan\n"
      "  scv terraform --region tokyo state list\n"
      "  scv terraform apply -replace=module.database.aws_db_instance.this\n"
      "  scv terraform -chdir=my/own plan");
  return RunForPeople;
}

}  // namespace scv::cli
