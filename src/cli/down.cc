#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "cli/api_client.h"
#include "cli/child.h"
#include "cli/command.h"
#include "cli/lab_start.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

struct Options {
  bool approved = false;
  bool forget = false;
};

bool Confirmed() {
  fmt::print("This destroys every resource of the lab, its database included. Type yes to go on: ");
  std::fflush(stdout);
  std::string answer;
  return std::getline(std::cin, answer) && answer == "yes";
}

std::vector<std::string> AppliedRegions(const LabFiles& files) {
  std::vector<std::string> regions;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(files.terraform(), failed)) {
    if (entry.path().extension() == ".tfstate") regions.push_back(entry.path().stem().string());
  }
  return regions;
}

int Down(const Context& context, const Options& options) {
  const auto& files = context.files;
  if (!options.approved && !Confirmed()) {
    fmt::print("Nothing was done.\n");
    return 1;
  }
  const auto record = ReadLabRecord(files);
  if (record && !options.forget && !FindProgram("terraform").empty()) {
    for (const auto& region : AppliedRegions(files)) {
      const auto gone = RunTerraform(files, *record, {.name = region}, true, [](int) {});
      if (!gone) return Interrupted() ? 130 : Complain(gone.error());
      if (!context.json) fmt::print("✓ Destroyed {}\n", region);
    }
  }
  if (const auto ended = EndLab(files); !ended) return Complain(ended.error());
  std::error_code failed;
  std::filesystem::remove_all(files.state, failed);
  if (failed) {
    return Complain({ErrorKind::kUnavailable,
                     "cannot remove " + files.state.string() + ": " + failed.message()});
  }
  fmt::print("{}", context.json ? "{\"down\":true}\n" : "✓ Nothing of the lab is left\n");
  return 0;
}

}  // namespace

Run DeclareDown(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_flag("--auto-approve,-y", options->approved, "Do not ask");
  app.add_flag("--force", options->forget,
               "End everything and delete the lab's files without `terraform destroy`");
  app.footer("Examples:\n  scv down\n  scv down --auto-approve");
  return [options](const Context& context) { return Down(context, *options); };
}

}  // namespace scv::cli
