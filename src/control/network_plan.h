// VPCs: a router each, with what its route tables, gateways and elastic IPs say, and a resolver.
#ifndef SCV_CONTROL_NETWORK_PLAN_H_
#define SCV_CONTROL_NETWORK_PLAN_H_

#include <vector>

#include "control/lab_plan_context.h"

namespace scv::control {

// Routers and resolvers of one region's VPCs. `hosts`: everything with an interface in it.
void PlanNetworks(PlanContext& context, const RegionIndex& region,
                  const std::vector<PlannedHost>& hosts);

// The public addresses that instances have as elastic IPs: instance's or interface's id → address.
std::map<std::string, std::string> ElasticAddressesOf(const RegionIndex& region);

}  // namespace scv::control

#endif  // SCV_CONTROL_NETWORK_PLAN_H_
