// The path between two VPCs: a link from each router into the relay's namespace.
#include <linux/rtnetlink.h>

#include <string>
#include <vector>

#include "render/ipv4.h"
#include "render/nftables.h"
#include "world/linux/namespace.h"
#include "world/linux/network.h"
#include "world/linux/network_sides.h"
#include "world/linux/network_steps.h"

namespace scv::world {
namespace {

using render::Ipv4Prefix;

// One VPC's end.
struct EndPlan {
  std::string vpc_id;
  std::string link;         // in the router
  std::string_view inside;  // in the relay's namespace
  Ipv4Prefix address, peer, destination;
};

Result<EndPlan> PlanOf(const lab::WideAreaSpec::End& own, const lab::WideAreaSpec::End& other,
                       std::string_view inside) {
  EndPlan plan;
  plan.vpc_id = own.vpc_id;
  plan.link = render::WideAreaLinkName(other.vpc_id);
  plan.inside = inside;
  SCV_ASSIGN(plan.address, render::ParseIpv4Prefix(own.address));
  SCV_ASSIGN(plan.peer, render::ParseIpv4Prefix(other.address));
  SCV_ASSIGN(const Ipv4Prefix cidr, render::ParseIpv4Prefix(other.cidr));
  plan.destination = render::NetworkOf(cidr);
  if (render::NetworkOf(plan.address) != render::NetworkOf(plan.peer) ||
      plan.address == plan.peer) {
    return Fail(ErrorKind::kInvalid, "the ends of a wide area are not on one network");
  }
  return plan;
}

// Frames pass here without anybody looking into them.
Result<void> Prepare(Place& place) {
  if (place.prepared) return {};
  SCV_ASSIGN(const auto inside, InsideNamespace::Enter(place.network_namespace.get()));
  const auto outcome = inside.Set("ipv6/conf/default/disable_ipv6", "1");
  if (!outcome.has_value() && outcome.error().kind != ErrorKind::kNotFound) return outcome;
  place.prepared = true;
  return {};
}

WantedNetwork WantedOf(const EndPlan& plan) {
  WantedNetwork wanted;
  wanted.links = {plan.link};
  wanted.addresses[{plan.link, plan.address}];
  wanted.routes[{RT_TABLE_MAIN, plan.destination, 0}] = {plan.link, plan.peer.address, 0};
  return wanted;
}

// Nobody is asked for the other router's MAC address: a partition would have it forgotten, and a
// question asked meanwhile delays what comes after the healing.
Result<void> KnowNeighbour(const EndPlan& plan, Side& router) {
  std::vector<NetlinkRequest> requests{PutNeighbour(plan.link, router.state.IndexOf(plan.link),
                                                    plan.peer.address, MacOf(plan.peer.address))};
  return router.socket.Carry(requests);
}

Result<bool> EnsureEnd(Places& places, const EndPlan& plan, const Place& relay_place) {
  SCV_ASSIGN(const Place* const router_place, places.Find(plan.vpc_id));
  SCV_ASSIGN(Side router, SideOf(*router_place, plan.link));
  SCV_ASSIGN(Side relay, SideOf(relay_place, std::string(plan.inside)));
  SCV_ASSIGN(const bool made, EnsurePair({.here = router_place,
                                          .here_mac = MacOf(plan.address.address),
                                          .there = &relay_place,
                                          .there_mac = {}},
                                         router, relay));
  SCV_TRY(EnsureSide(router, WantedOf(plan), {router.link}));
  SCV_TRY(EnsureSide(relay, {}, {relay.link}));
  SCV_TRY(KnowNeighbour(plan, router));
  SCV_TRY(AwaitCarrier(*router_place, router.socket, {router.state.IndexOf(router.link)}));
  SCV_TRY(AwaitCarrier(relay_place, relay.socket, {relay.state.IndexOf(relay.link)}));
  return made;
}

// The links by their ends in the relay's namespace: each takes a router's with it.
Result<void> RemoveLinks(const Place& relay_place) {
  for (const std::string_view link : {kWideAreaLinkA, kWideAreaLinkB}) {
    SCV_ASSIGN(Side side, SideOf(relay_place, std::string(link)));
    SCV_TRY(RemoveEnd(side));
  }
  return {};
}

}  // namespace

std::string WideAreaPlaceOf(std::string_view name) { return std::string("wan/").append(name); }

Result<bool> EnsureWideAreaPlace(Places& places, std::string_view name,
                                 const lab::WideAreaSpec& spec) {
  SCV_ASSIGN(const EndPlan a, PlanOf(spec.a, spec.b, kWideAreaLinkA));
  SCV_ASSIGN(const EndPlan b, PlanOf(spec.b, spec.a, kWideAreaLinkB));
  SCV_ASSIGN(Place* const relay, places.Obtain(WideAreaPlaceOf(name)));
  SCV_TRY(Prepare(*relay));
  SCV_ASSIGN(const bool made_a, EnsureEnd(places, a, *relay));
  SCV_ASSIGN(const bool made_b, EnsureEnd(places, b, *relay));
  return made_a || made_b;
}

Result<void> RemoveWideAreaPlace(Places& places, std::string_view name) {
  const std::string place_name = WideAreaPlaceOf(name);
  const auto place = places.Find(place_name);
  if (!place.has_value()) {
    if (place.error().kind == ErrorKind::kNotFound) return {};
    return std::unexpected(place.error());
  }
  SCV_TRY(RemoveLinks(**place));
  return places.Forget(place_name);
}

}  // namespace scv::world
