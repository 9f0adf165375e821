// RDS: one database per DB instance, in its subnet group.
#ifndef SCV_CONTROL_DATABASE_PLAN_H_
#define SCV_CONTROL_DATABASE_PLAN_H_

#include <vector>

#include "control/lab_plan_context.h"
#include "control/network_plan_firewall.h"

namespace scv::control {

struct PlannedDatabase {
  PlannedHost host;
  const aws::DbInstance* database = nullptr;
};

// The databases of one region, by identifier; their addresses are in the book from then on. Where
// no zone is asked for, a database stays in the one it is in, at first the subnet group's first.
std::vector<PlannedDatabase> PlanDatabases(PlanContext& context, const RegionIndex& region);

void AddDatabases(PlanContext& context, const RegionIndex& region,
                  const std::vector<PlannedDatabase>& databases, Firewalls& firewalls);

}  // namespace scv::control

#endif  // SCV_CONTROL_DATABASE_PLAN_H_
