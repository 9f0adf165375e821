// What the faults cut, in the namespaces that are known.
#include "render/nftables.h"
#include "world/linux/namespace.h"
#include "world/linux/network_steps.h"

namespace scv::world {
namespace {

render::Ruleset RulesOf(Places& places, std::string_view name, const Place& place) {
  if (place.router) return render::RouterFaultRules(*place.router, places.faults);
  if (place.host) {
    return render::HostFaultRules(places.faults.hosts.contains(std::string(name)));
  }
  std::set<std::string> cut;
  if (name == kInternetPlace) {
    for (const auto& [vpc, other] : places.known()) {
      if (other.router && places.faults.regions.contains(other.router->region)) cut.insert(vpc);
    }
  }
  return render::InternetFaultRules(cut);
}

}  // namespace

Result<void> ApplyFaults(Places& places, std::string_view name, Place& place) {
  const render::Ruleset rules = RulesOf(places, name, place);
  if (rules.body.empty() && !place.taken_up && !place.faulty) return {};
  place.faulty = true;
  SCV_ASSIGN(const auto inside, InsideNamespace::Enter(place.network_namespace.get()));
  const auto applied = place.faults.Apply(rules);
  if (!applied.has_value()) return std::unexpected(applied.error());
  return {};
}

Result<void> SetPlacesFaults(Places& places, const lab::NetworkFaults& faults) {
  places.faults = faults;
  Result<void> outcome;
  for (const std::string& name : faults.hosts) {
    // Made by an earlier process, perhaps, and not ensured by this one yet.
    const auto place = places.Find(name);
    if (place.has_value() && !(*place)->router && name != kInternetPlace) (*place)->host = true;
  }
  for (auto& [name, place] : places.known()) {
    // Of others nothing is known yet; they follow when they are ensured.
    if (!place.router && !place.host && name != kInternetPlace) continue;
    // The long way first: it is the one that faults are on.
    auto applied = ApplyShortcuts(places, place);
    if (applied.has_value()) applied = ApplyFaults(places, name, place);
    if (!applied.has_value() && outcome.has_value()) outcome = applied;
  }
  return outcome;
}

}  // namespace scv::world
