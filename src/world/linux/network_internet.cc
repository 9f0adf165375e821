// The outside: one namespace whose every address is on lo, with a link to each router.
#include "render/ipv4.h"
#include "world/linux/namespace.h"
#include "world/linux/network_difference.h"
#include "world/linux/network_steps.h"

namespace scv::world {
namespace {

// Its part of the namespace is lo; each router has its own link (network_router.cc).
Result<WantedNetwork> WantedOf(const lab::InternetSpec& spec) {
  WantedNetwork wanted;
  wanted.links = {"lo"};
  SCV_ASSIGN(const auto client, render::ParseIpv4Prefix(spec.client_address));
  wanted.addresses[{"lo", {client.address, 32}}] = kClientLabel;
  for (const auto& [region, text] : spec.endpoint_addresses) {
    SCV_ASSIGN(const auto address, render::ParseIpv4(text));
    wanted.addresses.try_emplace({"lo", {address, 32}});
  }
  SCV_ASSIGN(const auto resolver, render::ParseIpv4(spec.resolver));
  wanted.addresses.try_emplace({"lo", {resolver, 32}});
  return wanted;
}

// The client's address is the source on every way out: the routes follow when it changes.
void FollowClient(render::Ipv4 client, const NetworkState& state, WantedNetwork& wanted) {
  for (const auto& [key, value] : state.routes) {
    if (value.source == 0 || value.source == client) continue;
    wanted.routes[key] = value;
    wanted.routes[key].source = client;
  }
}

Result<void> Prepare(Place& place) {
  if (place.prepared) return {};
  SCV_ASSIGN(const auto inside, InsideNamespace::Enter(place.network_namespace.get()));
  for (const auto& [setting, value] : Settings{{"ipv6/conf/default/disable_ipv6", "1"},
                                               {"ipv4/conf/all/rp_filter", "0"},
                                               {"ipv4/conf/default/rp_filter", "0"},
                                               {"ipv4/ip_unprivileged_port_start", "0"},
                                               {"ipv4/ip_forward", "1"}}) {
    const auto outcome = inside.Set(setting, value);
    if (!outcome.has_value() && outcome.error().kind != ErrorKind::kNotFound) return outcome;
  }
  place.prepared = true;
  return {};
}

}  // namespace

Result<void> EnsureInternetPlace(Places& places, const lab::InternetSpec& spec) {
  SCV_ASSIGN(WantedNetwork wanted, WantedOf(spec));
  SCV_ASSIGN(const auto client, render::ParseIpv4Prefix(spec.client_address));
  SCV_ASSIGN(Place* const place, places.Obtain(kInternetPlace));
  SCV_TRY(Prepare(*place));
  SCV_ASSIGN(NetlinkSocket socket, RouteSocketIn(*place));
  SCV_ASSIGN(const NetworkState state, ReadNetworkState(socket));
  FollowClient(client.address, state, wanted);
  std::vector<NetlinkRequest> requests;
  const auto& lo = state.links.find("lo")->second;
  if (!lo.up) requests.push_back(RaiseLink("lo", lo.index));
  for (NetlinkRequest& request : Difference(wanted, state)) requests.push_back(std::move(request));
  return socket.Carry(requests);
}

Result<void> Silence(Places& places, std::string_view name, const std::string& link) {
  const auto place = places.Find(name);
  if (!place.has_value()) {
    if (place.error().kind == ErrorKind::kNotFound) return {};
    return std::unexpected(place.error());
  }
  SCV_ASSIGN(NetlinkSocket socket, RouteSocketIn(**place));
  SCV_ASSIGN(const NetworkState state, ReadNetworkState(socket));
  WantedNetwork nothing;
  nothing.links = {link};
  auto requests = Difference(nothing, state);
  return socket.Carry(requests);
}

}  // namespace scv::world
