// Knows at once when processes end that are not our children: by their pidfds, and by the reports
// of the lab's init, which alone knows their exit codes.
#ifndef SCV_WORLD_LINUX_PROCESSES_WATCH_H_
#define SCV_WORLD_LINUX_PROCESSES_WATCH_H_

#include <chrono>
#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "world/linux/fd_store_client.h"

namespace scv::world {

// A process for as long as the machine is up: a pid alone is used again.
struct ProcessIdentity {
  int pid = 0;
  unsigned long long start_ticks = 0;
  auto operator<=>(const ProcessIdentity&) const = default;
};

// The exit code of a process whose end nobody reported.
inline constexpr int kExitCodeUnknown = 255;

// Thread-safe. Its thread calls `ended` exactly once for each added process, and `tick` every two
// seconds.
class ExitWatch {
 public:
  using Ended = std::function<void(ProcessIdentity, int exit_code)>;

  // `source` may be null: then no exit code is known.
  ExitWatch(ExitSource* source, Ended ended, std::function<void()> tick);
  ~ExitWatch();
  ExitWatch(const ExitWatch&) = delete;
  ExitWatch& operator=(const ExitWatch&) = delete;

  // A process that is gone already is an end like any other.
  Result<void> Add(ProcessIdentity process);
  // kNotFound: it has ended, or was never added.
  Result<void> Signal(ProcessIdentity process, int signal);

 private:
  using Clock = std::chrono::steady_clock;
  struct Watched {
    UniqueFd pidfd;
    std::uint64_t key = 0;
    std::optional<Clock::time_point> report_by;  // it has ended; its exit code is waited for
  };

  void Run();
  int Wait();  // milliseconds until the next thing is due
  void TakeEvent(std::uint64_t key);
  void TakeReport();
  void Connect();
  std::vector<std::pair<ProcessIdentity, int>> TakeEnded();
  void Wake();

  ExitSource* const source_;
  const Ended ended_;
  const std::function<void()> tick_;
  UniqueFd epoll_, wake_;
  UniqueFd reports_socket_;       // the thread's own
  Clock::time_point connect_at_;  // the thread's own, here and below
  Clock::time_point tick_at_;

  std::mutex mutex_;
  bool stopping_ = false;  // guarded by mutex_, here and below
  std::uint64_t next_key_;
  std::map<ProcessIdentity, Watched> watched_;
  std::map<std::uint64_t, ProcessIdentity> keys_;
  std::map<ProcessIdentity, int> reports_;
  std::deque<ProcessIdentity> report_order_;
  std::thread thread_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_PROCESSES_WATCH_H_
