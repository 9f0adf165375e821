#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "cli/api_client.h"
#include "cli/child.h"
#include "cli/command.h"
#include "cli/daemon_death.h"
#include "cli/disk_room.h"
#include "cli/lab_start.h"
#include "cli/recorded.h"
#include "cli/terminal.h"
#include "cli/terraform_state.h"

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

// The names of the states in a directory: one per region that was applied.
std::vector<std::string> AppliedRegions(const std::filesystem::path& states,
                                        std::string_view extension) {
  std::vector<std::string> regions;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(states, failed)) {
    if (entry.path().extension() == extension) regions.push_back(entry.path().stem().string());
  }
  // What is above the regions goes first, and a replica before its source.
  const auto order = [](const std::string& name) {
    return name == "global" ? 0 : name == "tokyo" ? 1 : 2;
  };
  std::sort(regions.begin(), regions.end(), [&](const auto& a, const auto& b) {
    return std::pair(order(a), a) < std::pair(order(b), b);
  });
  return regions;
}

Result<void> DestroyAll(const Context& context, const LabRecord& record) {
  const auto& files = context.files;
  const auto say = [&](const std::string& region) {
    if (!context.json) fmt::print("✓ Destroyed {}\n", region);
  };
  for (const auto& region : AppliedRegions(files.state / "recorded", ".json")) {
    SCV_TRY(RunRecorded(files, {.name = region}, true, [](int) {}));
    say(region);
  }
  if (FindProgram("terraform").empty()) return {};
  for (const auto& region : AppliedRegions(files.terraform(), ".tfstate")) {
    SCV_TRY(RunTerraform(files, record, {.name = region}, true, [](int) {}));
    say(region);
  }
  return {};
}

int Down(const Context& context, const Options& options) {
  const auto& files = context.files;
  if (!options.approved && !Confirmed()) {
    fmt::print("Nothing was done.\n");
    return 1;
  }
  const auto record = ReadLabRecord(files);
  bool orderly = record.has_value() && !options.forget;
  const bool answers = orderly && ApiClient(files.socket()).Get("/v1/health").has_value();
  if (const auto words = orderly && !answers ? DaemonsLastWords(files, LogMark{}) : std::nullopt) {
    fmt::print(stderr, "scv: the lab's daemon cannot start, so that all of it ends at once: {}\n",
               *words);
    orderly = false;
  }
  if (orderly) {
    if (const auto gone = DestroyAll(context, *record); !gone) {
      return Interrupted() ? 130 : Complain(WithShortage(gone.error(), files));
    }
  }
  if (const auto ended = EndLab(files); !ended) return Complain(ended.error());
  for (const auto& region : AppliedRegions(files.terraform(), ".data")) {
    ForgetErroredState(PlaceOf(files, {.name = region}));
  }
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
               "End everything and delete the lab's files without destroying resource by resource");
  app.footer("Examples:\n  scv down\n  scv down --auto-approve");
  return [options](const Context& context) { return Down(context, *options); };
}

}  // namespace scv::cli
