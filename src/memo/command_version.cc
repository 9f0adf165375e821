// memo version
#include <CLI/CLI.hpp>
#include <cstdio>

#include "memo/command_line.h"
#include "memo/service/version.h"

namespace scv::memo {

void AddVersionCommand(CLI::App& app, Command& run) {
  app.add_subcommand("version", "Print the version")->callback([&run] {
    run = [] {
      std::printf("memo %s\n", std::string(kVersion).c_str());
      return 0;
    };
  });
}

}  // namespace scv::memo
