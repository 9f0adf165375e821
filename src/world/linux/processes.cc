#include "world/linux/processes.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include "world/linux/cgroup.h"
#include "world/linux/fd_store_client.h"
#include "world/linux/lab_init_packets.h"
#include "world/linux/launcher.h"
#include "world/linux/processes_stat.h"
#include "world/linux/processes_store.h"
#include "world/linux/processes_table.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kKillWithin{5'000};
constexpr milliseconds kLeftoversWithin{1'000};
constexpr milliseconds kRetryEvery{2};
constexpr milliseconds kAskAgainEvery{50};
constexpr int kNumberMin = 3;
constexpr int kNumberMax = 255;
constexpr std::size_t kDescriptorsMax = 32;

Result<void> Check(const ProcessSpec& spec) {
  if (!IsFdName(spec.name)) {
    return Fail(ErrorKind::kInvalid, "a process's name is up to 200 of [A-Za-z0-9._/~-]");
  }
  if (spec.arguments.empty() || spec.arguments.front().empty()) {
    return Fail(ErrorKind::kInvalid, spec.name + " has no program");
  }
  if (spec.descriptors.size() > kDescriptorsMax) {
    return Fail(ErrorKind::kInvalid, spec.name + " wants too many file descriptors");
  }
  for (const auto& [fd, number] : spec.descriptors) {
    if (number < kNumberMin || number > kNumberMax) {
      return Fail(ErrorKind::kInvalid, spec.name + " wants a file descriptor outside of 3 to 255");
    }
  }
  return {};
}

ProcessIdentity IdentityOf(const ProcessRecord& record) {
  return {.pid = record.pid, .start_ticks = record.start_ticks};
}

class LinuxProcesses final : public Processes {
 public:
  LinuxProcesses(ExitSource* source, ProcessStore store, Cgroups cgroups)
      : store_(std::move(store)),
        cgroups_(std::move(cgroups)),
        watch_(
            source, [this](ProcessIdentity process, int code) { Ended(process, code); },
            [this] { table_.BoundLogs(); }) {}

  Result<void> TakeUp() {
    SCV_ASSIGN(const std::vector<ProcessRecord> records, store_.Records());
    for (const auto& record : records) {
      SCV_TRY(table_.Reserve(record.name));
      table_.Started(record);
      SCV_TRY(watch_.Add(IdentityOf(record)));
    }
    return {};
  }

  Result<ProcessStatus> Start(const ProcessSpec& spec) override {
    SCV_TRY(Check(spec));
    SCV_TRY(table_.Reserve(spec.name));
    auto record = Launch(spec);
    if (!record) {
      cgroups_.Remove(spec.name);
      table_.Forget(spec.name);
      return std::unexpected(std::move(record).error());
    }
    const ProcessStatus status = table_.Started(*record);
    SCV_TRY(watch_.Add(IdentityOf(*record)));
    return status;
  }

  Result<void> Stop(std::string_view name, milliseconds grace) override {
    const auto found = table_.Running(name);
    if (!found) return {};
    const ProcessIdentity process = IdentityOf(*found);
    if (AskToEnd(*found, Clock::now() + grace)) return {};
    cgroups_.Kill(name);
    static_cast<void>(watch_.Signal(process, SIGKILL));
    if (table_.AwaitEnd(process, Clock::now() + kKillWithin)) return {};
    return Fail(ErrorKind::kTimeout, std::string(name) + ", pid " + std::to_string(process.pid) +
                                         ", does not end although it was killed; it may hang in "
                                         "the kernel");
  }

  Result<void> Signal(std::string_view name, int signal) override {
    const auto found = table_.Running(name);
    if (!found) return Fail(ErrorKind::kNotFound, std::string(name) + " does not run");
    return watch_.Signal(IdentityOf(*found), signal);
  }

  Result<ProcessStatus> Find(std::string_view name) override {
    const auto status = table_.Find(name);
    if (!status) return Fail(ErrorKind::kNotFound, "there is no process " + std::string(name));
    return *status;
  }

  std::vector<ProcessStatus> List() override { return table_.List(); }

  Result<std::int64_t> CpuMicros(std::string_view name) override {
    const auto found = table_.Running(name);
    if (!found) return Fail(ErrorKind::kNotFound, std::string(name) + " does not run");
    if (const auto micros = cgroups_.CpuMicros(name)) return *micros;
    return CpuMicrosOfTree(found->pid);
  }

  void OnExit(std::function<void(const ProcessStatus&)> told) override {
    table_.OnExit(std::move(told));
  }

 private:
  Result<ProcessRecord> Launch(const ProcessSpec& spec) {
    SCV_ASSIGN(LaunchSpec launch, store_.ToLaunch(spec));
    for (auto& group : cgroups_.Make(spec.name, spec.limits)) launch.cgroups.push_back(group);
    launch.cgroup_unified = cgroups_.has_unified() && !launch.cgroups.empty();
    std::vector<int> descriptors;
    if (launch.has_network) descriptors.push_back(spec.network_namespace);
    for (const auto& [fd, number] : spec.descriptors) descriptors.push_back(fd);
    SCV_ASSIGN(const UniqueFd lock, store_.LockForLaunch());
    return LaunchProcess(launch, descriptors, lock.get());
  }

  // The first process of a PID namespace does not get a SIGTERM that it is not ready for yet: an
  // instance is asked again.
  bool AskToEnd(const ProcessRecord& record, Clock::time_point deadline) {
    const ProcessIdentity process = IdentityOf(record);
    for (;;) {
      static_cast<void>(watch_.Signal(process, SIGTERM));
      const auto until =
          record.instance ? std::min(deadline, Clock::now() + kAskAgainEvery) : deadline;
      if (table_.AwaitEnd(process, until)) return true;
      if (Clock::now() >= deadline) return false;
    }
  }

  // In the watch's thread.
  void Ended(ProcessIdentity process, int exit_code) {
    const auto record = table_.RecordOf(process);
    if (!record) return;
    EndLeftovers(*record);
    store_.Remove(record->name);
    table_.Ended(process, exit_code);
  }

  // What an engine has started goes with it; an instance's processes went with its first one.
  void EndLeftovers(const ProcessRecord& record) const {
    const auto deadline = Clock::now() + kLeftoversWithin;
    // The number of a session is not given out again while the session has a process, but it may be
    // the number of another one by now.
    const auto stat = ReadProcessStat(record.pid);
    const bool reused = stat && stat->start_ticks != record.start_ticks;
    if (!record.instance) {
      if (!cgroups_.Members(record.name).empty()) cgroups_.Kill(record.name);
      if (!reused) ::kill(-record.pid, SIGKILL);
    }
    // A group of version 2 can be removed as soon as nothing in it runs; without one it has to be
    // waited until the lab's init has reaped the last of the session.
    const auto gone = [&] {
      const bool removed = cgroups_.Remove(record.name);
      if (record.instance || reused || cgroups_.has_unified()) return removed;
      return removed && ::kill(-record.pid, 0) != 0 && errno == ESRCH;
    };
    while (!gone() && Clock::now() < deadline) std::this_thread::sleep_for(kRetryEvery);
  }

  ProcessStore store_;
  Cgroups cgroups_;
  ProcessTable table_;
  ExitWatch watch_;  // last: its thread uses the others
};

}  // namespace

Result<std::unique_ptr<Processes>> MakeProcesses(FdStore& fds, std::filesystem::path directory) {
  SCV_ASSIGN(ProcessStore store, ProcessStore::Open(std::move(directory)));
  auto cgroups = Cgroups::Open(CgroupNameOf(store.lab()));
  auto made = std::make_unique<LinuxProcesses>(dynamic_cast<ExitSource*>(&fds), std::move(store),
                                               std::move(cgroups));
  SCV_TRY(made->TakeUp());
  return std::unique_ptr<Processes>(std::move(made));
}

}  // namespace scv::world
