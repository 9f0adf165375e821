// What happened in the lab, in order, for people and programs: kept in memory (the last few
// thousand), appended to a file of JSON lines (bounded, rotated once), and followed by readers.
// Thread-safe.
#ifndef SCV_DAEMON_EVENT_LOG_H_
#define SCV_DAEMON_EVENT_LOG_H_

#include <boost/json/object.hpp>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace scv::daemon {

struct Event {
  std::uint64_t number = 0;  // rising by one
  Millis at = 0;
  std::string source;   // "fleet", "part", "terraform", "certificate", "operator", "daemon"
  std::string subject;  // what it is about: "memo-was", "i-0123", "alb/front"
  std::string text;     // one sentence
  std::string reason;   // why, where there is one
};
boost::json::object ToJson(const Event& event);

class EventLog {
 public:
  explicit EventLog(std::filesystem::path file);

  void Add(Millis at, std::string_view source, std::string_view subject, std::string text,
           std::string reason = {});

  // Events after `number`, at most `count_max`; waits up to `patience` until there is one.
  std::vector<Event> After(std::uint64_t number, std::size_t count_max,
                           std::chrono::milliseconds patience);
  std::uint64_t last() const;

 private:
  void Append(const Event& event);

  mutable std::mutex mutex_;
  std::condition_variable added_;
  std::deque<Event> events_;
  std::uint64_t last_ = 0;
  std::filesystem::path file_;
  std::ofstream out_;
  std::uintmax_t written_ = 0;
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_EVENT_LOG_H_
