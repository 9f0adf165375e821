// Instances: what an auto scaling group has launched (its records), and every aws_instance.
#ifndef SCV_CONTROL_INSTANCE_PLAN_H_
#define SCV_CONTROL_INSTANCE_PLAN_H_

#include <memory>
#include <string>
#include <vector>

#include "control/lab_plan_context.h"
#include "control/network_plan_firewall.h"

namespace scv::control {

struct PlannedInstance {
  PlannedHost host;
  std::shared_ptr<const aws::LaunchSettings> settings;
  std::string reason;
};

// The instances of one region, ordered by id; their addresses are in the book from then on.
// `records`: of this region, ordered by id.
std::vector<PlannedInstance> PlanInstances(PlanContext& context, const RegionIndex& region,
                                           const std::vector<const InstanceRecord*>& records);

void AddInstances(PlanContext& context, const RegionIndex& region,
                  const std::vector<PlannedInstance>& instances, Firewalls& firewalls);

// "ip-10-0-1-5.ap-northeast-2.compute.internal".
std::string InternalName(std::string_view region, std::string_view address);
// The zone of these names: "ap-northeast-2.compute.internal", in us-east-1 "ec2.internal".
std::string InternalZone(std::string_view region);

}  // namespace scv::control

#endif  // SCV_CONTROL_INSTANCE_PLAN_H_
