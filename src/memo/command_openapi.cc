// memo openapi
#include <CLI/CLI.hpp>
#include <cstdio>

#include "memo/command_line.h"
#include "memo/http/openapi.h"

namespace scv::memo {

void AddOpenApiCommand(CLI::App& app, Command& run) {
  CLI::App* command = app.add_subcommand("openapi", "Print the OpenAPI document of the API");
  command->footer("Example:\n  memo openapi > openapi.json");
  command->callback([&run] {
    run = [] {
      const std::string_view text = OpenApiDocument();
      return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
    };
  });
}

}  // namespace scv::memo
