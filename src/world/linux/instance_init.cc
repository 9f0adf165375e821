// scv-instance-init: the first process of an instance, in the place of init and cloud-init. Fetches
// the user data from the metadata service, runs it once, reaps orphans, ends on SIGTERM. It stays
// when user data fails, as on AWS: health checks decide what becomes of the instance. Its output is
// the instance's console.
//
//   scv-instance-init [--metadata-within MS] [--stop-within MS]
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "world/linux/fd_store.h"
#include "world/linux/instance_init_metadata.h"
#include "world/linux/instance_init_user_data.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

struct Options {
  milliseconds metadata_within{120'000};
  milliseconds stop_within{5'000};
};

void Say(const std::string& text) {
  std::printf("scv-instance-init: %s\n", text.c_str());
  std::fflush(stdout);
}

std::string Elapsed(Clock::time_point since) {
  return std::to_string(std::chrono::duration_cast<milliseconds>(Clock::now() - since).count()) +
         " ms";
}

Result<std::optional<pid_t>> StartUserData(const Options& options, Clock::time_point booted,
                                           int interrupt) {
  SCV_ASSIGN(const auto user_data, FetchUserData(options.metadata_within, interrupt));
  if (!user_data) return std::nullopt;
  SCV_ASSIGN(const bool script, StoreUserData(*user_data));
  if (!script) return std::nullopt;
  SCV_ASSIGN(const pid_t pid, RunUserData());
  Say("user data started after " + Elapsed(booted));
  return pid;
}

class Init {
 public:
  Init(const Options& options, UniqueFd signals)
      : options_(options), signals_(std::move(signals)) {}

  int Run() {
    Boot();
    while (!Finished()) Wait();
    return 0;
  }

 private:
  void Boot() {
    const auto started = StartUserData(options_, booted_, signals_.get());
    if (!started) {
      Say("boot failed after " + Elapsed(booted_) + ": " + started.error().message);
    } else if (!*started) {
      Say("boot finished in " + Elapsed(booted_) + ", without user data");
    } else {
      user_data_ = **started;
    }
  }

  bool Finished() {
    if (!end_by_) return false;
    return alone_ || Clock::now() >= *end_by_;
  }

  void Wait() {
    int timeout = -1;
    if (end_by_) {
      const auto left = std::chrono::ceil<milliseconds>(*end_by_ - Clock::now());
      timeout = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    }
    pollfd waited{.fd = signals_.get(), .events = POLLIN, .revents = 0};
    ::poll(&waited, 1, timeout);
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
      if (info.ssi_signo != SIGCHLD) End();
    }
    Reap();
  }

  void End() {
    if (end_by_) return;
    Say("asked to end");
    end_by_ = Clock::now() + options_.stop_within;
    ::kill(-1, SIGTERM);
    ::kill(-1, SIGCONT);
  }

  void Reap() {
    int status = 0;
    pid_t pid = 0;
    while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0) {
      if (pid == user_data_) UserDataEnded(status);
    }
    alone_ = pid < 0 && errno == ECHILD;
  }

  void UserDataEnded(int status) {
    user_data_ = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
      return Say("boot finished in " + Elapsed(booted_));
    }
    Say("boot failed after " + Elapsed(booted_) + ": the user data ended with " +
        (WIFEXITED(status) ? "exit code " + std::to_string(WEXITSTATUS(status))
                           : "signal " + std::to_string(WTERMSIG(status))));
  }

  Options options_;
  UniqueFd signals_;
  Clock::time_point booted_ = Clock::now();
  std::optional<Clock::time_point> end_by_;
  pid_t user_data_ = 0;
  bool alone_ = false;
};

bool ParseOptions(int count, char** arguments, Options& options) {
  static constexpr std::array kOptions = {
      option{"metadata-within", required_argument, nullptr, 'm'},
      option{"stop-within", required_argument, nullptr, 's'}, option{nullptr, 0, nullptr, 0}};
  for (int next = 0;
       (next = ::getopt_long(count, arguments, "", kOptions.data(), nullptr)) != -1;) {
    const long millis = optarg == nullptr ? -1 : std::strtol(optarg, nullptr, 10);
    if (millis < 0 || millis > 3'600'000) return false;
    (next == 'm' ? options.metadata_within : options.stop_within) = milliseconds(millis);
  }
  return optind == count;
}

int Main(int count, char** arguments) {
  Options options;
  if (!ParseOptions(count, arguments, options)) {
    Say("usage: scv-instance-init [--metadata-within MS] [--stop-within MS]");
    return 2;
  }
  sigset_t handled;
  sigemptyset(&handled);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT}) sigaddset(&handled, signal);
  ::sigprocmask(SIG_BLOCK, &handled, nullptr);
  UniqueFd signals(::signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK));
  return Init(options, std::move(signals)).Run();
}

}  // namespace
}  // namespace scv::world

int main(int count, char** arguments) { return scv::world::Main(count, arguments); }
