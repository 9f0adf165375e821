// A host: one interface at a subnet's bridge, and the security groups in front of it.
#include <linux/rtnetlink.h>

#include "render/ipv4.h"
#include "render/nftables.h"
#include "world/linux/namespace.h"
#include "world/linux/network_conntrack.h"
#include "world/linux/network_difference.h"
#include "world/linux/network_steps.h"

namespace scv::world {
namespace {

using render::Ipv4;
using render::Ipv4Prefix;

constexpr Ipv4Prefix kMetadata{0xa9fea9fe, 32};  // 169.254.169.254
constexpr int kHostLinkIndex = 16;

struct HostPlan {
  std::string port, bridge;
  Ipv4Prefix address;
  WantedNetwork wanted;
  render::Ruleset rules;
};

// Within a region an acknowledgement takes a fraction of a millisecond, and one that a receiver
// delays comes at once for a repetition. The kernel's own 200 ms (TCP_RTO_MIN) would be most of
// what the loss of a zone costs; with these, what GiveUpSilentPeers ends ends after 0.25 s.
constexpr std::uint32_t kLeastRepeatMs = 36;

Result<HostPlan> PlanOf(const lab::InterfaceSpec& interface, const lab::FirewallSpec& firewall) {
  HostPlan plan;
  SCV_ASSIGN(plan.rules, render::FirewallRules(firewall));
  SCV_ASSIGN(plan.address.address, render::ParseIpv4(interface.address));
  SCV_ASSIGN(const Ipv4 gateway, render::ParseIpv4(interface.gateway));
  plan.address.length = interface.prefix_length;
  if (interface.id.empty() || interface.prefix_length < 1 || interface.prefix_length > 32 ||
      !render::Contains(plan.address, gateway)) {
    return Fail(ErrorKind::kInvalid, "an interface without an id, or with its gateway elsewhere");
  }
  plan.port = render::PortName(plan.address.address);
  plan.bridge = render::BridgeName(interface.subnet_id);
  const std::string link(render::kHostLinkName);
  plan.wanted.owns_all = true;
  plan.wanted.links = {"lo", link};
  plan.wanted.addresses[{"lo", kMetadata}];
  plan.wanted.addresses[{link, plan.address}];
  plan.wanted.routes[{RT_TABLE_MAIN, {0, 0}, 0}] = {link, gateway, 0, kLeastRepeatMs};
  return plan;
}

// A new namespace begins with the settings of the machine, which may be a router.
Result<void> Prepare(Place& place, const InsideNamespace& inside) {
  if (place.prepared) return {};
  for (const auto& [setting, value] : Settings{{"ipv6/conf/default/disable_ipv6", "1"},
                                               {"ipv4/conf/all/rp_filter", "0"},
                                               {"ipv4/conf/default/rp_filter", "0"},
                                               {"ipv4/ip_forward", "0"},
                                               {"ipv4/ip_unprivileged_port_start", "0"}}) {
    const auto outcome = inside.Set(setting, value);
    if (!outcome.has_value() && outcome.error().kind != ErrorKind::kNotFound) return outcome;
  }
  place.prepared = true;
  return {};
}

std::set<Ipv4> AddressesIn(const SetElements& removed) {
  std::set<Ipv4> found;
  for (const auto& [set, addresses] : removed) {
    for (const std::string& text : addresses) {
      if (const auto address = render::ParseIpv4(text)) found.insert(*address);
    }
  }
  return found;
}

// Ends the tracked connections with those who left a group, unless another rule allows them.
Result<void> ForgetRemoved(Place& place, const std::set<Ipv4>& gone, Ipv4 own,
                           const lab::FirewallSpec& firewall) {
  if (gone.empty() || !render::TracksConnections(firewall)) return {};
  SCV_ASSIGN(NetlinkSocket* const socket, ConntrackSocketOf(place));
  bool choose = false;
  for (const Ipv4 peer : gone) {
    for (const bool inbound : {true, false}) {
      if (render::AcceptsEverything(firewall, inbound, peer)) continue;
      choose = choose || !render::AcceptsNothing(firewall, inbound, peer) ||
               !ForgetConnectionsWith(*socket, peer, inbound).has_value();
    }
  }
  if (!choose) return {};
  return ForgetConnections(*socket, [&](const TrackedConnection& connection) {
    const bool inbound = connection.destination == own;
    const Ipv4 peer = inbound ? connection.source : connection.destination;
    return gone.contains(peer) && !render::Accepts(firewall, {.inbound = inbound,
                                                              .protocol = connection.protocol,
                                                              .peer = peer,
                                                              .port = connection.destination_port});
  });
}

Result<void> CloseHost(Place& place, const HostPlan& plan, const lab::FirewallSpec& firewall) {
  SCV_ASSIGN(const auto inside, InsideNamespace::Enter(place.network_namespace.get()));
  SCV_TRY(Prepare(place, inside));
  SCV_ASSIGN(const SetElements removed, place.table.Apply(plan.rules));
  return ForgetRemoved(place, AddressesIn(removed), plan.address.address, firewall);
}

// Both ends are there, belong together and have the right address.
bool PairStands(const HostPlan& plan, const NetworkState& host, const NetworkState& router) {
  const auto here = host.links.find(render::kHostLinkName);
  const auto there = router.links.find(plan.port);
  return here != host.links.end() && there != router.links.end() &&
         here->second.peer_index == there->second.index &&
         there->second.peer_index == here->second.index &&
         here->second.mac == MacOf(plan.address.address);
}

// Removes what is left of a pair that does not stand; either end takes the other with it.
Result<void> RemovePair(const HostPlan& plan, NetlinkSocket& host_socket, NetworkState& host,
                        NetlinkSocket& router_socket, NetworkState& router) {
  const std::string link(render::kHostLinkName);
  if (const int index = host.IndexOf(link); index != 0) {
    std::vector<NetlinkRequest> requests{DeleteLink(link, index)};
    SCV_TRY(host_socket.Carry(requests));
    host.links.erase(link);
    std::erase_if(host.addresses, [&](const auto& entry) { return entry.first.link == link; });
    std::erase_if(host.routes, [&](const auto& entry) { return entry.second.link == link; });
  }
  if (const int index = router.IndexOf(plan.port); index != 0) {
    std::vector<NetlinkRequest> requests{DeleteLink(plan.port, index)};
    SCV_TRY(router_socket.Carry(requests));
    router.links.erase(plan.port);
  }
  return {};
}

// Shortcuts send to the port itself, where nobody can be asked for the host's MAC address.
NetlinkRequest NeighbourAt(const HostPlan& plan, int index) {
  return PutNeighbour(plan.port, index, plan.address.address, MacOf(plan.address.address));
}

// The bridge's side: the pair made, attached and raised.
std::vector<NetlinkRequest> PortRequests(const HostPlan& plan, const Place& host_place, int bridge,
                                         bool stands, const NetworkState& router) {
  std::vector<NetlinkRequest> requests;
  if (stands) {
    const LinkState& port = router.links.find(plan.port)->second;
    if (port.master != bridge) requests.push_back(SetMaster(plan.port, port.index, bridge));
    if (!port.up) {
      requests.push_back(RaiseLink(plan.port, port.index));
      requests.push_back(NeighbourAt(plan, port.index));
    }
    return requests;
  }
  const int index = router.IndexOf(plan.port);
  requests.push_back(AddVeth({.name = plan.port,
                              .index = index,
                              .master = bridge,
                              .mac = {},
                              .peer_name = std::string(render::kHostLinkName),
                              .peer_index = kHostLinkIndex,
                              .peer_mac = MacOf(plan.address.address),
                              .peer_namespace = host_place.network_namespace.get()}));
  requests.push_back(RaiseLink(plan.port, index));
  requests.push_back(NeighbourAt(plan, index));
  return requests;
}

std::vector<NetlinkRequest> HostRequests(const HostPlan& plan, const NetworkState& state) {
  std::vector<NetlinkRequest> requests;
  for (const std::string& name : plan.wanted.links) {
    const LinkState& link = state.links.find(name)->second;
    if (!link.up) requests.push_back(RaiseLink(name, link.index));
  }
  for (auto& request : Difference(plan.wanted, state)) requests.push_back(std::move(request));
  return requests;
}

}  // namespace

Result<void> EnsureHostPlace(Places& places, std::string_view name,
                             const lab::InterfaceSpec& interface,
                             const lab::FirewallSpec& firewall) {
  SCV_ASSIGN(const HostPlan plan, PlanOf(interface, firewall));
  SCV_ASSIGN(Place* const router, places.Find(interface.vpc_id));
  SCV_ASSIGN(NetlinkSocket router_socket, RouteSocketIn(*router));
  SCV_ASSIGN(NetworkState router_state, ReadLinks(router_socket));
  const int bridge = router_state.IndexOf(plan.bridge);
  if (bridge == 0) {
    return Fail(ErrorKind::kNotFound, "the router of " + interface.vpc_id + " has no subnet " +
                                          interface.subnet_id + "; it must be made first");
  }
  SCV_ASSIGN(Place* const host, places.Obtain(name));
  host->host = true;
  SCV_TRY(ApplyFaults(places, name, *host));
  SCV_TRY(CloseHost(*host, plan, firewall));
  SCV_ASSIGN(NetlinkSocket host_socket, RouteSocketIn(*host));
  SCV_ASSIGN(NetworkState host_state, ReadNetworkState(host_socket));

  const bool stands = PairStands(plan, host_state, router_state);
  if (!stands) {
    SCV_TRY(RemovePair(plan, host_socket, host_state, router_socket, router_state));
    host_state.links[std::string(render::kHostLinkName)].index = kHostLinkIndex;
    const int index = FreeIndex(router_state);
    router_state.links[plan.port].index = index;
  }
  auto in_router = PortRequests(plan, *host, bridge, stands, router_state);
  SCV_TRY(router_socket.Carry(in_router));
  auto in_host = HostRequests(plan, host_state);
  SCV_TRY(host_socket.Carry(in_host));
  if (!stands) SCV_TRY(ApplyShortcuts(places, *router));
  if (in_router.empty() && in_host.empty()) return {};
  // The bridge carries packets when its first port does.
  SCV_TRY(AwaitCarrier(*host, host_socket, {host_state.IndexOf(render::kHostLinkName)}));
  return AwaitCarrier(*router, router_socket, {router_state.IndexOf(plan.port), bridge});
}

// Without its address it is gone for everybody else; the kernel takes the rest down when nobody is
// inside any more, in the background and many at once.
Result<void> RemoveHostPlace(Places& places, std::string_view name) {
  SCV_TRY(Silence(places, name, std::string(render::kHostLinkName)));
  return places.Forget(name);
}

}  // namespace scv::world
