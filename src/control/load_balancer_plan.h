// Application load balancers: a node per zone, each with the whole configuration.
#ifndef SCV_CONTROL_LOAD_BALANCER_PLAN_H_
#define SCV_CONTROL_LOAD_BALANCER_PLAN_H_

#include <string>
#include <vector>

#include "control/instance_plan.h"
#include "control/lab_plan_context.h"
#include "control/network_plan_firewall.h"

namespace scv::control {

struct PlannedLoadBalancer {
  const aws::LoadBalancer* load_balancer = nullptr;
  std::vector<PlannedHost> nodes;  // by zone
};

// The load balancers of one region, by ARN; the addresses of their nodes are in the book from then
// on.
std::vector<PlannedLoadBalancer> PlanLoadBalancers(PlanContext& context, const RegionIndex& region);

// `instances`: of the same region. `registrations`: ordered.
void AddLoadBalancers(PlanContext& context, const RegionIndex& region,
                      const std::vector<PlannedLoadBalancer>& load_balancers,
                      const std::vector<PlannedInstance>& instances,
                      const std::vector<Registration>& registrations, Firewalls& firewalls);

}  // namespace scv::control

#endif  // SCV_CONTROL_LOAD_BALANCER_PLAN_H_
