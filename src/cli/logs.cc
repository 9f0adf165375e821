#include <fmt/format.h>

#include <memory>

#include "cli/api_client.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

struct Options {
  std::string name;
  bool follow = false;
};

}  // namespace

Run DeclareLogs(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option(
         "part", options->name,
         "An instance (i-…), a database, or a load balancer's node; `scv status` names them")
      ->required();
  app.add_flag("-f,--follow", options->follow, "Go on until Ctrl-C");
  app.footer("Examples:\n  scv logs i-0a1b2c3d4e5f67890 -f\n  scv logs scv");
  return [options](const Context& context) {
    const ApiClient api(context.files.socket());
    const auto target = fmt::format("/v1/logs?part={}&follow={}", PercentEncode(options->name),
                                    options->follow ? 1 : 0);
    const auto done = api.Follow(target, [](std::string_view line) {
      fmt::print("{}\n", line);
      std::fflush(stdout);
      return true;
    });
    return done ? 0 : Complain(done.error());
  };
}

}  // namespace scv::cli
