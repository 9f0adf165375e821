// rtnetlink requests for links, addresses, routes and rules, and reading back what there is.
#ifndef SCV_WORLD_LINUX_NETLINK_ROUTE_H_
#define SCV_WORLD_LINUX_NETLINK_ROUTE_H_

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "render/ipv4.h"
#include "world/linux/netlink.h"

namespace scv::world {

using Mac = std::array<std::uint8_t, 6>;
// 02:ac and the four bytes of the address: locally administered, and the same after a restart.
Mac MacOf(render::Ipv4 address);

struct LinkState {
  int index = 0;
  int peer_index = 0;  // a veth's other end, in its namespace
  int master = 0;      // the bridge it belongs to
  bool up = false;
  bool carries = false;  // up, and the other end as well
  std::string kind;      // "bridge", "veth", …
  Mac mac{};
};

struct AddressKey {
  std::string link;
  render::Ipv4Prefix prefix;
  auto operator<=>(const AddressKey&) const = default;
};

struct RouteKey {
  std::uint32_t table = 0;
  render::Ipv4Prefix destination;
  std::uint32_t metric = 0;
  auto operator<=>(const RouteKey&) const = default;
};

struct RouteValue {
  std::string link;                   // "": nobody's, senders are told that it is unreachable
  render::Ipv4 gateway = 0;           // 0: the destination itself is on the link
  render::Ipv4 source = 0;            // 0: the kernel chooses
  std::uint32_t least_repeat_ms = 0;  // TCP's least retransmission timeout; 0: the kernel's own
  bool operator==(const RouteValue&) const = default;
};

struct RuleState {
  std::uint32_t priority = 0;
  std::string in_link;             // "": any
  render::Ipv4Prefix destination;  // of length 0: any
  std::uint32_t table = 0;
  auto operator<=>(const RuleState&) const = default;
};

// What one namespace has. Of addresses, routes and rules only those that this room makes: the
// kernel's own are left out.
struct NetworkState {
  std::map<std::string, LinkState, std::less<>> links;
  std::map<AddressKey, std::string> addresses;  // → label
  std::map<RouteKey, RouteValue> routes;
  std::set<RuleState> rules;

  int IndexOf(std::string_view link) const;  // 0: there is none
};
Result<NetworkState> ReadNetworkState(NetlinkSocket& socket);
// The links alone.
Result<NetworkState> ReadLinks(NetlinkSocket& socket);
// One link; kNotFound or kInternal: there is none.
Result<LinkState> ReadLink(NetlinkSocket& socket, int index);

struct NewVeth {
  std::string name;
  int index = 0;   // 0: the kernel chooses, here and below
  int master = 0;  // a bridge beside it
  Mac mac{};       // zeros: the kernel chooses, here and below
  std::string peer_name;
  int peer_index = 0;
  Mac peer_mac{};
  int peer_namespace = -1;  // borrowed
};
NetlinkRequest AddVeth(const NewVeth& link);
NetlinkRequest AddBridge(std::string_view name, int index, const Mac& mac);
NetlinkRequest RaiseLink(std::string_view name, int index);
NetlinkRequest SetMaster(std::string_view name, int index, int master);
// Succeeds if it is gone.
NetlinkRequest DeleteLink(std::string_view name, int index);

// Says for good which MAC address a neighbour has, so that nobody has to be asked for it.
NetlinkRequest PutNeighbour(std::string_view link, int index, render::Ipv4 address, const Mac& mac);

NetlinkRequest AddAddress(const AddressKey& address, std::string_view label, int index);
NetlinkRequest DeleteAddress(const AddressKey& address, int index);
// Takes the place of a route with the same key.
NetlinkRequest PutRoute(const RouteKey& key, const RouteValue& value, int index);
NetlinkRequest DeleteRoute(const RouteKey& key, const RouteValue& value);
NetlinkRequest AddRule(const RuleState& rule);
NetlinkRequest DeleteRule(const RuleState& rule);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETLINK_ROUTE_H_
