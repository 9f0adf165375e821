#include "control/placement.h"

#include <algorithm>
#include <tuple>

namespace scv::control {
namespace {

int In(const std::map<std::string, int>& counts, const std::string& zone) {
  const auto found = counts.find(zone);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

Placement Place(const PlacementQuestion& question) {
  Placement placement;
  const auto load = [&](const GroupSubnet& subnet) {
    return std::tuple(In(question.counts, subnet.zone), In(question.ties, subnet.zone));
  };
  for (const auto& subnet : question.subnets) {
    const auto trouble = question.troubles.find(subnet.zone);
    if (trouble != question.troubles.end() && trouble->second.failures > 0) {
      if (trouble->second.until > question.now) {
        placement.again_at =
            std::min(placement.again_at.value_or(trouble->second.until), trouble->second.until);
        continue;
      }
      if (In(question.booting, subnet.zone) > 0) continue;
    }
    if (placement.subnet == nullptr || load(subnet) < load(*placement.subnet)) {
      placement.subnet = &subnet;
    }
  }
  return placement;
}

int Imbalance(const std::vector<GroupSubnet>& subnets, const std::map<std::string, int>& counts) {
  if (subnets.empty()) return 0;
  int fewest = In(counts, subnets.front().zone), most = fewest;
  for (const auto& subnet : subnets) {
    fewest = std::min(fewest, In(counts, subnet.zone));
    most = std::max(most, In(counts, subnet.zone));
  }
  return most - fewest;
}

}  // namespace scv::control
