// The paths between VPCs: which of them are joined, by peering or because databases replicate from
// one to the other, and what their routers know of each other.
// https://docs.aws.amazon.com/vpc/latest/peering/what-is-vpc-peering.html
#ifndef SCV_CONTROL_WIDE_AREA_PLAN_H_
#define SCV_CONTROL_WIDE_AREA_PLAN_H_

#include <compare>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "control/lab_plan_context.h"

namespace scv::control {

// One way between two regions: what Seoul and Tokyo have (some 70 ms there and back).
inline constexpr Millis kDistanceDelay = 35;

// A VPC, ordered by its region's number.
struct VpcEnd {
  int region_number = 0;
  std::string region, vpc_id;
  auto operator<=>(const VpcEnd&) const = default;
};

// Two VPCs that may route to each other.
struct Peering {
  VpcEnd a, b;  // a < b
  const aws::PeeringConnection* connection = nullptr;
};
using Peerings = std::map<std::string, Peering, std::less<>>;  // by pcx-…

// Connections that were accepted and are not being deleted, both of whose VPCs stand.
Peerings ActivePeerings(const StateIndex& index);

// The nodes that one DB cluster has in one VPC.
struct ReplicationHosts {
  std::string cluster;  // the same for all that replicate from each other
  std::string region, vpc_id;
  std::vector<std::string> addresses;
  int port = 3306;
  // Learns of it, in words, if the VPC cannot be joined to the cluster's others, and depends on the
  // paths. Not nullptr.
  const aws::DbInstance* database = nullptr;
};

// The parts' keys, by which a database's part says that it needs its path.
lab::PartKey WideAreaKey(const VpcEnd& one, const VpcEnd& other);

// Adds the parts and tells the routers, which were planned before. Between each two VPCs there is
// one path: RDS between regions only, peering also within one (without a delay). All replication
// between two VPCs uses one port, that of the first cluster by name.
void PlanWideAreas(PlanContext& context, const std::vector<ReplicationHosts>& replications);

}  // namespace scv::control

#endif  // SCV_CONTROL_WIDE_AREA_PLAN_H_
