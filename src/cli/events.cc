#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <memory>

#include "cli/api_client.h"
#include "cli/command.h"
#include "cli/json_read.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

struct Options {
  bool follow = false;
  int count = 40;
};

void Print(std::string_view line, bool json) {
  boost::system::error_code code;
  const auto value = boost::json::parse(line, code);
  if (json || code || !value.is_object()) {
    fmt::print("{}\n", line);
  } else {
    const auto& event = value.get_object();
    const std::string at = Text(event, "at");
    const std::string reason = Text(event, "reason");
    fmt::print("{}  {} {}{}\n", Painted(Tone::kDim, at.size() > 19 ? at.substr(11, 12) : at),
               Painted(Tone::kBold, Text(event, "subject")), Text(event, "text"),
               reason.empty() ? "" : Painted(Tone::kDim, " (" + reason + ")"));
  }
  std::fflush(stdout);
}

}  // namespace

Run DeclareEvents(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_flag("-f,--follow", options->follow, "Go on until Ctrl-C");
  app.add_option("-n,--lines", options->count, "How many of the past")->check(CLI::Range(0, 5000));
  app.footer("Examples:\n  scv events\n  scv events -f --json");
  return [options](const Context& context) {
    const ApiClient api(context.files.socket());
    const auto target =
        fmt::format("/v1/events?count={}&follow={}", options->count, options->follow ? 1 : 0);
    const auto done = api.Follow(target, [&](std::string_view line) {
      Print(line, context.json);
      return true;
    });
    return done ? 0 : Complain(done.error());
  };
}

}  // namespace scv::cli
