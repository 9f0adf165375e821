#include "daemon/event_log.h"

#include <boost/json/serialize.hpp>
#include <chrono>

namespace scv::daemon {
namespace {

constexpr std::size_t kEventsKept = 5000;
constexpr std::uintmax_t kFileBytesMax = 8 << 20;

}  // namespace

boost::json::object ToJson(const Event& event) {
  boost::json::object object{{"number", event.number},
                             {"at", FormatRfc3339(event.at)},
                             {"source", event.source},
                             {"subject", event.subject},
                             {"text", event.text}};
  if (!event.reason.empty()) object["reason"] = event.reason;
  return object;
}

EventLog::EventLog(std::filesystem::path file)
    : file_(std::move(file)), out_(file_, std::ios::app) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(file_, ignored);
  written_ = ignored ? 0 : size;
}

void EventLog::Append(const Event& event) {
  if (written_ > kFileBytesMax) {
    std::error_code ignored;
    out_.close();
    std::filesystem::rename(file_, file_.string() + ".1", ignored);
    out_.open(file_, std::ios::trunc);
    written_ = 0;
  }
  // A disk that was full may have room again; what did not fit is only in memory.
  if (!out_) {
    out_.close();
    out_.clear();
    out_.open(file_, std::ios::app);
    out_ << '\n';  // behind half a line
  }
  const std::string line = boost::json::serialize(ToJson(event));
  out_ << line << '\n' << std::flush;
  written_ += line.size() + 1;
}

void EventLog::Add(Millis at, std::string_view source, std::string_view subject, std::string text,
                   std::string reason) {
  {
    const std::lock_guard lock(mutex_);
    Event event{.number = ++last_,
                .at = at,
                .source = std::string(source),
                .subject = std::string(subject),
                .text = std::move(text),
                .reason = std::move(reason)};
    Append(event);
    events_.push_back(std::move(event));
    if (events_.size() > kEventsKept) events_.pop_front();
  }
  added_.notify_all();
}

std::vector<Event> EventLog::After(std::uint64_t number, std::size_t count_max,
                                   std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  added_.wait_for(lock, patience, [&] { return last_ > number; });
  std::vector<Event> found;
  const std::uint64_t first = last_ - events_.size() + 1;
  for (std::uint64_t next = std::max(first, number + 1); next <= last_ && found.size() < count_max;
       ++next) {
    found.push_back(events_[next - first]);
  }
  return found;
}

std::uint64_t EventLog::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

}  // namespace scv::daemon
