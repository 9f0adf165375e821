// All auto scaling groups of the lab, decided incrementally: whatever changes touches its group,
// and only touched groups and those whose time has come are decided again. Pure: time and
// identifiers come in. Not thread-safe.
//
// The daemon's use of it:
//   1. At start: PutGroup, Remember and PutRecord for what was durable.
//   2. On each sighting: See. On each change of the desired state: PutGroup/RemoveGroup.
//   3. Decide(now) after a batch of these, and at NextWake(). For every plan, in one durable
//      transaction: its memory if memory_changed, its records, and a new record for each launch;
//      the latter go back with PutRecord (or LaunchFailed, if no address is left) before the next
//      Decide. The records of the plan are already in the engine.
//   4. Registrations() when a plan says that they changed.
//   5. A record of lifecycle kTerminated: take the instance down, and when the world says kAbsent,
//      forget it: RemoveRecord.
// Beginning an action again after a crash between 3 and the world is the reconciler's business.
#ifndef SCV_CONTROL_FLEET_H_
#define SCV_CONTROL_FLEET_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "control/group.h"
#include "control/group_decide.h"
#include "control/group_memory.h"
#include "control/group_observed.h"
#include "control/instance_record.h"
#include "control/pace.h"
#include "control/registration.h"
#include "lab/parts.h"

namespace scv::control {

class FleetEngine {
 public:
  explicit FleetEngine(Pace pace) : pace_(pace) {}

  // New or changed; the same again changes nothing.
  void PutGroup(GroupDesired desired);
  // Forgets the group and its records.
  void RemoveGroup(const GroupKey& key);
  // The memory of an earlier process, before the group's first decision.
  void Remember(const GroupKey& key, GroupMemory memory);
  // SetDesiredCapacity: a person, or Terraform writing the same value again over a scaled group.
  void SetCapacity(const GroupKey& key, int capacity, std::string cause, Millis now);
  // StartInstanceRefresh and CancelInstanceRefresh.
  void StartRefresh(const GroupKey& key, Millis now);
  void CancelRefresh(const GroupKey& key, Millis now);

  // New, or restored. Records without a group, or of a group that is not there yet, are kept until
  // their group comes.
  void PutRecord(const InstanceRecord& record, Millis now);
  void RemoveRecord(const std::string& id);
  // A launch of `group` in `zone` came to nothing before it became a record.
  void LaunchFailed(const GroupKey& group, const std::string& zone, std::string why, Millis now);

  // Instances and load balancer nodes; other parts are ignored. Sightings may come twice, late or
  // not at all: the newest by Sighting::at counts.
  void See(const lab::Sighting& sighting);

  // Plans of the groups that were touched or whose time has come, by key; those that changed
  // nothing are left out, except that a group's `settled`, `failed` or `missing` changed.
  std::vector<GroupPlan> Decide(Millis now);
  // When Decide() has something to do: 0 for at once (the last plans changed something that a
  // further decision depends on), nullopt if only a change can cause it.
  std::optional<Millis> NextWake() const;
  std::size_t touched() const { return touched_.size(); }

  // Everything that stands in a target group, ordered.
  std::vector<Registration> Registrations() const;

  struct Status {
    bool settled = false, failed = false, gone = false;
    std::string missing = "not decided yet";
    bool operator==(const Status&) const = default;
  };
  struct Group {
    GroupDesired desired;
    GroupMemory memory;
    GroupObserved observed;
    Status status;
    std::optional<Millis> wake_at;
    std::optional<Millis> measured_to;   // levels (hosts, capacity) are in the metrics up to here
    bool registrations_changed = false;  // since the last plan
    bool memory_changed = false;         // by a call of this class, since the last plan
    std::vector<Activity> activities;    // likewise
  };
  // nullptr: there is none. Valid until the next change.
  const Group* Find(const GroupKey& key) const;
  const std::map<GroupKey, Group>& groups() const { return groups_; }
  const InstanceRecord* FindRecord(const std::string& id) const;
  const Pace& pace() const { return pace_; }

 private:
  struct Node {
    bool running = false;
    Millis at = 0;
    bool strangers = false;  // a target of `targets` was not known when it was seen
    std::vector<lab::TargetSighting> targets;  // in the sighting's order
  };

  Group* GroupOf(const std::string& instance);
  void Touch(const GroupKey& key) { touched_.insert(key); }
  void SeeInstance(const lab::Sighting& sighting);
  void SeeNode(const lab::Sighting& sighting);
  struct Requests {
    double requests = 0, errors = 0;
  };
  // Target group → what its targets have answered since the node's last sighting.
  using Traffic = std::map<std::string, Requests, std::less<>>;
  // false: no instance of a group.
  bool SeeTarget(const lab::PartKey& key, const lab::TargetSighting& target, Millis at);
  void SeeSameTargets(const lab::Sighting& sighting, Node& node, Traffic& traffic);
  void SeeOtherTargets(const lab::Sighting& sighting, Node& node, Traffic& traffic);
  void ForgetTarget(const lab::PartKey& key, const lab::TargetSighting& target, Millis at);
  void MeasureTraffic(const lab::PartKey& node, const Traffic& traffic, Millis from, Millis to);
  void MeasureCpu(Group& group, const lab::Sighting& sighting);
  void MeasureLevels(Group& group, Millis now);
  void Schedule(const GroupKey& key, Group& group, std::optional<Millis> wake_at);
  GroupPlan DecideOne(const GroupKey& key, Group& group, Millis now);
  static void Tell(Group& group, std::string description, std::string cause, Millis now);

  Pace pace_;
  std::map<GroupKey, Group> groups_;
  std::set<GroupKey> touched_;
  std::set<std::pair<Millis, GroupKey>> wakes_;
  std::unordered_map<std::string, GroupKey> group_of_;     // instance → group
  std::map<std::string, InstanceRecord> waiting_records_;  // of groups that are not there
  std::map<lab::PartKey, Node> nodes_;
};

}  // namespace scv::control

#endif  // SCV_CONTROL_FLEET_H_
