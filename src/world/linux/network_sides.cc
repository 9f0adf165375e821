#include "world/linux/network_sides.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace scv::world {
namespace {

bool Stands(const Side& here, const Side& there) {
  const auto one = here.state.links.find(here.link);
  const auto other = there.state.links.find(there.link);
  return one != here.state.links.end() && other != there.state.links.end() &&
         one->second.index == other->second.peer_index &&
         other->second.index == one->second.peer_index;
}

}  // namespace

Result<Side> SideOf(const Place& place, std::string link) {
  SCV_ASSIGN(NetlinkSocket socket, RouteSocketIn(place));
  SCV_ASSIGN(NetworkState state, ReadNetworkState(socket));
  return Side{std::move(link), std::move(socket), std::move(state)};
}

Result<void> RemoveEnd(Side& side) {
  const int index = side.state.IndexOf(side.link);
  if (index == 0) return {};
  std::vector<NetlinkRequest> requests{DeleteLink(side.link, index)};
  side.state.links.erase(side.link);
  std::erase_if(side.state.addresses, [&](const auto& e) { return e.first.link == side.link; });
  std::erase_if(side.state.routes, [&](const auto& e) { return e.second.link == side.link; });
  return side.socket.Carry(requests);
}

Result<bool> EnsurePair(const Pair& pair, Side& here, Side& there) {
  if (Stands(here, there)) return false;
  // Half of a link may be left by a router that ended a moment ago.
  SCV_TRY(RemoveEnd(here));
  SCV_TRY(RemoveEnd(there));
  const int index = FreeIndex(here.state), peer_index = FreeIndex(there.state);
  here.state.links[here.link].index = index;
  there.state.links[there.link].index = peer_index;
  std::vector<NetlinkRequest> requests{
      AddVeth({.name = here.link,
               .index = index,
               .mac = pair.here_mac,
               .peer_name = there.link,
               .peer_index = peer_index,
               .peer_mac = pair.there_mac,
               .peer_namespace = pair.there->network_namespace.get()})};
  SCV_TRY(here.socket.Carry(requests));
  return true;
}

Result<void> EnsureSide(Side& side, const WantedNetwork& wanted,
                        std::initializer_list<std::string_view> links) {
  std::vector<NetlinkRequest> requests = BridgeDifference(wanted, side.state);
  for (const std::string_view name : links) {
    const LinkState& link = side.state.links.find(name)->second;
    if (!link.up) requests.push_back(RaiseLink(name, link.index));
  }
  std::ranges::move(Difference(wanted, side.state), std::back_inserter(requests));
  return side.socket.Carry(requests);
}

}  // namespace scv::world
