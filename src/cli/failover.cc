#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "cli/api_client.h"
#include "cli/child.h"
#include "cli/command.h"
#include "cli/json_read.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string region;
  bool force = false;
  int timeout = 60;
};

// The clusters whose writes are not where they were asked to be, or that are on the way there.
std::string Missing(const json::object& status, const std::string& region) {
  std::string missing;
  for (const auto* cluster : Objects(status, "databases")) {
    std::string writer;
    for (const auto* site : Objects(*cluster, "sites")) {
      if (Flag(*site, "writer")) writer = Text(*site, "region");
    }
    const bool there =
        region.empty() ? Text(*cluster, "writer") == Text(*cluster, "name") : writer == region;
    const auto step = Text(*cluster, "step");
    if (there && step == "steady") continue;
    missing += fmt::format("{}{}: {} {}", missing.empty() ? "" : "; ", Text(*cluster, "name"), step,
                           Text(*cluster, "reason"));
  }
  return missing;
}

// The answer to the order has the region's code ("tokyo" is ap-northeast-1).
Result<void> WaitUntilThere(const ApiClient& api, const std::string& region,
                            std::chrono::seconds patience) {
  const auto deadline = Clock::now() + patience;
  for (;;) {
    SCV_ASSIGN(const auto status, api.Get("/v1/status"));
    const auto missing = Missing(status.as_object(), region);
    if (missing.empty()) return {};
    if (Interrupted()) return Fail(ErrorKind::kConflict, "interrupted");
    if (Clock::now() >= deadline) {
      return Fail(ErrorKind::kTimeout,
                  "the writes have not moved: " + missing + "; `scv events` says why");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

int Move(const Context& context, const Options& options) {
  const ApiClient api(context.files.socket());
  const auto began = Clock::now();
  const auto answer = api.Post("/v1/failover", {{"to", options.region}, {"force", options.force}});
  if (!answer) return Complain(answer.error());
  const auto region = options.region.empty() ? "" : Text(answer->as_object(), "to");
  const auto moved = WaitUntilThere(api, region, std::chrono::seconds(options.timeout));
  if (!moved) return Interrupted() ? 130 : Complain(moved.error());
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
  if (context.json) {
    fmt::print("{}\n", json::serialize(json::value{{"to", Text(answer->as_object(), "to")},
                                                   {"milliseconds", took}}));
  } else {
    fmt::print("{} writes go to {} {}\n", Painted(Tone::kGood, "✓"),
               Text(answer->as_object(), "to"), Painted(Tone::kDim, Duration(took)));
  }
  return 0;
}

void AddCommon(CLI::App& app, Options& options) {
  app.add_flag("--force", options.force,
               "Do not wait for the present writer: fence it and promote what there is. What it "
               "had acknowledged and not yet replicated is lost");
  app.add_option("--timeout", options.timeout, "Seconds to wait")->check(CLI::Range(1, 3600));
}

}  // namespace

Run DeclareFailover(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("region", options->region, "seoul, tokyo, or a region's code")->required();
  AddCommon(app, *options);
  app.footer(
      "Moves the writes of the databases to the other region. Without --force nothing is lost: "
      "the\n"
      "present writer takes no more writes, and the new one is promoted when it has everything.\n\n"
      "Examples:\n  scv failover tokyo\n  scv failover tokyo --force    # Seoul is gone");
  return [options](const Context& context) { return Move(context, *options); };
}

Run DeclareFailback(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  AddCommon(app, *options);
  app.footer(
      "Moves the writes back to the region that had them first, as `scv failover` does.\n\n"
      "Examples:\n  scv failback");
  return [options](const Context& context) { return Move(context, *options); };
}

}  // namespace scv::cli
