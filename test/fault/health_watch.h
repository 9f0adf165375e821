// Watches an instance's health the way load balancers do: /livez and /readyz, over and over.
#ifndef SCV_FAULT_HEALTH_WATCH_H_
#define SCV_FAULT_HEALTH_WATCH_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

#include "fault/api_client.h"

namespace scv::fault {

struct Health {
  std::size_t looks = 0;
  std::size_t livez_bad = 0;  // looks at /livez that were not answered 200 in time
  std::string livez_first_bad;
  bool ready = false;         // at the last look
  std::size_t went_red = 0;   // times /readyz turned from 200 to anything else
  std::size_t came_back = 0;  // times it turned back
};

// Looks from construction to destruction. Thread-safe.
class HealthWatch {
 public:
  explicit HealthWatch(const Endpoint& endpoint);
  ~HealthWatch();
  HealthWatch(const HealthWatch&) = delete;
  HealthWatch& operator=(const HealthWatch&) = delete;

  Health health() const;
  // Until /readyz is 200, or not, at a look that begins after the call; false: not within `limit`.
  bool Await(bool ready, std::chrono::milliseconds limit);

 private:
  void Watch(const std::stop_token& stop);
  void Look(HttpClient& client);

  const Endpoint& endpoint_;
  mutable std::mutex mutex_;
  std::condition_variable_any looked_;
  Health health_;
  std::jthread thread_;
};

}  // namespace scv::fault

#endif  // SCV_FAULT_HEALTH_WATCH_H_
