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

// Adds the parts of all names, one for each place: hosted zones with their aliases resolved to
// addresses and their routing policies decided, the names of load balancers, databases, instances
// and AWS's services. A VPC also sees the private zones that are associated with it; one of them
// hides a public zone of the same name. `regions`: by number.
void PlanNames(PlanContext& context, const std::vector<RegionHosts>& regions);

// Where nothing needs names any more: only says which parts zones and records were in.
void LinkNames(PlanContext& context);

}  // namespace scv::control

#endif  // SCV_CONTROL_NAMES_PLAN_H_
