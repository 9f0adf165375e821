// Ways past a router, put in place when it or a host of its VPC is made.
#include "render/nftables.h"
#include "world/linux/namespace.h"
#include "world/linux/network_sides.h"
#include "world/linux/network_steps.h"

namespace scv::world {

Result<void> ApplyShortcuts(Places& places, Place& place) {
  if (!place.router) return {};
  SCV_ASSIGN(NetlinkSocket socket, RouteSocketIn(place));
  SCV_ASSIGN(const NetworkState state, ReadLinks(socket));
  std::map<std::string, int> indexes;
  for (const auto& [name, link] : state.links) indexes[name] = link.index;
  SCV_ASSIGN(const render::Ruleset rules,
             render::RouterShortcuts(*place.router, places.faults, indexes));
  SCV_ASSIGN(const auto inside, InsideNamespace::Enter(place.network_namespace.get()));
  if (place.shortcuts.Apply(rules).has_value()) return {};
  // What stood before may lead to ports that are gone, or past a fault.
  const render::Ruleset none{.table = rules.table,
                             .body = {},
                             .elements = {},
                             .revision = "revision_none",
                             .family = rules.family};
  const auto removed = place.shortcuts.Apply(none);
  if (!removed.has_value()) return std::unexpected(removed.error());
  return {};
}

}  // namespace scv::world
