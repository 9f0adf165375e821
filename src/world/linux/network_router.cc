// A VPC's router: bridges, policy routing by subnet, the uplink to the internet, address
// translation.
#include <linux/rtnetlink.h>

#include <algorithm>

#include "render/ipv4.h"
#include "render/nftables.h"
#include "world/linux/namespace.h"
#include "world/linux/network_conntrack.h"
#include "world/linux/network_difference.h"
#include "world/linux/network_sides.h"
#include "world/linux/network_steps.h"

namespace scv::world {
namespace {

using render::Ipv4;
using render::Ipv4Prefix;

constexpr Ipv4Prefix kAnywhere{0, 0};
constexpr std::uint32_t kLastMetric = 0xfffffffe;  // behind every other route
constexpr std::uint32_t kOwnTable = 99;            // the router's own way out
constexpr std::uint32_t kToVpcPriority = 100, kToPeerPriority = 150, kOwnPriority = 200,
                        kSubnetPriority = 300;
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
    const bool out = spec.internet_gateway && (route.target == lab::RouteTarget::kInternetGateway ||
                                               route.target == lab::RouteTarget::kNatGateway);
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

// What is for a peer goes over the wide area, whoever sent it, or nowhere; whether it may is the
// rules' business. The route itself comes with the link (network_wide_area.cc).
Result<void> PlanPeers(const lab::RouterSpec& spec, RouterPlan& plan) {
  for (const lab::PeerSpec& peer : spec.peers) {
    SCV_ASSIGN(const Ipv4Prefix cidr, render::ParseIpv4Prefix(peer.cidr));
    plan.router.rules.insert({kToPeerPriority, "", render::NetworkOf(cidr), RT_TABLE_MAIN});
    plan.router.routes[{RT_TABLE_MAIN, render::NetworkOf(cidr), kLastMetric}];
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
  SCV_TRY(PlanPeers(spec, plan));
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
                                               {"ipv4/ip_early_demux", "0"},
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
  SCV_ASSIGN(NetlinkSocket* const socket, ConntrackSocketOf(place));
  return ForgetConnections(*socket, [&](const TrackedConnection& connection) {
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

}  // namespace

Result<void> EnsureRouterPlace(Places& places, const lab::RouterSpec& spec) {
  SCV_ASSIGN(const RouterPlan plan, PlanOf(spec));
  SCV_ASSIGN(Place* const internet_place, places.Find(kInternetPlace));
  SCV_ASSIGN(Place* const router_place, places.Obtain(spec.vpc_id));
  router_place->router = spec;
  SCV_TRY(ApplyFaults(places, spec.vpc_id, *router_place));
  SCV_TRY(ApplyFaults(places, kInternetPlace, *internet_place));
  SCV_TRY(CloseRouter(*router_place, spec, plan));
  SCV_ASSIGN(Side router, SideOf(*router_place, std::string(render::kUplinkName)));
  SCV_ASSIGN(Side internet, SideOf(*internet_place, plan.uplink.internet_link));
  const auto made = EnsurePair({.here = router_place,
                                .here_mac = MacOf(plan.uplink.address.address),
                                .there = internet_place,
                                .there_mac = MacOf(plan.uplink.peer.address)},
                               router, internet);
  if (!made.has_value()) return std::unexpected(made.error());
  SCV_TRY(EnsureSide(router, plan.router, {"lo", router.link}));
  SCV_TRY(EnsureSide(internet, WantedInInternet(plan, internet.state), {internet.link}));
  SCV_TRY(ApplyShortcuts(places, *router_place));
  if (router.state.links[router.link].carries) return {};
  SCV_TRY(AwaitCarrier(*router_place, router.socket, {router.state.IndexOf(router.link)}));
  return AwaitCarrier(*internet_place, internet.socket, {internet.state.IndexOf(internet.link)});
}

Result<void> RemoveRouterPlace(Places& places, std::string_view vpc_id) {
  SCV_TRY(Silence(places, kInternetPlace, render::InternetLinkName(vpc_id)));
  SCV_TRY(Silence(places, vpc_id, std::string(render::kUplinkName)));
  return places.Forget(vpc_id);
}

}  // namespace scv::world
