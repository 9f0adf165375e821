#include "control/load_balancer_plan_targets.h"

#include <algorithm>
#include <utility>

#include "aws/ipv4.h"

namespace scv::control {
namespace {

using std::chrono::milliseconds;

milliseconds Scaled(const Pace& pace, int seconds) {
  return milliseconds(pace.Scaled(Millis{seconds} * 1000));
}

lab::TargetGroupSpec SpecOf(const Pace& pace, const aws::TargetGroup& group) {
  lab::TargetGroupSpec spec;
  spec.name = group.name;
  spec.arn = group.arn;
  spec.protocol = group.protocol.empty() ? "HTTP" : group.protocol;
  spec.algorithm = group.algorithm;
  if (group.stickiness_type == "lb_cookie") {
    spec.stickiness = group.stickiness_type;
    // Clients see it as a cookie's age: not scaled.
    spec.stickiness_duration = std::chrono::seconds(group.stickiness_seconds);
  }
  spec.deregistration_delay = Scaled(pace, group.deregistration_delay_seconds);
  spec.slow_start = Scaled(pace, group.slow_start_seconds);
  spec.health_check = HealthCheckAt(pace, group.health_check);
  return spec;
}

// Targets of one region's instances and addresses, as they are registered.
class Register {
 public:
  Register(const std::vector<PlannedInstance>& instances, const RegionIndex& region,
           std::map<std::string, lab::TargetGroupSpec>& specs)
      : instances_(instances), region_(region), specs_(specs) {}

  void Add(const std::string& arn, const std::string& target, int port, bool draining) {
    const auto group = specs_.find(arn);
    if (group == specs_.end()) return;
    lab::TargetSpec spec;
    spec.id = target;
    spec.port = port != 0 ? port : Alive(region_.target_groups, arn)->port;
    spec.draining = draining;
    const auto instance = std::ranges::lower_bound(
        instances_, target, {},
        [](const PlannedInstance& i) -> const std::string& { return i.host.key.name; });
    if (instance != instances_.end() && instance->host.key.name == target) {
      spec.address = instance->host.interface.address;
      spec.zone = instance->host.zone;
    } else if (aws::ParseAddress(target)) {
      spec.address = target;
    } else {
      return;  // not there any more
    }
    group->second.targets.push_back(std::move(spec));
  }

 private:
  const std::vector<PlannedInstance>& instances_;
  const RegionIndex& region_;
  std::map<std::string, lab::TargetGroupSpec>& specs_;
};

}  // namespace

lab::HealthCheckSpec HealthCheckAt(const Pace& pace, const aws::TargetGroup::HealthCheck& check) {
  lab::HealthCheckSpec spec;
  spec.protocol = check.protocol;
  spec.path = check.path;
  spec.matcher = check.matcher;
  spec.port = check.port;
  spec.healthy_threshold = check.healthy_threshold;
  spec.unhealthy_threshold = check.unhealthy_threshold;
  spec.interval = Scaled(pace, check.interval_seconds);
  spec.timeout = Scaled(pace, check.timeout_seconds);
  if (pace.kind == PaceKind::kAws) return spec;
  spec.interval = std::max(spec.interval, milliseconds(100));
  spec.timeout = std::max(spec.timeout, milliseconds(1000));
  return spec;
}

TargetGroups::TargetGroups(PlanContext& context, const RegionIndex& region,
                           const std::vector<PlannedInstance>& instances,
                           const std::vector<Registration>& registrations) {
  for (const auto& [arn, group] : region.target_groups) {
    if (group.deleting()) continue;
    if (group.target_type != "instance" && group.target_type != "ip") {
      context.NotHonoured(group, "the lab's targets are instances and addresses; target_type is " +
                                     group.target_type);
      continue;
    }
    specs_.emplace(arn, SpecOf(context.environment.pace, group));
  }
  Register targets(instances, region, specs_);
  for (const auto& registration : registrations) {
    targets.Add(registration.target_group_arn, registration.instance, 0, registration.draining);
  }
  for (const auto& attachment : region.target_group_attachments) {
    if (attachment.deleting()) continue;
    targets.Add(attachment.target_group_arn, attachment.target_id, attachment.port, false);
  }
  for (auto& [arn, spec] : specs_) {
    std::ranges::stable_sort(spec.targets, {}, &lab::TargetSpec::id);
    const auto rest = std::ranges::unique(spec.targets, {}, &lab::TargetSpec::id);
    spec.targets.erase(rest.begin(), rest.end());
  }
}

const lab::TargetGroupSpec* TargetGroups::Find(const std::string& arn) const {
  const auto found = specs_.find(arn);
  return found == specs_.end() ? nullptr : &found->second;
}

void LinkTargetGroups(PlanContext& context, const RegionIndex& region) {
  const auto link = [&](const aws::View& view, const std::string& arn) {
    const auto nodes = context.plan.target_group_nodes.find(arn);
    if (nodes != context.plan.target_group_nodes.end()) context.Link(view, nodes->second);
  };
  for (const auto& [arn, group] : region.target_groups) link(group, arn);
  for (const auto& attachment : region.target_group_attachments) {
    link(attachment, attachment.target_group_arn);
  }
}

}  // namespace scv::control
