#include "world/linux/faults_tree.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "world/linux/fd_store.h"
#include "world/linux/processes_stat.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kStillWithin{1'000};
// A parent in vfork() waits in the kernel for a child that was stopped before its exec: no signal
// reaches it there, and it runs none of its own code either.
constexpr std::chrono::milliseconds kWaitingCountsAsStillAfter{20};
constexpr std::chrono::milliseconds kLookAgainAfter{1};  // /proc tells nobody of a change

struct Member {
  int pid = 0;
  ProcessStat stat;
};

std::map<int, ProcessStat> AllProcesses() {
  std::map<int, ProcessStat> all;
  std::error_code failed;
  for (std::filesystem::directory_iterator next("/proc", failed), end; !failed && next != end;
       next.increment(failed)) {
    const std::string name = next->path().filename();
    int pid = 0;
    const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || stop != name.data() + name.size()) continue;
    if (const auto stat = ReadProcessStat(pid)) all.emplace(pid, *stat);
  }
  return all;
}

// Without those that have ended and are not waited for.
std::vector<Member> MembersOf(int root) {
  const auto all = AllProcesses();
  std::multimap<int, int> children;
  std::vector<int> open;
  for (const auto& [pid, stat] : all) {
    children.emplace(stat.parent, pid);
    if (pid == root || ::getsid(pid) == root) open.push_back(pid);
  }
  std::set<int> pids;
  while (!open.empty()) {
    const int pid = open.back();
    open.pop_back();
    if (!pids.insert(pid).second) continue;
    const auto [begin, end] = children.equal_range(pid);
    for (auto child = begin; child != end; ++child) open.push_back(child->second);
  }
  std::vector<Member> members;
  for (const int pid : pids) {
    const auto found = all.find(pid);
    if (found == all.end() || found->second.state == 'Z' || found->second.state == 'X') continue;
    members.push_back({pid, found->second});
  }
  return members;
}

// The number may be another process's by now: the descriptor is of the one that is looked at.
void SignalMember(const Member& member, int signal) {
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, member.pid, 0)));
  const auto now = ReadProcessStat(member.pid);
  if (!process || !now || now->start_ticks != member.stat.start_ticks) return;
  ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0);
}

bool IsStopped(const Member& member) {
  return member.stat.state == 'T' || member.stat.state == 't';
}

}  // namespace

Result<void> StopProcessTree(int pid) {
  const auto begun = Clock::now();
  for (;;) {
    const auto members = MembersOf(pid);
    if (members.empty()) {
      return Fail(ErrorKind::kNotFound, "there is no process " + std::to_string(pid));
    }
    const auto taken = Clock::now() - begun;
    const bool waiting_counts = taken > kWaitingCountsAsStillAfter;
    const auto stands_still = [&](const Member& member) {
      return IsStopped(member) || (waiting_counts && member.stat.state == 'D');
    };
    if (std::ranges::all_of(members, stands_still)) return {};
    for (const Member& member : members) {
      if (!IsStopped(member)) SignalMember(member, SIGSTOP);
    }
    if (taken > kStillWithin) {
      return Fail(ErrorKind::kTimeout,
                  "processes of " + std::to_string(pid) + " do not stand still");
    }
    std::this_thread::sleep_for(kLookAgainAfter);
  }
}

void ContinueProcessTree(int pid) {
  for (const Member& member : MembersOf(pid)) SignalMember(member, SIGCONT);
}

}  // namespace scv::world
