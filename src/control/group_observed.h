// What is known of one group's instances: their records and what the world saw of them, with the
// sums that a decision needs kept up to date, so that deciding costs what needs attention and not
// what the group has.
#ifndef SCV_CONTROL_GROUP_OBSERVED_H_
#define SCV_CONTROL_GROUP_OBSERVED_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "control/instance_record.h"
#include "lab/parts.h"

namespace scv::control {

// One instance's health over all its attached target groups and all running load balancer nodes.
// Every node checks on its own
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/
// target-group-health-checks.html), so nodes may disagree:
//  - healthy only if every running node that knows the target says so, at least one for each
//    attached target group: an instance comes into service only when all of them would use it;
//  - unhealthy only if, for one target group, every running node with an opinion says so: a node
//    with a broken path of its own must not have the whole fleet replaced.
enum class ElbHealth {
  kNone,     // no attached target group
  kWaiting,  // not all nodes have an opinion yet, or none is running
  kHealthy,
  kSplit,  // nodes disagree
  kUnhealthy,
};

struct TargetView {
  lab::PartKey node;
  std::string target_group;
  lab::TargetHealth health = lab::TargetHealth::kInitial;
  std::int64_t sessions = 0;
  std::int64_t requests_total = 0, errors_5xx_total = 0;
  Millis at = 0;
};

struct InstanceView {
  InstanceRecord record;
  lab::Phase phase = lab::Phase::kAbsent;
  bool seen = false;            // `phase` is a sighting, not an assumption
  bool seen_alive = false;      // was starting or running
  Millis seen_at = 0;           // of the newest sighting; older ones are ignored
  std::string detail;           // the world's words on the phase
  Millis running_since = 0;     // 0: not running
  Millis in_service_since = 0;  // 0: not; after a restart of the daemon, the launch
  ElbHealth elb = ElbHealth::kNone;
  std::string elb_reason;      // the last failed check's words
  Millis unhealthy_since = 0;  // 0: not
  Millis last_unhealthy = 0;   // the end of the last unhealthy episode; 0: there was none
  std::int64_t cpu_micros_total = 0;
  Millis cpu_at = 0;
  std::vector<TargetView> targets;

  bool counted() const {
    return record.lifecycle == Lifecycle::kPending || record.lifecycle == Lifecycle::kInService;
  }
  // Its process or namespace is gone.
  bool dead() const {
    return seen && (phase == lab::Phase::kFailed || (phase == lab::Phase::kAbsent && seen_alive));
  }
  // In service and fit to serve, as far as is known.
  bool healthy() const {
    return record.lifecycle == Lifecycle::kInService && !dead() && elb != ElbHealth::kUnhealthy;
  }
};

class GroupObserved {
 public:
  using ByTime = std::map<std::pair<Millis, std::string>, const InstanceView*>;

  GroupObserved() = default;
  // The indexes point into the map of instances.
  GroupObserved(const GroupObserved&) = delete;
  GroupObserved& operator=(const GroupObserved&) = delete;
  GroupObserved(GroupObserved&&) = default;
  GroupObserved& operator=(GroupObserved&&) = default;

  // --- What is known
  const std::map<std::string, InstanceView>& instances() const { return instances_; }
  const InstanceView* Find(const std::string& id) const;
  // Those that a decision must look at one by one: everything but healthy instances in service.
  const std::map<std::string, const InstanceView*>& attention() const { return attention_; }
  int pending() const { return pending_; }
  int in_service() const { return in_service_; }
  int healthy() const { return healthy_; }
  int terminating() const { return terminating_; }  // not yet kTerminated
  int counted() const { return pending_ + in_service_; }
  // Pending and in service, by zone and by template version.
  const std::map<std::string, int>& by_zone() const { return by_zone_; }
  const std::map<int, int>& by_version() const { return by_version_; }
  const ByTime& by_launch() const { return by_launch_; }    // pending and in service
  const ByTime& by_service() const { return by_service_; }  // in service, since when
  // How many of those in service came into it at or before `at`.
  int InServiceSince(Millis at) const;
  bool NodeRunning(const lab::PartKey& node) const;

  // --- What changes it. Each returns whether a decision may depend on the change.
  // Names of the target groups whose health counts.
  bool Attach(std::set<std::string> target_groups);
  bool PutRecord(const InstanceRecord& record, Millis now);
  bool Remove(const std::string& id);
  bool SeePhase(const std::string& id, lab::Phase phase, const std::string& detail, Millis at);
  bool SeeTarget(const std::string& id, const lab::PartKey& node, const lab::TargetSighting& target,
                 Millis at);
  // The node does not list it (any more).
  bool ForgetTarget(const std::string& id, const lab::PartKey& node,
                    const std::string& target_group, Millis at);
  bool SeeNode(const lab::PartKey& node, bool running, Millis at);
  void SetCpu(const std::string& id, std::int64_t micros_total, Millis at);

 private:
  bool Change(const std::string& id, const std::function<bool(InstanceView&)>& change);
  bool JustCounts(const std::string& id, const lab::PartKey& node,
                  const lab::TargetSighting& target, Millis at);
  void Count(const InstanceView& view, int sign);
  ElbHealth Health(const InstanceView& view, std::string& reason) const;
  void UpdateHealth(InstanceView& view, Millis at) const;

  std::map<std::string, InstanceView> instances_;
  std::map<std::string, const InstanceView*> attention_;
  int pending_ = 0, in_service_ = 0, healthy_ = 0, terminating_ = 0;
  std::map<std::string, int> by_zone_;
  std::map<int, int> by_version_;
  ByTime by_launch_, by_service_;
  std::set<std::string> attached_;
  std::set<lab::PartKey> running_nodes_;
};

}  // namespace scv::control

#endif  // SCV_CONTROL_GROUP_OBSERVED_H_
