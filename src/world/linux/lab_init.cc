// scv-lab-init: the lab's outermost process. Two processes stay: this one on the host, which waits
// and cleans up, and its child, the first process of the lab's PID namespace. The end of either
// ends the lab.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "world/linux/cgroup.h"
#include "world/linux/lab_init_listeners.h"
#include "world/linux/lab_init_namespaces.h"
#include "world/linux/lab_init_options.h"
#include "world/linux/lab_init_packets.h"
#include "world/linux/lab_init_probe.h"
#include "world/linux/lab_init_record.h"
#include "world/linux/lab_init_supervisor.h"

namespace scv::world {
namespace {

constexpr std::chrono::seconds kReadyWithin{15};
constexpr std::string_view kGo = "go";

struct Ends {
  UniqueFd mine, other;
};

Result<Ends> MakeEnds() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return FailErrno(ErrorKind::kInternal, "making a socket pair", errno);
  }
  return Ends{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// "ok", or why not, from the process that the other end belongs to.
Result<void> AwaitOk(int socket) {
  const auto answer = ReceivePacket(socket, std::chrono::steady_clock::now() + kReadyWithin);
  if (!answer) {
    return Fail(ErrorKind::kInternal,
                "the lab's init ended while it started; STATE/lab-init.log "
                "may say why");
  }
  if (answer->text == "ok") return {};
  return Fail(ErrorKind::kInternal, answer->text);
}

void BlockSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

void RaiseFileLimit() {
  constexpr rlim_t kFiles = 65'536;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min(kFiles, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Result<LabInitSupervisor> Prepare(const LabInitOptions& options,
                                  std::vector<HostListener> listeners) {
  SCV_TRY(FurnishLab(options.runtime, options.runtime_bytes_max));
  RaiseFileLimit();
  return LabInitSupervisor::Make(options, std::move(listeners));
}

// The first process of the PID namespace.
[[noreturn]] void BecomeInit(const LabInitOptions& options, std::vector<HostListener> listeners,
                             UniqueFd parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent says so once the pid stands in lab.json; if it is gone already, nobody does.
  const auto go = ReceivePacket(parent.get(), std::chrono::steady_clock::now() + kReadyWithin);
  if (!go || go->text != kGo) ::_exit(1);
  auto supervisor = Prepare(options, std::move(listeners));
  const std::string answer = supervisor ? "ok" : supervisor.error().message;
  if (!SendPacket(parent.get(), answer) || !supervisor) ::_exit(1);
  parent = UniqueFd();
  ::_exit(supervisor->Run());
}

// Waits for the init, passing on what asks it to end.
int AwaitEnd(pid_t init) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT}) sigaddset(&set, signal);
  for (;;) {
    int status = 0;
    if (::waitpid(init, &status, WNOHANG) == init) {
      return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    }
    const int signal = ::sigwaitinfo(&set, nullptr);
    if (signal == SIGTERM || signal == SIGINT) ::kill(init, SIGTERM);
  }
}

Result<pid_t> StartInit(const LabInitOptions& options, int lock,
                        std::vector<HostListener> listeners) {
  SCV_TRY(MakePidNamespace());
  SCV_ASSIGN(Ends ends, MakeEnds());
  const pid_t init = ::fork();
  if (init < 0) return FailErrno(ErrorKind::kInternal, "starting the lab's init", errno);
  if (init == 0) {
    ends.mine = UniqueFd();
    BecomeInit(options, std::move(listeners), std::move(ends.other));
  }
  ends.other = UniqueFd();
  NameLockHolder(lock, init);
  auto started = WriteLabRecord(options.state, init, ::getpid(), listeners);
  if (started) started = SendPacket(ends.mine.get(), kGo);
  if (started) started = AwaitOk(ends.mine.get());
  if (started) return init;
  ::kill(init, SIGKILL);
  ::waitpid(init, nullptr, 0);
  RemoveLabRecord(options.state);
  return std::unexpected(std::move(started).error());
}

// The process on the host. `ready` is told "ok" or why not.
int Host(const LabInitOptions& options, UniqueFd lock, std::vector<HostListener> listeners,
         int ready) {
  BlockSignals();
  // What a lab left behind that was killed from outside.
  Cgroups::Open(CgroupNameOf(options.state)).RemoveAll();
  auto init = StartInit(options, lock.get(), std::move(listeners));
  if (ready >= 0) {
    static_cast<void>(SendPacket(ready, init ? "ok" : init.error().message));
  } else if (!init) {
    std::fprintf(stderr, "scv-lab-init: %s\n", init.error().message.c_str());
  }
  if (!init) return 1;
  const int code = AwaitEnd(*init);
  Cgroups::Open(CgroupNameOf(options.state)).RemoveAll();
  RemoveLabRecord(options.state);
  return code;
}

void TurnToBackground(const LabInitOptions& options) {
  ::setsid();
  const int none = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const auto path = options.state / "lab-init.log";
  const int log = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  ::dup2(none, STDIN_FILENO);
  ::dup2(none, STDOUT_FILENO);
  ::dup2(log >= 0 ? log : none, STDERR_FILENO);
  if (none > STDERR_FILENO) ::close(none);
  if (log > STDERR_FILENO) ::close(log);
}

int Detach(const LabInitOptions& options, UniqueFd lock, std::vector<HostListener> listeners) {
  auto ends = MakeEnds();
  if (!ends) return 1;
  const pid_t host = ::fork();
  if (host < 0) {
    std::perror("scv-lab-init: fork");
    return 1;
  }
  if (host == 0) {
    ends->mine = UniqueFd();
    TurnToBackground(options);
    // Whoever waits for the end of file must not wait for the lab's end.
    const int ready = ends->other.get();
    ::_exit(Host(options, std::move(lock), std::move(listeners), ready));
  }
  ends->other = UniqueFd();
  const auto ok = AwaitOk(ends->mine.get());
  if (ok) return 0;
  std::fprintf(stderr, "scv-lab-init: %s\n", ok.error().message.c_str());
  return 1;
}

Result<int> Start(const LabInitOptions& options) {
  SCV_ASSIGN(UniqueFd lock, LockState(options.state));
  SCV_ASSIGN(std::vector<HostListener> listeners, OpenHostListeners(options.listeners));
  NameLockHolder(lock.get(), ::getpid());
  SCV_TRY(BecomeRootOfUserNamespace());
  std::error_code failed;
  std::filesystem::create_directory(options.runtime, failed);
  if (options.detach) return Detach(options, std::move(lock), std::move(listeners));
  return Host(options, std::move(lock), std::move(listeners), -1);
}

int Main(int count, char** arguments) {
  const auto options = ParseLabInitOptions(count, arguments);
  if (!options) {
    std::fprintf(stderr, "scv-lab-init: %s\n", options.error().message.c_str());
    return 2;
  }
  if (options->help) {
    std::fputs(kLabInitUsage.data(), stdout);
    return 0;
  }
  if (options->probe) {
    const auto abilities = ProbeMachine();
    std::fputs(ProbeToJson(abilities).c_str(), stdout);
    const bool usable = std::ranges::all_of(
        abilities, [](const Ability& it) { return it.available || !it.required; });
    return usable ? 0 : 1;
  }
  const auto code = Start(*options);
  if (code) return *code;
  std::fprintf(stderr, "scv-lab-init: %s\n", code.error().message.c_str());
  return 1;
}

}  // namespace
}  // namespace scv::world

int main(int count, char** arguments) { return scv::world::Main(count, arguments); }
