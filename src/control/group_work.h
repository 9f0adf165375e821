// One decision in the making: what it is about, what it has decided so far, and the sums as they
// will be after that. Internal to the group_* files.
#ifndef SCV_CONTROL_GROUP_WORK_H_
#define SCV_CONTROL_GROUP_WORK_H_

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "control/group_decide.h"

namespace scv::control {

class GroupWork {
 public:
  GroupWork(const GroupDesired& desired_group, GroupMemory before,
            const GroupObserved& observed_group, Millis now_is, const Pace& pace_is);

  const GroupDesired& desired;
  const GroupObserved& observed;
  const Millis now;
  const Pace& pace;
  GroupPlan plan;
  GroupMemory& memory;  // plan.memory

  // --- What is decided
  void Wake(Millis at);
  void Note(std::string description, std::string cause);
  void Serve(const InstanceView& view);
  // Deregistered and drained first, unless there is nothing to drain.
  void Terminate(const InstanceView& view, std::string_view why);
  void Terminated(const InstanceView& view);
  void LaunchOne(const GroupSubnet& subnet, std::string_view why);
  // A launch in `zone` came to nothing.
  void LaunchFailed(const std::string& zone, std::string why);

  // --- How things stand with that
  int capacity() const { return memory.capacity; }
  int pending() const { return pending_; }
  int in_service() const { return in_service_; }
  int healthy() const { return healthy_; }
  int total() const { return pending_ + in_service_; }
  int terminating() const { return terminating_; }
  const std::map<std::string, int>& zones() const { return zones_; }
  bool Changed(const std::string& id) const { return changed_.contains(id); }
  Lifecycle LifecycleOf(const InstanceView& view) const;

  GroupPlan Finish();

 private:
  void Uncount(const InstanceView& view);

  GroupMemory before_;  // without activities and metrics
  std::map<std::string, InstanceRecord> changed_;
  int pending_, in_service_, healthy_, terminating_;
  std::map<std::string, int> zones_;
};

// "At 2026-11-22T06:00:00.123Z ": how AWS begins a cause.
std::string At(Millis now);

}  // namespace scv::control

#endif  // SCV_CONTROL_GROUP_WORK_H_
