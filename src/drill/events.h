// The lab's events as a drill sees them, on the clock of its requests.
#ifndef SCV_DRILL_EVENTS_H_
#define SCV_DRILL_EVENTS_H_

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "drill/daemon_api.h"
#include "drill/history.h"

namespace scv::drill {

struct LabEvent {
  Micros at = 0;
  std::string source, subject, text, reason;
};

// `wall_offset`: microseconds of the wall clock minus NowMicros(). nullopt: no event.
std::optional<LabEvent> ParseEvent(std::string_view line, Micros wall_offset);
// Of a database's event, "detect: the primary is silent" → "detect"; otherwise "".
std::string PhaseOf(const LabEvent& event);
Micros WallOffset();

// Follows GET /v1/events from now on, across restarts of the daemon. Thread-safe.
class EventFollower {
 public:
  explicit EventFollower(const DaemonApi& api);
  ~EventFollower() = default;
  // From then on, in the order of arrival.
  std::vector<LabEvent> Since(Micros time) const;

 private:
  void Run(const std::stop_token& stop);
  void Take(std::string_view line);

  const DaemonApi& api_;
  const Micros begin_;
  mutable std::mutex mutex_;
  std::vector<LabEvent> events_;
  std::set<std::string, std::less<>> known_;  // lines: a new connection repeats the past
  std::jthread thread_;
};

}  // namespace scv::drill

#endif  // SCV_DRILL_EVENTS_H_
