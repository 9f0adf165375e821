// What is to happen in one auto scaling group now: the rules of EC2 Auto Scaling, without a clock
// and without side effects.
//
// Sources, all below https://docs.aws.amazon.com/autoscaling/ec2/userguide/ :
//   zones and rebalancing      auto-scaling-benefits.html
//   health and replacement     ec2-auto-scaling-health-checks.html, health-check-grace-period.html
//   lifecycle, draining        ec2-auto-scaling-lifecycle.html, attach-load-balancer-asg.html
//   scale in                   ec2-auto-scaling-termination-policies.html
//   replacing above capacity   ec2-auto-scaling-instance-maintenance-policy.html
//   instance refresh           asg-instance-refresh.html, instance-refresh-overview.html
//   suspended processes        as-suspend-resume-processes.html
// Where the lab decides differently, the bodies say so; docs/fleets.md has the list.
#ifndef SCV_CONTROL_GROUP_DECIDE_H_
#define SCV_CONTROL_GROUP_DECIDE_H_

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "control/group.h"
#include "control/group_memory.h"
#include "control/group_observed.h"
#include "control/instance_record.h"
#include "control/pace.h"

namespace scv::control {

// RunInstances: the caller gives it an id, an interface and an address.
struct Launch {
  GroupKey group;
  std::string vpc_id, subnet_id, zone;
  std::string launch_template_id;
  int launch_template_version = 0;
  std::string reason;  // for InstanceRecord::reason and the event log
  bool operator==(const Launch&) const = default;
};

struct GroupPlan {
  GroupKey key;
  GroupMemory memory;           // the new one
  bool memory_changed = false;  // durably: write it before acting
  std::vector<Launch> launches;
  // Records that change, complete as they are to be: into service, terminating (deregistered, to be
  // drained), terminated (take it down). Write them before acting.
  std::vector<InstanceRecord> records;
  bool registrations_changed = false;  // Registrations() says something else than before
  std::vector<Activity> activities;    // new ones, oldest first
  std::optional<Millis> wake_at;       // decide again then, even if nothing was seen
  bool settled = false;                // Terraform need not wait any longer
  bool failed = false;                 // launches keep failing, or the group cannot have instances
  bool gone = false;                   // deleting, and no instance is left
  std::string missing;                 // why not settled: "1 of 2 instances in service"
};

// `memory` of a group never decided before is GroupMemory{}. The caller carries the plan out before
// it decides again: launches become records with Lifecycle::kPending.
GroupPlan DecideGroup(const GroupDesired& desired, GroupMemory memory,
                      const GroupObserved& observed, Millis now, const Pace& pace);

// Whether an instance stands in its group's target groups, and how.
enum class Registered { kNo, kYes, kDraining };
Registered RegistrationOf(const InstanceView& view);

}  // namespace scv::control

#endif  // SCV_CONTROL_GROUP_DECIDE_H_
