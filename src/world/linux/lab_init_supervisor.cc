#include "world/linux/lab_init_supervisor.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "base/time.h"
#include "world/linux/processes_stat.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBackOffFirst{20};
constexpr milliseconds kBackOffMax{5'000};
constexpr milliseconds kStableAfter{10'000};  // a daemon that lived this long starts afresh
constexpr milliseconds kRestWithin{1'500};    // between SIGTERM and SIGKILL for all the others
constexpr milliseconds kLogCheckEvery{10'000};

sigset_t HandledSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

int ExitCodeOf(const siginfo_t& info) {
  return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

}  // namespace

void LogLine(std::string_view level, std::string_view message) {
  const std::string line =
      boost::json::serialize(boost::json::object{{"time", FormatRfc3339(WallClockMillis())},
                                                 {"level", level},
                                                 {"program", "scv-lab-init"},
                                                 {"message", message}}) +
      "\n";
  // Without a reader there is nobody to tell.
  if (::write(STDERR_FILENO, line.data(), line.size()) < 0) return;
}

Result<LabInitSupervisor> LabInitSupervisor::Make(const LabInitOptions& options,
                                                  std::vector<HostListener> listeners) {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  const sigset_t handled = HandledSignals();
  UniqueFd signals(::signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!epoll || !signals) return FailErrno(ErrorKind::kInternal, "preparing to wait", errno);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = signals.get();
  ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, signals.get(), &event);
  SCV_ASSIGN(LabInitServer server, LabInitServer::Listen(options.state, epoll.get()));
  for (auto& listener : listeners) {
    SCV_TRY(server.Hold("listener/" + listener.name, std::move(listener.fd)));
  }
  return LabInitSupervisor(options, std::move(epoll), std::move(signals), std::move(server));
}

int LabInitSupervisor::Run() {
  StartDaemon();
  while (Tick()) {
    std::array<epoll_event, 16> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), NextTimeout());
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == signals_.get()) {
        TakeSignals();
      } else {
        server_.Handle(fd);
      }
    }
  }
  return result_;
}

// What is due now; false: the lab has ended.
bool LabInitSupervisor::Tick() {
  const auto now = Clock::now();
  if (now >= next_log_check_) {
    next_log_check_ = now + kLogCheckEvery;
    BoundLog(options_.state / "scvd.log", kLogBytesMax);
    BoundLog(options_.state / "lab-init.log", kLogBytesMax);
  }
  if (phase_ == Phase::kRestEnding && alone_) return false;
  if (now < next_) return true;
  next_ = Clock::time_point::max();
  switch (phase_) {
    case Phase::kRunning:
      StartDaemon();
      return true;
    case Phase::kDaemonEnding:
      LogLine("warning", "the daemon did not end in time; it is killed");
      ::kill(daemon_, SIGKILL);
      return true;
    case Phase::kRestEnding:
      return false;  // the end of this process ends the rest
  }
  return true;
}

int LabInitSupervisor::NextTimeout() const {
  const auto left =
      std::chrono::ceil<milliseconds>(std::min(next_, next_log_check_) - Clock::now());
  return static_cast<int>(std::max(left, milliseconds(0)).count());
}

void LabInitSupervisor::StartDaemon() {
  started_ = Clock::now();
  daemon_ = ::fork();
  if (daemon_ == 0) BecomeDaemon();
  if (daemon_ < 0) {
    LogLine("error", std::string("cannot fork for the daemon: ") + std::strerror(errno));
    daemon_ = 0;
    next_ = started_ + kBackOffMax;
  }
}

void LabInitSupervisor::BecomeDaemon() {
  ::setsid();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (options_.detach) {
    const auto log = options_.state / "scvd.log";
    const int fd = ::open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) {
      ::dup2(fd, STDOUT_FILENO);
      ::dup2(fd, STDERR_FILENO);
    }
  }
  std::vector<char*> arguments;
  for (auto& argument : options_.daemon) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  ::setenv("SCV_LAB_STATE", options_.state.c_str(), 1);
  ::execv(arguments.front(), arguments.data());
  LogLine("error", "cannot execute " + options_.daemon.front() + ": " + std::strerror(errno));
  ::_exit(127);
}

void LabInitSupervisor::TakeSignals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
    if (info.ssi_signo == SIGCHLD) continue;
    if (info.ssi_signo != SIGHUP) End();
  }
  Reap();
}

void LabInitSupervisor::Reap() {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
      alone_ = errno == ECHILD;
      return;
    }
    alone_ = false;
    if (info.si_pid == 0) return;
    const auto stat = ReadProcessStat(info.si_pid);
    ::waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED);
    const int exit_code = ExitCodeOf(info);
    server_.TellExit(
        {.pid = info.si_pid, .start_ticks = stat ? stat->start_ticks : 0, .exit_code = exit_code});
    if (info.si_pid == daemon_) DaemonEnded(exit_code);
  }
}

void LabInitSupervisor::DaemonEnded(int exit_code) {
  daemon_ = 0;
  if (phase_ != Phase::kRunning || exit_code == 0) {
    const bool asked = phase_ != Phase::kRunning && exit_code == 128 + SIGTERM;
    result_ = exit_code == 0 || asked ? 0 : 1;
    LogLine("info", "the daemon ended with " + std::to_string(exit_code) + "; the lab ends");
    return EndRest();
  }
  const bool stable = Clock::now() - started_ >= kStableAfter;
  back_off_ =
      stable || back_off_.count() == 0 ? kBackOffFirst : std::min(back_off_ * 2, kBackOffMax);
  next_ = Clock::now() + back_off_;
  LogLine("error", "the daemon ended with " + std::to_string(exit_code) +
                       "; it is started again in " + std::to_string(back_off_.count()) + " ms");
}

void LabInitSupervisor::End() {
  if (phase_ != Phase::kRunning) return;
  LogLine("info", "asked to end");
  if (daemon_ == 0) return EndRest();
  phase_ = Phase::kDaemonEnding;
  next_ = Clock::now() + options_.stop_within;
  ::kill(daemon_, SIGTERM);
}

void LabInitSupervisor::EndRest() {
  phase_ = Phase::kRestEnding;
  next_ = Clock::now() + kRestWithin;
  ::kill(-1, SIGTERM);
  ::kill(-1, SIGCONT);  // what was stopped hears it too
}

}  // namespace scv::world
