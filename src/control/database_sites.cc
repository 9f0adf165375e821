// Memory follows the cluster as it is described: sites and nodes come and go.
#include <algorithm>

#include "control/database_decider.h"

namespace scv::control {

void DatabaseDecider::ForgetWhatIsGone() {
  const auto gone = [&](const std::string& name) { return Find(name) == nullptr; };
  std::erase_if(watch_.nodes, [&](const auto& entry) { return gone(NodeName(entry.first)); });
  std::erase_if(memory_.fenced, gone);
  std::erase_if(memory_.must_discard, gone);
  std::erase_if(memory_.joined, gone);
  std::erase_if(memory_.clones, [&](const auto& entry) { return gone(entry.first); });
  std::erase_if(memory_.leads, [&](const auto& entry) {
    return Site(entry.first) == nullptr ||
           (entry.first != memory_.writer && LeadOf(entry.first) == nullptr);
  });
  if (!memory_.switch_to.empty() && Site(memory_.switch_to) == nullptr) {
    CallOff(memory_.switch_to + " is gone");
  }
  if (!memory_.promoting_node.empty() && gone(memory_.promoting_node)) {
    Abandon(memory_.promoting_node + " is gone");
  }
}

// The node of a site that should lead it if nobody knows: one that takes writes, else the one that
// has most, else the first.
const DatabaseDecider::View* DatabaseDecider::MostAdvanced(const DatabaseSite& site) const {
  const View* best = nullptr;
  const auto rank = [](const View& node) {
    const bool known = node.Running() && node.seen();
    return std::pair(known && node.look().writable,
                     known ? std::max(node.executed(), node.received()) : 0);
  };
  for (const auto& node : nodes_) {
    if (node.site != &site) continue;
    if (best == nullptr || rank(node) > rank(*best)) best = &node;
  }
  return best;
}

void DatabaseDecider::ChooseWriter() {
  if (memory_.term > 0 && Site(memory_.writer) != nullptr) return;
  const auto source =
      std::ranges::find_if(cluster_.sites, [](const auto& site) { return site.source.empty(); });
  if (cluster_.sites.empty()) return;
  const auto& site = source == cluster_.sites.end() ? cluster_.sites.front() : *source;
  const std::string was = memory_.writer;
  memory_.leads.erase(was);
  memory_.writer = site.name;
  memory_.waiting = memory_.synchronised = false;
  memory_.promoting_site = memory_.promoting_node = memory_.switch_to = "";
  memory_.fenced.clear();
  memory_.joined.clear();
  ++memory_.term;
  if (const auto* lead = MostAdvanced(site)) memory_.leads[site.name] = lead->name;
  Enter(DatabaseStep::kSteady, was.empty() ? "first start" : was + " is gone");
  Tell("decide", site.name + " takes the writes", memory_.reason);
}

// A primary that is not wanted any more: its mate goes on, once the former one is gone.
void DatabaseDecider::RemovedPrimary() {
  const auto* site = Site(memory_.writer);
  const auto* mate = site == nullptr ? nullptr : MostAdvanced(*site);
  if (mate == nullptr) return;
  const std::string was = memory_.leads[memory_.writer];
  const bool alive = std::ranges::any_of(observed_.nodes, [&](const auto& entry) {
    return NodeName(entry.first) == was && entry.second.phase != lab::Phase::kAbsent;
  });
  if (alive) return;
  Tell(memory_.synchronised ? "decide" : "degraded",
       mate->name + " leads " + memory_.writer + " now" +
           (memory_.synchronised ? "" : "; it may lack the last writes of " + was),
       was + " was removed");
  memory_.leads[memory_.writer] = mate->name;
  memory_.must_discard.erase(mate->name);
  memory_.waiting = memory_.synchronised = false;
  memory_.joined.clear();
  ++memory_.term;
  Enter(DatabaseStep::kSteady, was + " was removed");
}

void DatabaseDecider::ChooseLeads() {
  if (memory_.term > 0 && Site(memory_.writer) != nullptr && Primary() == nullptr) {
    RemovedPrimary();
  }
  for (const auto& site : cluster_.sites) {
    if (site.nodes.empty() || site.name == memory_.writer) continue;
    const auto* lead = LeadOf(site.name);
    if (lead == nullptr) {
      memory_.leads[site.name] = NodeName(site.nodes.front().key);
      continue;
    }
    // Others follow it, or read from it: where it died, its mate does that.
    if (!lead->Down() || memory_.promoting_site == site.name) continue;
    const auto mate = std::ranges::find_if(nodes_, [&](const View& node) {
      return node.site == &site && &node != lead &&
             node.StandsAs(lab::DatabaseRole::Kind::kReplica);
    });
    if (mate == nodes_.end() || Troubled(*mate)) continue;
    memory_.leads[site.name] = mate->name;
    Tell("decide", mate->name + " leads " + site.name + " now", lead->name + " does not run");
  }
}

}  // namespace scv::control
