// The first process of the lab's PID namespace: starts the daemon again whenever it dies, reaps
// everybody's orphans, holds the fd store, and ends everything when it ends.
#ifndef SCV_WORLD_LINUX_LAB_INIT_SUPERVISOR_H_
#define SCV_WORLD_LINUX_LAB_INIT_SUPERVISOR_H_

#include <signal.h>

#include <chrono>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "world/linux/fd_store.h"
#include "world/linux/lab_init_listeners.h"
#include "world/linux/lab_init_options.h"
#include "world/linux/lab_init_server.h"

namespace scv::world {

// A line of JSON on stderr.
void LogLine(std::string_view level, std::string_view message);

class LabInitSupervisor {
 public:
  // With the listeners in the fd store, as "listener/NAME". SIGCHLD, SIGTERM, SIGINT and SIGHUP
  // must be blocked.
  static Result<LabInitSupervisor> Make(const LabInitOptions& options,
                                        std::vector<HostListener> listeners);

  // Starts the daemon and serves until the lab has ended; gives the exit code.
  int Run();

 private:
  using Clock = std::chrono::steady_clock;
  enum class Phase { kRunning, kDaemonEnding, kRestEnding };

  LabInitSupervisor(const LabInitOptions& options, UniqueFd epoll, UniqueFd signals,
                    LabInitServer server)
      : options_(options),
        epoll_(std::move(epoll)),
        signals_(std::move(signals)),
        server_(std::move(server)) {}

  void StartDaemon();
  [[noreturn]] void BecomeDaemon();
  void TakeSignals();
  void Reap();
  void DaemonEnded(int exit_code);
  void End();
  void EndRest();
  bool Tick();
  int NextTimeout() const;

  LabInitOptions options_;
  UniqueFd epoll_;
  UniqueFd signals_;
  LabInitServer server_;
  Phase phase_ = Phase::kRunning;
  int result_ = 0;
  pid_t daemon_ = 0;
  bool alone_ = false;  // no child is left
  Clock::time_point started_;
  Clock::time_point next_ = Clock::time_point::max();  // the next thing due in this phase
  Clock::time_point next_log_check_ = Clock::now();
  std::chrono::milliseconds back_off_{0};
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAB_INIT_SUPERVISOR_H_
