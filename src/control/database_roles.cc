// Roles and endpoints: they follow from memory alone, so that a new process comes to the same.
#include <algorithm>

#include "control/database_decider.h"

namespace scv::control {

using lab::DatabaseRole;

// The other sites follow the standby while it has everything, so that they are never ahead of what
// a failover keeps; while it does not, the primary.
const DatabaseDecider::View* DatabaseDecider::SourceOf(const View& node) const {
  const auto* primary = Primary();
  if (primary == &node) return nullptr;
  if (node.site->name == memory_.writer) return primary;
  const auto* lead = LeadOf(node.site->name);
  if (lead != nullptr && lead != &node) return lead;
  const auto* standby = Standby();
  return memory_.synchronised && standby != nullptr ? standby : primary;
}

DatabaseRole DatabaseDecider::RoleOf(const View& node) const {
  DatabaseRole role;
  role.term = memory_.term;
  if (memory_.fenced.contains(node.name)) {
    role.kind = DatabaseRole::Kind::kFenced;
    role.term = memory_.term + 1;
    return role;
  }
  if (node.name == memory_.promoting_node) {
    role.term = memory_.term + 1;
    role.read_only = true;
    return role;
  }
  const auto* source = SourceOf(node);
  if (source == nullptr) {
    // Without a primary (it was removed and is not gone yet) nobody takes writes.
    role.read_only = Draining() || Primary() != &node;
    role.wait_for_standby = memory_.waiting;
    return role;
  }
  role.kind = DatabaseRole::Kind::kReplica;
  role.source_address = source->node->address;
  role.source_port = source->node->port;
  role.acknowledges = node.site->name == memory_.writer;
  role.discard_tail = memory_.must_discard.contains(node.name);
  const auto clones = memory_.clones.find(node.name);
  if (clones != memory_.clones.end()) role.clone = clones->second;
  return role;
}

void DatabaseDecider::FillPlan() {
  for (const auto& node : nodes_) plan_.roles[node.node->key] = RoleOf(node);
  for (const auto& site : cluster_.sites) {
    if (const auto* lead = LeadOf(site.name)) plan_.endpoints[site.name] = lead->node->key;
  }
}

}  // namespace scv::control
