// Control groups, as far as this machine lets us write them: version 2 (cpu.stat, cgroup.kill, and
// memory and cpu where it has these controllers) and version 1 (memory, cpu, cpuacct), or the two
// side by side. What cannot be written is left out; Lacking() says what that means.
#ifndef SCV_WORLD_LINUX_CGROUP_H_
#define SCV_WORLD_LINUX_CGROUP_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lab/parts.h"

namespace scv::world {

// The directory of a lab's groups in each hierarchy, from its state directory.
std::string CgroupNameOf(const std::filesystem::path& state);

class Cgroups {
 public:
  // Makes the lab's directory in every hierarchy that allows it.
  static Cgroups Open(std::string lab);

  // Makes the group `name` with its limits and gives the directories whose cgroup.procs a process
  // must write itself to; where version 2 is used, its directory is the first, to be cloned into.
  // Whom no limit of processors binds is scheduled in one group with the rest of the lab: groups of
  // their own would make proxies and servers interrupt each other at every message.
  std::vector<std::filesystem::path> Make(std::string_view name, const lab::Limits& limits) const;

  // SIGKILL for all in it; false where that needs version 2.
  bool Kill(std::string_view name) const;
  // Processes in it, as this process sees them; empty where there is no group.
  std::vector<int> Members(std::string_view name) const;
  // Removes it once it is empty; false while it is not.
  bool Remove(std::string_view name) const;
  // Used so far by all that ever were in it; nullopt where nothing counts it.
  std::optional<std::int64_t> CpuMicros(std::string_view name) const;

  // Which of the limits are not enforced here, for people; "": all are.
  std::string Lacking(const lab::Limits& limits) const;

  bool has_unified() const { return !unified_.empty(); }
  bool limits_memory() const { return unified_memory_ || !memory_.empty(); }
  bool limits_cpu() const { return unified_cpu_ || !cpu_.empty(); }

  // Ends the lab's directories with all groups in them, which must be empty.
  void RemoveAll() const;

 private:
  std::vector<std::filesystem::path> Places() const;

  std::filesystem::path unified_, memory_, cpu_, cpuacct_;  // the lab's directories; "": none
  bool unified_memory_ = false;
  bool unified_cpu_ = false;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_CGROUP_H_
