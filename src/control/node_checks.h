// Which load balancer nodes clients should not be sent to. AWS takes a node's address out of the
// load balancer's name when the node, or its zone, cannot be reached.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
#ifndef SCV_CONTROL_NODE_CHECKS_H_
#define SCV_CONTROL_NODE_CHECKS_H_

#include <set>
#include <string>
#include <vector>

#include "control/lab_plan_context.h"
#include "control/load_balancer_plan.h"
#include "control/reconcile.h"
#include "control/routing.h"

namespace scv::control {

// A probe, from the internet, of every node that has a public address. Its part has the node's
// region and name; those of Route 53's health checks have no region.
void PlanNodeChecks(PlanContext& context, const RegionIndex& region,
                    const std::vector<PlannedLoadBalancer>& balancers);

// The rules by which those probes are counted, and the name under which one is.
std::vector<CheckRule> NodeCheckRules(const LabPlan& plan);
std::string NodeCheckId(const lab::PartKey& check);

// Nodes that died, nodes that do not answer, and the internal nodes of a zone none of whose public
// nodes answers. `unhealthy`: ids of UnhealthyChecks().
std::set<lab::PartKey> DarkNodes(const LabPlan& plan, const ObservedParts& observed,
                                 const std::set<std::string>& unhealthy);

}  // namespace scv::control

#endif  // SCV_CONTROL_NODE_CHECKS_H_
