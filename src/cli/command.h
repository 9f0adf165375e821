// One command of scv: its options are declared on a CLI11 subcommand, and it runs with what they
// gave. Each lives in a file of its own.
#ifndef SCV_CLI_COMMAND_H_
#define SCV_CLI_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cli/lab_files.h"

namespace scv::cli {

struct Context {
  LabFiles files;
  bool json = false;
  std::vector<std::string>
      rest;  // of exec, drill and terraform: what belongs to the program they run
};

// The exit code of the program: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
using Run = std::function<int(const Context&)>;
// Declares the command on `app` and returns what runs it.
using Declare = Run (*)(CLI::App& app);

Run DeclareStatus(CLI::App& app);
Run DeclareEvents(CLI::App& app);
Run DeclareLogs(CLI::App& app);
Run DeclarePlan(CLI::App& app);
Run DeclareDns(CLI::App& app);
Run DeclareKill(CLI::App& app);
Run DeclareExec(CLI::App& app);
Run DeclareFailover(CLI::App& app);
Run DeclareFailback(CLI::App& app);
Run DeclareTerraform(CLI::App& app);
Run DeclareTrust(CLI::App& app);
Run DeclareDoctor(CLI::App& app);
Run DeclareUp(CLI::App& app);
Run DeclareDown(CLI::App& app);
Run DeclareDrill(CLI::App& app);
Run DeclareCompletion(CLI::App& app);

}  // namespace scv::cli

#endif  // SCV_CLI_COMMAND_H_
