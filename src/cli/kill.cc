#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <memory>

#include "cli/api_client.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace scv::cli {

Run DeclareKill(CLI::App& app) {
  const auto instance = std::make_shared<std::string>();
  app.add_option("instance", *instance, "The instance (i-…), or a database's name")->required();
  app.footer(
      "Its processes get SIGKILL; what replaces it is decided as on AWS.\n\n"
      "Examples:\n  scv kill i-0a1b2c3d4e5f67890");
  return [instance](const Context& context) {
    const ApiClient api(context.files.socket());
    const auto answer = api.Post("/v1/kill", {{"part", *instance}});
    if (!answer) return Complain(answer.error());
    if (context.json) {
      fmt::print("{}\n", boost::json::serialize(*answer));
    } else {
      fmt::print("killed {}\n", *instance);
    }
    return 0;
  };
}

}  // namespace scv::cli
