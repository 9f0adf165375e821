#include "memo/http/app.h"

#include <algorithm>

#include "memo/http/routes.h"
#include "memo/service/version.h"

namespace scv::memo {
namespace {

// With batching off every request has a round trip and a commit of its own, over a pool, as a
// plain service would; it is there to be compared with.
LaneOptions Options(const char* name, const ServeConfig& config, std::size_t workers) {
  LaneOptions options;
  options.name = name;
  options.workers = workers;
  options.batch_max = Store::kBatchMax;
  if (config.batching == "off") {
    options.workers = config.pool;
    options.batch_max = 1;
  }
  return options;
}

// Lists are long answers: a large batch would hold the first until the last is read. Two workers
// keep the database busy while answers are taken apart.
LaneOptions ListOptions(const ServeConfig& config) {
  LaneOptions options = Options("list", config, 2);
  options.batch_max = std::min<std::size_t>(options.batch_max, 8);
  return options;
}

LaneOptions SearchOptions(const ServeConfig& config) {
  LaneOptions options = Options("search", config, 2);
  options.batch_max = 1;
  options.queue_max = 256;
  options.retry_timeouts = false;
  return options;
}

std::string_view MethodOf(Route route) {
  switch (route) {
    case Route::kCreateMemo:
    case Route::kRestoreMemo:
    case Route::kPurgeMemo:
    case Route::kImport:
    case Route::kSignUp:
    case Route::kSignIn:
    case Route::kRevokeAll:
      return "POST";
    case Route::kReplaceMemo:
    case Route::kSetPassword:
      return "PUT";
    case Route::kPatchMemo:
      return "PATCH";
    case Route::kTrashMemo:
    case Route::kSignOut:
      return "DELETE";
    case Route::kMethodNotAllowed:
    case Route::kNotFound:
      return "any";
    default:
      return "GET";
  }
}

}  // namespace

Lanes::Lanes(Store& store, Gate& gate, const ServeConfig& config, Metrics& metrics)
    : point(store, gate, Options("point", config, 1), metrics.ForLane("point")),
      list(store, gate, ListOptions(config), metrics.ForLane("list")),
      search(store, gate, SearchOptions(config), metrics.ForLane("search")),
      write(store, gate, Options("write", config, 1), metrics.ForLane("write")) {}

std::vector<Metrics::RouteLabels> AllRouteLabels() {
  std::vector<Metrics::RouteLabels> labels;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Route::kCount); ++i) {
    const Route route = static_cast<Route>(i);
    const std::string_view name =
        route == Route::kMethodNotAllowed ? "method not allowed" : RouteName(route);
    labels.push_back({name, MethodOf(route)});
  }
  return labels;
}

Millis SignInLimiter::WaitFor(const std::string& username, const std::string& client, Millis now) {
  std::lock_guard lock(mutex_);
  return std::max(pair_.WaitFor(username + "\n" + client, now), client_.WaitFor(client, now));
}

void SignInLimiter::Fail(const std::string& username, const std::string& client, Millis now) {
  std::lock_guard lock(mutex_);
  pair_.Fail(username + "\n" + client, now);
  client_.Fail(client, now);
}

App::App(const ServeConfig& configuration, Store& store, Replica* replica)
    : config(configuration),
      frame(MakeFrame(config.region, config.instance_id)),
      metrics(AllRouteLabels(), kVersion, store.kind()),
      lanes(std::make_unique<Lanes>(store, gate, config, metrics)),
      global(replica == nullptr
                 ? nullptr
                 : std::make_unique<GlobalDurability>(*replica, gate, config, metrics)),
      passwords(std::make_unique<PasswordPool>()) {}

void App::StopWork() {
  monitor.reset();
  passwords.reset();
  lanes.reset();
  global.reset();
}

}  // namespace scv::memo
