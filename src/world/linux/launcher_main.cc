// scv-launch: starts one process for the daemon and ends, so that the process becomes a child of
// the lab's init. Its specification comes as a packet on descriptor 3, its answer goes there:
// the process's record, or {"error": …, "kind": …}. It goes on to the end when the daemon dies: the
// record is written before the program runs. Descriptor 4 is the lock by which the next daemon
// knows that a launch is under way.
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include "world/linux/lab_init_packets.h"
#include "world/linux/launcher_child.h"
#include "world/linux/launcher_spec.h"
#include "world/linux/processes_stat.h"

namespace scv::world {
namespace {

constexpr int kControl = 3;
constexpr int kLock = 4;
constexpr std::chrono::seconds kSpecWithin{5};

struct Pipe {
  UniqueFd read, write;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return FailErrno(ErrorKind::kInternal, "making a pipe", errno);
  }
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

struct Launch {
  LaunchSpec spec;
  std::vector<UniqueFd> descriptors;
  std::string path;
  UniqueFd program;
  Pipe go;      // a byte: the record is written
  Pipe failed;  // the error, or its end when the program runs
};

[[noreturn]] void RunChild(Launch& launch) {
  launch.go.write = UniqueFd();
  launch.failed.read = UniqueFd();
  int go = launch.go.read.get();
  int failed = launch.failed.write.get();
  int program = launch.program.get();
  ::close(kControl);
  ::close(kLock);
  const auto ready = Become(launch.spec, std::move(launch.descriptors), {&go, &failed, &program});
  char byte = 0;
  Error error;
  if (!ready) {
    error = ready.error();
  } else if (::read(go, &byte, 1) == 1) {
    error = Execute(launch.spec, launch.path, program);
  }
  const std::string text = std::string(1, static_cast<char>(error.kind)) + error.message;
  if (::write(failed, text.data(), text.size()) < 0) ::_exit(126);
  ::_exit(127);
}

Result<pid_t> Clone(const LaunchSpec& spec) {
  clone_args arguments{};
  arguments.exit_signal = SIGCHLD;
  if (spec.instance) arguments.flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC;
  UniqueFd group;
  if (spec.cgroup_unified) {
    group = UniqueFd(::open(spec.cgroups.front().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<unsigned long long>(group.get());
  }
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof(arguments));
  if (pid < 0) return FailErrno(ErrorKind::kDenied, "making the process's namespaces", errno);
  return static_cast<pid_t>(pid);
}

Result<void> WriteRecord(const LaunchSpec& spec, const std::string& text) {
  const std::string next = spec.record + ".next";
  const UniqueFd file(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::rename(next.c_str(), spec.record.c_str()) != 0) {
    return FailErrno(ErrorKind::kUnavailable, "writing " + spec.record, errno);
  }
  return {};
}

// Waits for the exec: the pipe's end, or the error that came instead.
Result<void> AwaitExec(int pipe) {
  std::string text;
  std::array<char, 1024> bytes{};
  for (;;) {
    const ssize_t size = ::read(pipe, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    text.append(bytes.data(), static_cast<std::size_t>(size));
  }
  if (text.empty()) return {};
  return Fail(static_cast<ErrorKind>(text.front()), text.substr(1));
}

Result<std::string> RunParent(Launch& launch, pid_t pid) {
  launch.go.read = UniqueFd();
  launch.failed.write = UniqueFd();
  const auto stat = ReadProcessStat(pid);
  const ProcessRecord record{.name = launch.spec.name,
                             .pid = pid,
                             .start_ticks = stat ? stat->start_ticks : 0,
                             .started_at = WallClockMillis(),
                             .spec_hash = launch.spec.spec_hash,
                             .log = launch.spec.log,
                             .instance = launch.spec.instance.has_value()};
  std::string text = ToJson(record);
  auto written = WriteRecord(launch.spec, text);
  if (written && ::write(launch.go.write.get(), "g", 1) != 1 && errno != EPIPE) {
    written = FailErrno(ErrorKind::kInternal, "telling the process to go on", errno);
  }
  launch.go.write = UniqueFd();
  const auto executed = AwaitExec(launch.failed.read.get());
  if (written && executed) return text;
  ::unlink(launch.spec.record.c_str());
  ::waitpid(pid, nullptr, 0);
  return std::unexpected(!executed && executed.error().message.empty() ? written.error()
                         : executed                                    ? written.error()
                                                                       : executed.error());
}

Result<std::string> Start() {
  SCV_ASSIGN(Packet packet,
             ReceivePacket(kControl, std::chrono::steady_clock::now() + kSpecWithin));
  Launch launch;
  SCV_ASSIGN(launch.spec, ParseLaunchSpec(packet.text));
  launch.descriptors = std::move(packet.descriptors);
  if (launch.spec.arguments.empty() ||
      launch.descriptors.size() != launch.spec.numbers.size() + (launch.spec.has_network ? 1 : 0)) {
    return Fail(ErrorKind::kInvalid, "the launcher's specification is incomplete");
  }
  SCV_ASSIGN(launch.path, FindProgram(launch.spec));
  launch.program = UniqueFd(::open(launch.path.c_str(), O_PATH | O_CLOEXEC));
  if (!launch.program) return FailErrno(ErrorKind::kNotFound, "opening " + launch.path, errno);
  SCV_ASSIGN(launch.go, MakePipe());
  SCV_ASSIGN(launch.failed, MakePipe());
  SCV_ASSIGN(const pid_t pid, Clone(launch.spec));
  if (pid == 0) RunChild(launch);
  return RunParent(launch, pid);
}

std::string Answer() {
  ::signal(SIGPIPE, SIG_IGN);
  auto started = Start();
  if (started) return std::move(*started);
  return boost::json::serialize(boost::json::object{
      {"error", started.error().message}, {"kind", static_cast<int>(started.error().kind)}});
}

}  // namespace
}  // namespace scv::world

int main() {
  for (const int fd : {scv::world::kControl, scv::world::kLock}) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  const std::string answer = scv::world::Answer();
  // The daemon may be gone by now; its successor finds the record.
  return scv::world::SendPacket(scv::world::kControl, answer) ? 0 : 1;
}
