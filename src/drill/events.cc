#include "drill/events.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <condition_variable>

#include "base/time.h"
#include "drill/json_read.h"

namespace scv::drill {
namespace {

constexpr std::size_t kEventsMax = 100'000;
constexpr std::chrono::milliseconds kConnectAgain{100};
// What the daemon may have said before the drill's clock and its own agreed.
constexpr Micros kTolerance = 2'000;

}  // namespace

Micros WallOffset() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
             .count() -
         NowMicros();
}

std::optional<LabEvent> ParseEvent(std::string_view line, Micros wall_offset) {
  boost::system::error_code code;
  const auto value = boost::json::parse(line, code);
  if (code || !value.is_object()) return std::nullopt;
  const auto& object = value.get_object();
  const auto at = ParseRfc3339(Text(object, "at"));
  if (!at) return std::nullopt;
  return LabEvent{.at = *at * 1000 - wall_offset,
                  .source = Text(object, "source"),
                  .subject = Text(object, "subject"),
                  .text = Text(object, "text"),
                  .reason = Text(object, "reason")};
}

std::string PhaseOf(const LabEvent& event) {
  if (event.source != "database") return "";
  constexpr std::array<std::string_view, 5> kPhases{"detect", "decide", "act", "restored",
                                                    "degraded"};
  const auto word = event.text.substr(0, event.text.find(':'));
  return std::ranges::find(kPhases, word) == kPhases.end() ? "" : word;
}

EventFollower::EventFollower(const DaemonApi& api)
    : api_(api), begin_(NowMicros()), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void EventFollower::Run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  bool first = true;
  while (!stop.stop_requested()) {
    api_.Follow(
        first ? "/v1/events?count=0&follow=1" : "/v1/events?count=5000&follow=1",
        [this](std::string_view line) { Take(line); }, [&] { return !stop.stop_requested(); });
    first = false;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, kConnectAgain, [] { return false; });
  }
}

void EventFollower::Take(std::string_view line) {
  auto event = ParseEvent(line, WallOffset());
  const std::lock_guard lock(mutex_);
  if (!event || event->at < begin_ - kTolerance || events_.size() >= kEventsMax) return;
  if (!known_.emplace(line).second) return;
  events_.push_back(*std::move(event));
}

std::vector<LabEvent> EventFollower::Since(Micros time) const {
  const std::lock_guard lock(mutex_);
  std::vector<LabEvent> found;
  for (const auto& event : events_) {
    if (event.at >= time - kTolerance) found.push_back(event);
  }
  return found;
}

}  // namespace scv::drill
