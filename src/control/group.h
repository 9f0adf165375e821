// An auto scaling group as Terraform wants it: plain values, read from the desired state.
#ifndef SCV_CONTROL_GROUP_H_
#define SCV_CONTROL_GROUP_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "control/alarm.h"
#include "control/scaling_policy.h"
#include "lab/parts.h"

namespace scv::control {

struct GroupKey {
  std::string region, name;
  auto operator<=>(const GroupKey&) const = default;
};

struct GroupSubnet {
  std::string id, zone;
  bool operator==(const GroupSubnet&) const = default;
};

struct GroupTargets {
  std::string arn, name;
  bool attached = false;  // a listener forwards to it; otherwise its health says nothing
  Millis deregistration_delay = 300'000;
  // The load balancer nodes that serve it, where the caller knows them
  // (LabPlan::target_group_nodes; ReadGroup leaves it empty). All of them must have let go of an
  // instance that drains; without this knowledge a drain takes a second at least.
  std::vector<lab::PartKey> nodes;
  bool operator==(const GroupTargets&) const = default;
};

// instance_refresh { preferences }, with AWS's defaults.
// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html
struct RefreshPreferences {
  int min_healthy_percentage = 90;
  int max_healthy_percentage = 100;
  std::optional<Millis> instance_warmup;  // nullopt: the group's
  std::vector<int> checkpoint_percentages;
  Millis checkpoint_delay = 3'600'000;
  bool auto_rollback = false;
  bool skip_matching = false;
  std::vector<std::string> alarms;  // names; one of them in ALARM fails the refresh
  bool operator==(const RefreshPreferences&) const = default;
};

// aws_autoscaling_group with its policies, alarms, launch template and target groups.
// Times as in the HCL; Pace scales them where they are used.
struct GroupDesired {
  GroupKey key;
  std::string arn;
  bool deleting = false;      // every instance is to go
  bool force_delete = false;  // without draining
  int min_size = 0, max_size = 0;
  std::optional<int> desired_capacity;
  std::string vpc_id;
  std::vector<GroupSubnet> subnets;

  std::string launch_template_id;
  std::string launch_template_version;  // as written: "3", "$Latest", "$Default"
  int wanted_version = 0;               // what that means now; 0: there is no such version
  int latest_version = 0;               // versions 1 … latest exist

  bool elb_health = false;  // health_check_type "ELB"
  Millis grace = 300'000;
  Millis default_cooldown = 300'000;
  std::optional<Millis> default_warmup;  // nullopt: policies' own, else the default cooldown
  std::vector<std::string> termination_policies;  // empty: Default
  std::vector<GroupTargets> targets;
  std::set<std::string> suspended_processes;
  bool protect_from_scale_in = false;
  std::optional<Millis> max_instance_lifetime;
  // instance_maintenance_policy; nullopt: the group may exceed its desired capacity by a tenth, at
  // least one, while it replaces what is unhealthy.
  std::optional<int> maintenance_min_percentage, maintenance_max_percentage;

  bool refresh_on_change = false;  // there is an instance_refresh block
  std::string refresh_triggers;    // the values of the attributes that `triggers` names
  RefreshPreferences refresh;

  std::vector<ScalingPolicy> policies;
  std::vector<AlarmRule> alarms;  // those that trigger a policy or guard the refresh

  // What Terraform waits for (capacitySatisfied in its provider).
  std::optional<int> min_elb_capacity, wait_for_elb_capacity;
  bool wait_for_capacity = true;  // false: wait_for_capacity_timeout = "0"

  int cpu_millis = 1000;  // of one core, per instance: what 100 % of CPUUtilization is

  bool operator==(const GroupDesired&) const = default;

  bool Suspended(const std::string& process) const { return suspended_processes.contains(process); }
  // Warm-up for everything but a policy with its own.
  Millis Warmup() const { return default_warmup.value_or(default_cooldown); }
};

}  // namespace scv::control

#endif  // SCV_CONTROL_GROUP_H_
