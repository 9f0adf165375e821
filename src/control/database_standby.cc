// The standby: when the primary waits for it, when it has everything, when it is given up; and
// replicas that must be cloned anew.
#include <algorithm>

#include "control/database_decider.h"

namespace scv::control {
namespace {

// Errors of connecting (MariaDB's client errors are 2000 to 2999; the others are refusals and
// broken connections): a clone would come the same way, so it is no remedy.
bool IsOfConnecting(int error) {
  constexpr int kConnecting[] = {1040, 1045, 1129, 1130, 1158, 1159, 1160, 1161, 1218};
  return (error >= 2000 && error < 3000) ||
         std::ranges::find(kConnecting, error) != std::end(kConnecting);
}

}  // namespace

// Before the primary is told: what it acknowledges from then on the standby may lack.
void DatabaseDecider::Degrade(std::string why, std::string cause) {
  memory_.waiting = memory_.synchronised = false;
  memory_.reason = why;
  watch_.target.reset();
  Tell("degraded", "the primary goes on alone: " + std::move(why), std::move(cause));
}

std::string DatabaseDecider::StandbyTrouble(const View& standby) const {
  const auto& watch = *standby.watch;
  if (watch.silent >= limits_.looks_until_failed) return standby.name + " does not answer";
  if (watch.unreachable >= limits_.looks_until_failed) {
    return standby.name + " is not reachable over the network";
  }
  if (watch.astray * limits_.look_every >= limits_.standby_patience) {
    return standby.name + " does not receive or apply";
  }
  const auto* primary = Primary();
  if (primary != nullptr && primary->watch->unattended >= limits_.looks_until_failed) {
    return standby.name + " does not acknowledge";
  }
  return "";
}

void DatabaseDecider::WatchStandby() {
  const auto* primary = Primary();
  if (memory_.step == DatabaseStep::kPromoting || primary == nullptr) return;
  const auto* standby = Standby();
  if (memory_.waiting) {
    if (standby == nullptr) return Degrade("there is no standby", "it was removed");
    // A new process lost what it had received and not applied.
    if (!standby->Running() || standby->watch->restarted) {
      return Degrade(standby->name + " does not run", "its process ended");
    }
    // Only while the primary is well, or it may be the primary's fault.
    const auto trouble = StandbyTrouble(*standby);
    if (!trouble.empty() && watch_.primary_fine >= limits_.looks_until_failed - 1) {
      return Degrade(trouble, standby->seen() ? standby->look().error_text : "");
    }
  }
  if (standby == nullptr || memory_.step != DatabaseStep::kSteady || memory_.synchronised) return;
  if (!Fine(*primary) || !primary->StandsAs(RoleOf(*primary)) || primary->watch->looks == 0) return;
  if (!Fine(*standby) || !standby->StandsAs(RoleOf(*standby))) return;
  if (standby->watch->following >= 2) Await(*primary, *standby);
}

void DatabaseDecider::Await(const View& primary, const View& standby) {
  if (!memory_.waiting) {
    if (standby.received() < primary.executed()) return;
    memory_.waiting = true;
    memory_.reason = standby.name + " has caught up";
    watch_.target.reset();
    Tell("act", "the primary waits for " + standby.name + " from now on", "it has caught up");
    return;
  }
  const auto& look = primary.look();
  if (!watch_.target && look.waits_for_standby && look.standbys > 0) {
    watch_.target = primary.executed();
  }
  if (!watch_.target || standby.received() < *watch_.target) return;
  memory_.synchronised = true;
  memory_.reason = standby.name + " has every acknowledged write";
  Tell("act", memory_.reason, "it acknowledges each of them");
}

std::string DatabaseDecider::WhyClone(const View& node, const View& source) const {
  const auto& watch = *node.watch;
  if (!Fine(node) || !Fine(source) || watch.looks < 2) return "";
  if (watch.diverged >= 2) return source.name + " does not have its last transactions (error 1236)";
  if (watch.ahead >= limits_.looks_until_failed) return "it is ahead of " + source.name;
  const bool overdue = watch.astray * limits_.look_every >= limits_.rejoin_within;
  if (!overdue || IsOfConnecting(node.look().error)) return "";
  return "it did not follow within " + std::to_string(limits_.rejoin_within) + " ms (error " +
         std::to_string(node.look().error) + ")";
}

void DatabaseDecider::CloneDiverged() {
  if (!memory_.promoting_node.empty()) return;
  for (const auto& node : nodes_) {
    const auto* source = SourceOf(node);
    if (source == nullptr || !node.StandsAs(RoleOf(node))) continue;
    const auto why = WhyClone(node, *source);
    auto& cloned_at = node.watch->cloned_at;
    if (why.empty() || (cloned_at != 0 && !Elapsed(cloned_at, limits_.rejoin_within))) continue;
    cloned_at = now_;
    if (&node == Standby() && memory_.waiting) Degrade(node.name + " must be cloned anew", why);
    ++memory_.clones[node.name];
    memory_.must_discard.erase(node.name);
    memory_.joined.erase(node.name);
    for (const auto& other : nodes_) {
      if (SourceOf(other) == &node) memory_.joined.erase(other.name);
    }
    Tell("act", node.name + " is cloned anew from " + source->name, why);
  }
}

}  // namespace scv::control
