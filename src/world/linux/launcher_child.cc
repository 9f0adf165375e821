#include "world/linux/launcher_child.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <sstream>
#include <utility>

#include "base/debian_packages.h"
#include "world/linux/lab_init_packets.h"
#include "world/linux/overlay.h"

namespace scv::world {
namespace {

constexpr std::string_view kDefaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr int kNumberMax = 255;  // of a descriptor in the program
constexpr rlim_t kFilesMax = 65'536;

// What packages, web servers and services on low ports need, and nothing that reaches out of the
// instance: no mounts, no network configuration, no devices, no tracing of others.
constexpr std::array kInstanceCapabilities = {
    CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_FOWNER,     CAP_FSETID,  CAP_KILL,
    CAP_SETGID,  CAP_SETUID,       CAP_SETPCAP,    CAP_SETFCAP, CAP_NET_BIND_SERVICE,
    CAP_NET_RAW, CAP_SYS_CHROOT,   CAP_AUDIT_WRITE};

// Engines run beside the lab's own processes; they keep their network and lose the machine.
constexpr std::array kEngineCapabilities = {
    CAP_CHOWN,     CAP_DAC_OVERRIDE, CAP_FOWNER,     CAP_FSETID,           CAP_KILL,
    CAP_SETGID,    CAP_SETUID,       CAP_SETPCAP,    CAP_NET_BIND_SERVICE, CAP_NET_RAW,
    CAP_NET_ADMIN, CAP_IPC_LOCK,     CAP_SYS_CHROOT, CAP_SYS_NICE,         CAP_SYS_RESOURCE};

template <std::size_t N>
Result<void> DropCapabilitiesExcept(const std::array<int, N>& kept) {
  constexpr int kCapabilitiesMax = 64;
  for (int capability = 0; capability < kCapabilitiesMax; ++capability) {
    if (std::ranges::find(kept, capability) != kept.end()) continue;
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    if (errno == EINVAL) return {};  // beyond the last one that this kernel knows
    return FailErrno(ErrorKind::kDenied, "dropping capabilities", errno);
  }
  return {};
}

Result<void> JoinCgroups(const LaunchSpec& spec) {
  // The first of version 2 was joined by being cloned into it.
  for (std::size_t i = spec.cgroup_unified ? 1 : 0; i < spec.cgroups.size(); ++i) {
    const std::string path = spec.cgroups[i] + "/cgroup.procs";
    const UniqueFd procs(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!procs || ::write(procs.get(), "0", 1) != 1) {
      return FailErrno(ErrorKind::kDenied, "joining the control group " + spec.cgroups[i], errno);
    }
  }
  return {};
}

Result<void> OpenOutput(const std::string& log) {
  const UniqueFd none(::open("/dev/null", O_RDWR | O_CLOEXEC));
  UniqueFd output;
  if (!log.empty()) {
    output = UniqueFd(::open(log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!output) return FailErrno(ErrorKind::kInvalid, "opening the log " + log, errno);
  }
  const int out = output ? output.get() : none.get();
  if (!none || ::dup2(none.get(), STDIN_FILENO) < 0 || ::dup2(out, STDOUT_FILENO) < 0 ||
      ::dup2(out, STDERR_FILENO) < 0) {
    return FailErrno(ErrorKind::kInternal, "redirecting the output", errno);
  }
  return {};
}

Result<void> SetLimits() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_max = std::min(files.rlim_max, kFilesMax);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  const rlimit none{.rlim_cur = 0, .rlim_max = RLIM_INFINITY};
  ::setrlimit(RLIMIT_CORE, &none);
  return {};
}

// Out of the way of every number that a descriptor is wanted at.
Result<void> MoveAway(int& fd) {
  const int moved = ::fcntl(fd, F_DUPFD_CLOEXEC, kNumberMax + 1);
  if (moved < 0) return FailErrno(ErrorKind::kInternal, "moving a file descriptor", errno);
  fd = moved;
  return {};
}

Result<void> PlaceDescriptors(const std::vector<int>& numbers, std::vector<UniqueFd> descriptors,
                              const std::vector<int*>& keep) {
  for (int* fd : keep) SCV_TRY(MoveAway(*fd));
  std::vector<UniqueFd> away;
  for (auto& descriptor : descriptors) {
    int fd = descriptor.get();
    SCV_TRY(MoveAway(fd));
    away.emplace_back(fd);
  }
  if (::syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
    return FailErrno(ErrorKind::kInternal, "closing file descriptors", errno);
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (::dup2(away[i].get(), numbers[i]) < 0) {
      return FailErrno(ErrorKind::kInternal, "passing a file descriptor", errno);
    }
  }
  for (auto& descriptor : descriptors) {
    // Its number may by now be somebody else's.
    if (std::ranges::find(numbers, descriptor.get()) != numbers.end()) descriptor.release();
  }
  return {};
}

Result<void> EnterWorkingDirectory(const LaunchSpec& spec) {
  const std::string path = spec.working_directory.empty() ? "/" : spec.working_directory;
  if (::chdir(path.c_str()) == 0) return {};
  return FailErrno(ErrorKind::kInvalid, "entering the working directory " + path, errno);
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Result<std::string> FindProgram(const LaunchSpec& spec) {
  const std::string& program = spec.arguments.front();
  if (program.find('/') != std::string::npos) return program;
  std::string path(kDefaultPath);
  for (const auto& variable : spec.environment) {
    if (variable.starts_with("PATH=")) path = variable.substr(5);
  }
  std::istringstream directories(path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    std::string candidate = directory + "/" + program;
    struct stat status {};
    if (!directory.empty() && ::stat(candidate.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  const auto packages = DebianPackagesOf(program);
  return Fail(ErrorKind::kNotFound,
              program + " is not installed (looked in " + path + "); " +
                  (packages.empty() ? "`scv doctor` says what the lab needs"
                                    : HowToInstall(packages) + "; the lab then goes on"));
}

Result<void> Become(const LaunchSpec& spec, std::vector<UniqueFd> descriptors,
                    std::vector<int*> keep) {
  SCV_TRY(JoinCgroups(spec));
  ::setsid();
  ::umask(022);
  const sched_param lowest{};
  if (spec.batch && ::sched_setscheduler(0, SCHED_BATCH, &lowest) != 0) {
    return FailErrno(ErrorKind::kInternal, "choosing how to be scheduled", errno);
  }
  SCV_TRY(OpenOutput(spec.log));
  if (spec.has_network) {
    if (::setns(descriptors.front().get(), CLONE_NEWNET) != 0) {
      return FailErrno(ErrorKind::kInvalid, "entering the network namespace", errno);
    }
    descriptors.erase(descriptors.begin());
  }
  if (spec.instance) SCV_TRY(EnterInstanceRoot(*spec.instance));
  SCV_TRY(EnterWorkingDirectory(spec));
  SCV_TRY(SetLimits());
  SCV_TRY(spec.instance ? DropCapabilitiesExcept(kInstanceCapabilities)
                        : DropCapabilitiesExcept(kEngineCapabilities));
  // Inside of an instance sudo and its like work as on AWS; their reach ends with the bounding set.
  if (!spec.instance && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return FailErrno(ErrorKind::kInternal, "renouncing new privileges", errno);
  }
  return PlaceDescriptors(spec.numbers, std::move(descriptors), keep);
}

Error Execute(const LaunchSpec& spec, const std::string& path, int program) {
  const auto arguments = Pointers(spec.arguments);
  const auto environment = Pointers(spec.environment);
  int failed = ENOENT;
  if (spec.instance) {
    // By descriptor: the program may lie in a directory that the instance does not see.
    ::syscall(SYS_execveat, program, "", arguments.data(), environment.data(), AT_EMPTY_PATH);
    failed = errno;
  }
  if (failed == ENOENT) {  // also what a script gives, whose interpreter needs a path
    ::execve(path.c_str(), arguments.data(), environment.data());
    failed = errno;
  }
  return FailErrno(failed == ENOENT ? ErrorKind::kNotFound : ErrorKind::kInvalid,
                   "executing " + path, failed)
      .error();
}

}  // namespace scv::world
