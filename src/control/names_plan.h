// Route 53 and AWS's own names: everything that the lab's name servers answer.
#ifndef SCV_CONTROL_NAMES_PLAN_H_
#define SCV_CONTROL_NAMES_PLAN_H_

#include <string>
#include <vector>

#include "control/database_plan.h"
#include "control/instance_plan.h"
#include "control/lab_plan_context.h"
#include "control/load_balancer_plan.h"

namespace scv::control {

// What one region contributes to the names.
struct RegionHosts {
  const RegionIndex* region = nullptr;
  std::vector<PlannedInstance> instances;
  std::vector<PlannedLoadBalancer> load_balancers;
  std::vector<PlannedDatabase> databases;
};

// Adds the part of all names: public zones with simple records (aliases resolved to addresses),
// the names of load balancers, databases, instances and AWS's services. Zones for one VPC and
// records with a routing policy are kept for later, and said to be. `regions`: by number.
void PlanNames(PlanContext& context, const std::vector<RegionHosts>& regions);

}  // namespace scv::control

#endif  // SCV_CONTROL_NAMES_PLAN_H_
