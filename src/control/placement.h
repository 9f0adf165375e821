// Where a launch goes: the zone with the fewest instances, unless launches there keep failing.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html
#ifndef SCV_CONTROL_PLACEMENT_H_
#define SCV_CONTROL_PLACEMENT_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "control/group.h"
#include "control/group_memory.h"

namespace scv::control {

struct PlacementQuestion {
  const std::vector<GroupSubnet>& subnets;
  // What counts in each zone; where that is equal, `ties` decides, then the subnets' order.
  const std::map<std::string, int>& counts;
  const std::map<std::string, int>& ties;
  const std::map<std::string, ZoneTrouble>& troubles;
  // Instances that boot per zone: where launches failed before, one is tried at a time.
  const std::map<std::string, int>& booting;
  Millis now = 0;
};

struct Placement {
  const GroupSubnet* subnet = nullptr;  // nullptr: nowhere now
  std::optional<Millis> again_at;       // when a zone may be tried again
};

Placement Place(const PlacementQuestion& question);

// The largest difference between zones' counts.
int Imbalance(const std::vector<GroupSubnet>& subnets, const std::map<std::string, int>& counts);

}  // namespace scv::control

#endif  // SCV_CONTROL_PLACEMENT_H_
