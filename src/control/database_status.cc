// How redundant the cluster is, for people.
#include <algorithm>

#include "control/database_decider.h"

namespace scv::control {

using lab::Phase;

std::string DatabaseDecider::Missing() {
  const auto* primary = Primary();
  if (primary == nullptr) return "there is no primary";
  switch (memory_.step) {
    case DatabaseStep::kRestarting:
      return "the primary " + primary->name + " is started again where it is: " + memory_.reason;
    case DatabaseStep::kPromoting: {
      const bool fencing = std::ranges::any_of(memory_.fenced, [&](const std::string& name) {
        const auto* node = Find(name);
        return node != nullptr && !Dead(*node);
      });
      return memory_.promoting_node +
             (fencing ? " waits until the former primary is dead: " : " is being promoted: ") +
             memory_.reason;
    }
    case DatabaseStep::kDraining:
    case DatabaseStep::kSwitching:
      return memory_.reason;
    case DatabaseStep::kSteady:
      break;
  }
  if (primary->observed->phase != Phase::kRunning) {
    return "the primary " + primary->name + " is being started";
  }
  if (!Fine(*primary)) return "the primary " + primary->name + " does not answer";
  if (!primary->StandsAs(RoleOf(*primary))) return "the primary " + primary->name + " is changing";
  for (const auto& site : cluster_.sites) {
    if (auto missing = MissingAt(site); !missing.empty()) return missing;
  }
  return "";
}

std::string DatabaseDecider::MissingAt(const DatabaseSite& site) {
  for (const auto& node : nodes_) {
    if (node.site != &site || &node == Primary()) continue;
    const std::string what = (&node == Standby() ? "the standby " : "the replica ") + node.name;
    if (!node.Running()) return what + " does not run";
    if (!node.StandsAs(RoleOf(node))) {
      const auto clones = memory_.clones.find(node.name);
      const bool cloned = clones != memory_.clones.end() && node.observed->standing &&
                          node.observed->standing->clone != clones->second;
      return what + (cloned ? " is being cloned anew" : " is changing its source");
    }
    if (Troubled(node)) return what + " does not answer";
    if (node.watch->following == 0) return what + " does not follow its source";
    if (&node == Standby() && !memory_.synchronised) {
      return what + (memory_.waiting ? " is about to have everything" : " is catching up") +
             (memory_.reason.empty() ? "" : " (" + memory_.reason + ")");
    }
  }
  return "";
}

void DatabaseDecider::MeasureLag() {
  const auto* primary = Primary();
  if (primary == nullptr) return;
  for (const auto& site : cluster_.sites) {
    const auto* lead = LeadOf(site.name);
    if (lead == nullptr || site.name == memory_.writer || !lead->seen()) continue;
    const auto has = lead->executed();
    if (primary->executed() > has) plan_.lag = std::max(plan_.lag, primary->executed() - has);
  }
}

void DatabaseDecider::Describe() {
  MeasureLag();
  auto missing = Missing();
  if (missing.empty() && plan_.lag > limits_.lag_tolerated) {
    missing = "another region is " + std::to_string(plan_.lag) + " transactions behind";
  }
  plan_.redundant = missing.empty();
  plan_.redundancy = missing.empty() ? "redundant" : std::move(missing);
  if (plan_.redundant && watch_.redundant == false) Tell("restored", "full redundancy", "");
  watch_.redundant = plan_.redundant;
}

}  // namespace scv::control
