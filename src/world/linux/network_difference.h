// From what a namespace has to what it should have: the netlink requests in between. Pure.
#ifndef SCV_WORLD_LINUX_NETWORK_DIFFERENCE_H_
#define SCV_WORLD_LINUX_NETWORK_DIFFERENCE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "world/linux/netlink_route.h"

namespace scv::world {

// What one caller wants of a namespace that it may share with others.
struct WantedNetwork {
  std::map<std::string, Mac> bridges;  // with the owner's other bridges removed, if owns_all
  std::map<AddressKey, std::string> addresses;  // → label
  std::map<RouteKey, RouteValue> routes;
  std::set<RuleState> rules;

  // The links whose addresses and routes are the caller's: others are not touched.
  std::set<std::string> links;
  // Bridges, rules and routes without a link are the caller's, too.
  bool owns_all = false;
};

// Requests for the bridges (made and raised, or removed). `state` is given the new ones, so that
// the requests of Difference can name them.
std::vector<NetlinkRequest> BridgeDifference(const WantedNetwork& wanted, NetworkState& state);

// Requests for addresses, routes and rules; every link named by `wanted` is in `state`.
std::vector<NetlinkRequest> Difference(const WantedNetwork& wanted, const NetworkState& state);

// An index that no link of `state` has.
int FreeIndex(const NetworkState& state);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_DIFFERENCE_H_
