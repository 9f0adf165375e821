// RDS: the nodes of every DB instance (two with Multi-AZ, in different zones of its subnet group),
// and which DB instances replicate from which.
#ifndef SCV_CONTROL_DATABASE_PLAN_H_
#define SCV_CONTROL_DATABASE_PLAN_H_

#include <vector>

#include "control/database.h"
#include "control/lab_plan_context.h"
#include "control/network_plan_firewall.h"

namespace scv::control {

struct PlannedDatabase {
  PlannedHost host;
  const aws::DbInstance* database = nullptr;
  bool lead = false;  // the node that the endpoint's name leads to (Environment)
};

// "ap-northeast-2/scv-memo"
std::string SiteName(std::string_view region, std::string_view identifier);
// The DB instance's part, and that of its second node.
lab::PartKey DatabaseKey(std::string_view region, std::string_view identifier, int node);

// The nodes of one region, by identifier; their addresses are in the book from then on. Where no
// zone is asked for, a database stays in the one it is in, at first the subnet group's first.
std::vector<PlannedDatabase> PlanDatabases(PlanContext& context, const RegionIndex& region);

// Sites that replicate from each other, as clusters by name. A replica whose source is not there
// belongs to a cluster that is named by the absent source.
std::vector<DatabaseCluster> ReadClusters(const std::vector<PlannedDatabase>& all);

// The cluster that a node belongs to; nullptr: none.
const DatabaseCluster* ClusterOf(const std::vector<DatabaseCluster>& clusters,
                                 const lab::PartKey& node);

// Adds the parts of one region's nodes: those whose role is decided (Environment). `clusters`: of
// all regions; a node may be reached by the others of its cluster, as RDS's own network does it.
void AddDatabases(PlanContext& context, const RegionIndex& region,
                  const std::vector<PlannedDatabase>& databases,
                  const std::vector<DatabaseCluster>& clusters, Firewalls& firewalls);

}  // namespace scv::control

#endif  // SCV_CONTROL_DATABASE_PLAN_H_
