// The command line of the lab. ./scv, the front door, builds it and hands over to it.
#include <fmt/format.h>

#include <csignal>
#include <string_view>
#include <utility>

#include "cli/command.h"

namespace {

struct Entry {
  const char* name;
  const char* description;
  scv::cli::Declare declare;
};

constexpr Entry kCommands[] = {
    {"up", "Bring the lab up: start it, apply the Terraform, wait for the first page",
     scv::cli::DeclareUp},
    {"down", "Destroy what Terraform made and end the lab", scv::cli::DeclareDown},
    {"status", "Show regions, zones, fleets, targets, databases and names",
     scv::cli::DeclareStatus},
    {"plan", "Show what the lab is about to do, and why", scv::cli::DeclarePlan},
    {"events", "Show what happened, and follow it", scv::cli::DeclareEvents},
    {"logs", "Show an instance's console", scv::cli::DeclareLogs},
    {"exec", "Run a program inside an instance", scv::cli::DeclareExec},
    {"kill", "Kill an instance, as a crash would", scv::cli::DeclareKill},
    {"failover", "Move the writes to the other region", scv::cli::DeclareFailover},
    {"failback", "Move the writes back to the first region", scv::cli::DeclareFailback},
    {"drill", "Break the lab under load and judge what its clients saw", scv::cli::DeclareDrill},
    {"dns", "Ask the lab's name server", scv::cli::DeclareDns},
    {"terraform", "Run Terraform against the lab", scv::cli::DeclareTerraform},
    {"trust", "Explain or install the lab's certificate authority", scv::cli::DeclareTrust},
    {"doctor", "Say what this machine can and cannot do for the lab", scv::cli::DeclareDoctor},
    {"completion", "Print the completion of these commands for the shell",
     scv::cli::DeclareCompletion},
};

bool AsksForHelp(int argc, char** argv, int at) {
  if (at >= argc) return false;
  const std::string_view argument = argv[at];
  return argument == "-h" || argument == "--help";
}

// Where the arguments of another program begin: behind `terraform` and `drill`, and behind
// `exec INSTANCE`.
int OwnArguments(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--state") {
      ++i;
    } else if (!argument.starts_with('-')) {
      if (argument == "terraform") return AsksForHelp(argc, argv, i + 1) ? argc : i + 1;
      if (argument == "drill") return i + 1;  // it explains itself
      if (argument != "exec") return argc;
      for (++i; i < argc; ++i) {
        if (argv[i][0] != '-') return i + 1;
      }
    }
  }
  return argc;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Working SCV's lab", "scv");
  app.require_subcommand(1);
  app.fallthrough();
  scv::cli::Context context{.files = scv::cli::DefaultLabFiles(), .json = false, .rest = {}};
  app.add_option("--state", context.files.state,
                 "The lab's state directory (or SCV_STATE; default .scv/lab)");
  app.add_flag("--json", context.json, "Answer in JSON");
  std::vector<std::pair<CLI::App*, scv::cli::Run>> runs;
  for (const auto& entry : kCommands) {
    CLI::App* command = app.add_subcommand(entry.name, entry.description);
    runs.emplace_back(command, entry.declare(*command));
  }
  const int own = OwnArguments(argc, argv);
  context.rest.assign(argv + own, argv + argc);
  try {
    app.parse(own, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  try {
    for (const auto& [command, run] : runs) {
      if (command->parsed()) return run(context);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "scv: {}\n", error.what());
  }
  return 1;
}
