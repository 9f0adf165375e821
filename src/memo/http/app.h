// What the handlers of all threads share: configuration, lanes, keys, counters. Thread-safe.
#ifndef SCV_MEMO_HTTP_APP_H_
#define SCV_MEMO_HTTP_APP_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "memo/http/response.h"
#include "memo/http/static_files.h"
#include "memo/service/config.h"
#include "memo/service/dispatcher.h"
#include "memo/service/global_durability.h"
#include "memo/service/id_source.h"
#include "memo/service/metrics.h"
#include "memo/service/monitor.h"
#include "memo/service/password_pool.h"
#include "memo/service/rate_limiter.h"

namespace scv::memo {

// The lanes keep kinds of work apart that must not wait for each other: a search may take seconds,
// a read by id must not notice.
struct Lanes {
  Lane<ReadJob> point;
  Lane<ReadJob> list;
  Lane<ReadJob> search;
  Lane<WriteJob> write;

  Lanes(Store& store, Gate& gate, const ServeConfig& config, Metrics& metrics);
};

// Bytes of request bodies being received, over all connections: past the limit, new uploads are
// refused before memory grows.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t max) : max_(max) {}
  bool Take(std::size_t bytes) {
    if (used_.fetch_add(bytes) + bytes <= max_) return true;
    used_.fetch_sub(bytes);
    return false;
  }
  void Give(std::size_t bytes) { used_.fetch_sub(bytes); }

 private:
  const std::size_t max_;
  std::atomic<std::size_t> used_{0};
};

class SignInLimiter {
 public:
  Millis WaitFor(const std::string& username, const std::string& client, Millis now);
  void Fail(const std::string& username, const std::string& client, Millis now);

 private:
  std::mutex mutex_;
  // A name is attacked from one place: this one bites first. A place tries many names: that one
  // next. Never the name alone: anybody could lock its owner out.
  RateLimiter pair_{{.burst = 8, .per_second = 0.1, .keys_max = 20'000}};
  RateLimiter client_{{.burst = 60, .per_second = 1, .keys_max = 20'000}};
};

std::vector<Metrics::RouteLabels> AllRouteLabels();

struct App {
  // `replica`: the other region's; nullptr: no write can be of durability global. The stores
  // outlive this.
  App(const ServeConfig& config, Store& store, Replica* replica);

  const ServeConfig config;
  const ResponseFrame frame;
  Metrics metrics;
  SharedKeyring keys;
  IdSource ids;
  Gate gate;
  SignInLimiter sign_in_limiter;
  ByteBudget upload_budget{std::size_t{128} << 20};
  std::unique_ptr<StaticFiles> files;  // nullptr: no web app
  std::atomic<bool> draining{false};
  std::atomic<std::size_t> connections{0};
  std::unique_ptr<Lanes> lanes;
  std::unique_ptr<GlobalDurability> global;  // nullptr: no replica
  std::unique_ptr<PasswordPool> passwords;
  std::unique_ptr<Monitor> monitor;  // set by the server

  // Ends every background thread; what still waits is handed back to its Home, which must be alive.
  void StopWork();
};

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_APP_H_
