// What Prometheus sees. Rate, errors and duration per route; the lanes, the pools, the store.
// Thread-safe.
#ifndef SCV_MEMO_SERVICE_METRICS_H_
#define SCV_MEMO_SERVICE_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "memo/service/dispatcher.h"

namespace scv::memo {

class Metrics {
 public:
  struct RouteLabels {
    std::string_view route;
    std::string_view method;
  };

  // `routes` in the order of the indexes given to OnRequest.
  Metrics(const std::vector<RouteLabels>& routes, std::string_view version,
          std::string_view store_kind);
  ~Metrics();

  void OnRequest(std::size_t route, unsigned status, std::chrono::nanoseconds took);
  void OnShed(std::string_view reason);
  // A write that asked for durability global was answered: "confirmed", "fell_back" or "failed".
  void OnGlobal(std::string_view outcome, std::chrono::nanoseconds waited);
  // The observer lives as long as the Metrics.
  LaneObserver& ForLane(const std::string& name);

  prometheus::Gauge& connections() { return *connections_; }
  prometheus::Gauge& in_flight() { return *in_flight_; }
  prometheus::Gauge& ready() { return *ready_; }
  prometheus::Gauge& global_ready() { return *global_ready_; }
  prometheus::Counter& replays() { return *replays_; }
  prometheus::Counter& conflicts() { return *conflicts_; }
  prometheus::Counter& sign_in_failures() { return *sign_in_failures_; }

  // The text exposition format.
  std::string Render() const;

 private:
  static constexpr std::size_t kStatusMax = 600;
  class Lane;
  struct Route {
    RouteLabels labels;
    prometheus::Histogram* seconds = nullptr;
    std::array<std::atomic<prometheus::Counter*>, kStatusMax> by_status{};
  };

  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>* requests_;
  std::vector<std::unique_ptr<Route>> routes_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  prometheus::Family<prometheus::Counter>* shed_;
  prometheus::Family<prometheus::Counter>* global_;
  prometheus::Histogram* global_seconds_;
  prometheus::Gauge* connections_;
  prometheus::Gauge* in_flight_;
  prometheus::Gauge* ready_;
  prometheus::Gauge* global_ready_;
  prometheus::Counter* replays_;
  prometheus::Counter* conflicts_;
  prometheus::Counter* sign_in_failures_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_METRICS_H_
