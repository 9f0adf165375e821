// A VPC's router: bridges, policy routing by subnet, the uplink to the internet, address
// translation.
#include <linux/rtnetlink.h>

#include <algorithm>

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

constexpr Ipv4Prefix kAnywhere{0, 0};
constexpr std::uint32_t kLastMetric = 0xfffffffe;  // behind every other route
constexpr std::uint32_t kOwnTable = 99;            // the router's own way out
constexpr std::uint32_t kToVpcPriority = 100, kOwnPriority = 200, kSubnetPriority = 300;
constexpr std::size_t kSubnetsMax = 200;  // AWS's default quota per VPC

// A subnet's table: any number that is neither the kernel's (up to 255) nor taken.
std::uint32_t TableOf(std::string_view subnet_id) {
  return 0x10000000U | static_cast<std::uint32_t>(render::StableHash(subnet_id) >> 36);
}

struct Uplink {
  std::string internet_link;
  Ipv4Prefix address, peer;
};

struct RouterPlan {
  Uplink uplink;
  WantedNetwork router;
  std::vector<Ipv4> outside;  // what the internet sends here
  render::Ruleset rules;
};

RouteValue WayOut(const RouterPlan& plan) {
  return {std::string(render::kUplinkName), plan.uplink.peer.address, 0};
}

Result<void> PlanSubnet(const lab::RouterSpec& spec, const lab::SubnetSpec& subnet,
                        RouterPlan& plan) {
  SCV_ASSIGN(const Ipv4Prefix cidr, render::ParseIpv4Prefix(subnet.cidr));
  SCV_ASSIGN(const Ipv4 gateway, render::ParseIpv4(subnet.gateway));
  if (!render::Contains(cidr, gateway)) {
    return Fail(ErrorKind::kInvalid, "the gateway of a subnet is outside of it");
  }
  const std::string bridge = render::BridgeName(subnet.id);
  const std::uint32_t table = TableOf(subnet.id);
  WantedNetwork& router = plan.router;
  if (!router.bridges.emplace(bridge, MacOf(gateway)).second ||
      router.routes.contains({table, kAnywhere, kLastMetric})) {
    return Fail(ErrorKind::kInvalid, "two subnets of one VPC have the same id");
  }
  router.links.insert(bridge);
  router.addresses[{bridge, {gateway, cidr.length}}];
  router.rules.insert({kSubnetPriority, bridge, kAnywhere, table});
  router.routes[{table, kAnywhere, kLastMetric}];
  for (const lab::RouteSpec& route : subnet.routes) {
    if (route.target == lab::RouteTarget::kLocal) continue;
    SCV_ASSIGN(const Ipv4Prefix destination, render::ParseIpv4Prefix(route.destination));
    const bool out = route.target != lab::RouteTarget::kBlackhole && spec.internet_gateway;
    router.routes[{table, render::NetworkOf(destination), 0}] = out ? WayOut(plan) : RouteValue{};
  }
  return {};
}

// The resolver and the NAT gateways' addresses are the router's own.
Result<void> PlanAddresses(const lab::RouterSpec& spec, RouterPlan& plan) {
  SCV_ASSIGN(const Ipv4 resolver, render::ParseIpv4(spec.resolver));
  plan.router.addresses[{"lo", {resolver, 32}}];
  plan.router.addresses[{std::string(render::kUplinkName), plan.uplink.address}];
  for (const std::string& text : spec.nat_addresses) {
    SCV_ASSIGN(const Ipv4 address, render::ParseIpv4(text));
    plan.router.addresses[{"lo", {address, 32}}];
    if (spec.internet_gateway) plan.outside.push_back(address);
  }
  for (const lab::PublicAddress& pair : spec.public_addresses) {
    SCV_ASSIGN(const Ipv4 address, render::ParseIpv4(pair.address));
    if (spec.internet_gateway) plan.outside.push_back(address);
  }
  return {};
}

Result<RouterPlan> PlanOf(const lab::RouterSpec& spec) {
  RouterPlan plan;
  if (spec.vpc_id.empty() || spec.subnets.size() > kSubnetsMax) {
    return Fail(ErrorKind::kInvalid, "a VPC without an id, or with more than 200 subnets");
  }
  SCV_ASSIGN(plan.rules, render::RouterRules(spec));
  SCV_ASSIGN(const Ipv4Prefix vpc, render::ParseIpv4Prefix(spec.cidr));
  plan.uplink.internet_link = render::InternetLinkName(spec.vpc_id);
  SCV_ASSIGN(plan.uplink.address, render::ParseIpv4Prefix(spec.uplink_address));
  SCV_ASSIGN(plan.uplink.peer, render::ParseIpv4Prefix(spec.uplink_peer));
  WantedNetwork& router = plan.router;
  router.owns_all = true;
  router.links = {"lo", std::string(render::kUplinkName)};
  // Inside of the VPC always; what no subnet has is nowhere.
  router.rules.insert({kToVpcPriority, "", render::NetworkOf(vpc), RT_TABLE_MAIN});
  router.routes[{RT_TABLE_MAIN, render::NetworkOf(vpc), kLastMetric}];
  // What the router itself sends, its resolver's questions, goes out in any case, as AWS's does.
  router.rules.insert({kOwnPriority, "lo", kAnywhere, kOwnTable});
  router.routes[{kOwnTable, kAnywhere, 0}] = WayOut(plan);
  for (const lab::SubnetSpec& subnet : spec.subnets) SCV_TRY(PlanSubnet(spec, subnet, plan));
  SCV_TRY(PlanAddresses(spec, plan));
  return plan;
}

// Bridged frames would pass the router's rules where the kernel is told so; they are none of its
// business. Reverse path filtering holds back forged sources.
Result<void> Prepare(Place& place, const InsideNamespace& inside) {
  if (place.prepared) return {};
  for (const auto& [setting, value] : Settings{{"ipv6/conf/default/disable_ipv6", "1"},
                                               {"ipv4/conf/all/rp_filter", "1"},
                                               {"ipv4/conf/default/rp_filter", "1"},
                                               {"ipv4/conf/all/arp_ignore", "0"},
                                               {"ipv4/conf/default/arp_ignore", "0"},
                                               {"ipv4/conf/all/send_redirects", "0"},
                                               {"ipv4/conf/default/send_redirects", "0"},
                                               {"bridge/bridge-nf-call-iptables", "0"},
                                               {"ipv4/ip_unprivileged_port_start", "0"},
                                               {"ipv4/ip_forward", "1"}}) {
    const auto outcome = inside.Set(setting, value);
    if (!outcome.has_value() && outcome.error().kind != ErrorKind::kNotFound) return outcome;
  }
  place.prepared = true;
  return {};
}

// Connections of a public address end when it goes to another interface.
Result<void> ForgetMoved(Place& place, const lab::RouterSpec& spec) {
  std::vector<Ipv4> moved;
  for (const lab::PublicAddress& before : place.public_addresses) {
    if (std::ranges::find(spec.public_addresses, before) != spec.public_addresses.end()) continue;
    SCV_ASSIGN(const Ipv4 address, render::ParseIpv4(before.address));
    moved.push_back(address);
  }
  place.public_addresses = spec.public_addresses;
  if (moved.empty()) return {};
  const auto among = [&](Ipv4 a) { return std::ranges::find(moved, a) != moved.end(); };
  return ForgetConnections([&](const TrackedConnection& connection) {
    return among(connection.destination) || among(connection.reply_destination);
  });
}

// Closed before it is open: the rules stand before anything is connected.
Result<void> CloseRouter(Place& place, const lab::RouterSpec& spec, const RouterPlan& plan) {
  SCV_ASSIGN(const auto inside, InsideNamespace::Enter(place.network_namespace.get()));
  const auto applied = place.table.Apply(plan.rules);
  if (!applied.has_value()) return std::unexpected(applied.error());
  SCV_TRY(Prepare(place, inside));
  return ForgetMoved(place, spec);
}

// One end of the uplink, or none of it: half a link is removed.
void PlanUplink(const Uplink& uplink, const Place& internet_place, NetworkState& router,
                NetworkState& internet, std::vector<NetlinkRequest>& router_requests,
                std::vector<NetlinkRequest>& internet_requests) {
  const std::string name(render::kUplinkName);
  const LinkState here = router.links[name], there = internet.links[uplink.internet_link];
  if (here.index != 0 && here.index == there.peer_index && there.index == here.peer_index) {
    if (!here.up) router_requests.push_back(RaiseLink(name, here.index));
    if (!there.up) internet_requests.push_back(RaiseLink(uplink.internet_link, there.index));
    return;
  }
  if (here.index != 0) router_requests.push_back(DeleteLink(name, here.index));
  if (there.index != 0) internet_requests.push_back(DeleteLink(uplink.internet_link, there.index));
  const auto gone = [&](NetworkState& state, const std::string& link) {
    state.links.erase(link);
    std::erase_if(state.addresses, [&](const auto& entry) { return entry.first.link == link; });
    std::erase_if(state.routes, [&](const auto& entry) { return entry.second.link == link; });
  };
  gone(router, name);
  gone(internet, uplink.internet_link);
  const int index = FreeIndex(router), peer_index = FreeIndex(internet);
  router.links[name].index = index;
  internet.links[uplink.internet_link].index = peer_index;
  router_requests.push_back(AddVeth({.name = name,
                                     .index = index,
                                     .mac = MacOf(uplink.address.address),
                                     .peer_name = uplink.internet_link,
                                     .peer_index = peer_index,
                                     .peer_mac = MacOf(uplink.peer.address),
                                     .peer_namespace = internet_place.network_namespace.get()}));
  router_requests.push_back(RaiseLink(name, index));
  internet_requests.push_back(RaiseLink(uplink.internet_link, peer_index));
}

WantedNetwork WantedInInternet(const RouterPlan& plan, const NetworkState& internet) {
  Ipv4 client = 0;
  for (const auto& [address, label] : internet.addresses) {
    if (label == kClientLabel) client = address.prefix.address;
  }
  const std::string& link = plan.uplink.internet_link;
  WantedNetwork wanted;
  wanted.links = {link};
  wanted.addresses[{link, plan.uplink.peer}];
  for (const Ipv4 address : plan.outside) {
    wanted.routes[{RT_TABLE_MAIN, {address, 32}, 0}] = {link, plan.uplink.address.address, client};
  }
  return wanted;
}

void Move(std::vector<NetlinkRequest> from, std::vector<NetlinkRequest>& to) {
  std::ranges::move(from, std::back_inserter(to));
}

}  // namespace

Result<void> EnsureRouterPlace(Places& places, const lab::RouterSpec& spec) {
  SCV_ASSIGN(const RouterPlan plan, PlanOf(spec));
  SCV_ASSIGN(const Place* const internet, places.Find(kInternetPlace));
  SCV_ASSIGN(Place* const router, places.Obtain(spec.vpc_id));
  SCV_TRY(CloseRouter(*router, spec, plan));
  SCV_ASSIGN(NetlinkSocket router_socket, RouteSocketIn(*router));
  SCV_ASSIGN(NetworkState router_state, ReadNetworkState(router_socket));
  SCV_ASSIGN(NetlinkSocket internet_socket, RouteSocketIn(*internet));
  SCV_ASSIGN(NetworkState internet_state, ReadNetworkState(internet_socket));

  std::vector<NetlinkRequest> in_router, in_internet;
  const LinkState lo = router_state.links["lo"];
  if (!lo.up) in_router.push_back(RaiseLink("lo", lo.index));
  Move(BridgeDifference(plan.router, router_state), in_router);
  PlanUplink(plan.uplink, *internet, router_state, internet_state, in_router, in_internet);
  Move(Difference(plan.router, router_state), in_router);
  Move(Difference(WantedInInternet(plan, internet_state), internet_state), in_internet);
  SCV_TRY(router_socket.Carry(in_router));
  return internet_socket.Carry(in_internet);
}

}  // namespace scv::world
