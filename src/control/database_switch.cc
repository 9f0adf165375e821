// The writer moves to another site: by the policy when its region is lost, or by order.
#include <algorithm>

#include "control/database_decider.h"

namespace scv::control {

void DatabaseDecider::CallOff(const std::string& why) {
  const auto to = memory_.switch_to;
  if (memory_.step == DatabaseStep::kSwitching) ++memory_.term;
  memory_.switch_to = "";
  memory_.switch_forced = false;
  if (Draining()) {
    memory_.promoting_site = memory_.promoting_node = "";
    Enter(DatabaseStep::kSteady, "the switch to " + to + " was called off: " + why);
  }
  Tell("decide", "the switch to " + to + " is called off; " + memory_.writer + " takes the writes",
       why);
}

void DatabaseDecider::ForcedSwitch() {
  if (memory_.switch_to.empty() || !memory_.switch_forced) return;
  const auto* site = Site(memory_.switch_to);
  if (site == nullptr || site->name == memory_.writer) return CallOff("there is nothing to do");
  if (Candidate(*site) == nullptr) return CallOff("no node of " + site->name + " runs");
  BeginRegionFailover(*site, "an operator ordered it", true);
}

// The furthest site whose region is not lost, too. What never followed the present writer is
// promoted only by order.
const DatabaseSite* DatabaseDecider::OtherSite() const {
  const DatabaseSite* best = nullptr;
  std::uint64_t most = 0;
  for (const auto& site : cluster_.sites) {
    if (site.name == memory_.writer || observed_.lost_regions.contains(site.region)) continue;
    const auto* candidate = Candidate(site);
    if (candidate == nullptr || !memory_.joined.contains(candidate->name)) continue;
    const auto has = std::max(candidate->executed(), candidate->received());
    if (best == nullptr || has > most) {
      best = &site;
      most = has;
    }
  }
  return best;
}

void DatabaseDecider::RegionFailover() {
  const auto* writer = Site(memory_.writer);
  if (cluster_.region_failover != RegionFailover::kAutomatic || writer == nullptr) return;
  if (!observed_.lost_regions.contains(writer->region)) return;
  if (memory_.step == DatabaseStep::kPromoting && memory_.promoting_site != memory_.writer) return;
  const bool reachable = std::ranges::any_of(nodes_, [&](const View& node) {
    return node.site == writer && node.Running() &&
           !node.StandsAs(lab::DatabaseRole::Kind::kFenced) &&
           node.watch->unreachable < limits_.looks_until_failed;
  });
  // The standby is about to take over, and loses nothing. Until it has, the service there is not
  // ready and the other region follows nobody, which looks as if more were lost.
  if (reachable && memory_.step == DatabaseStep::kPromoting) return;
  const auto* site = OtherSite();
  if (site == nullptr) return;
  // Its own router reaches the writer, but nobody outside does, the other region included: it is
  // cut off, and acknowledges what nobody will see.
  const bool followed = Candidate(*site)->watch->astray < limits_.looks_until_failed;
  if (reachable && followed) return;
  BeginRegionFailover(*site, "the region " + writer->region + " is lost", false);
}

void DatabaseDecider::BeginRegionFailover(const DatabaseSite& site, const std::string& why,
                                          bool forced) {
  if (Draining()) {
    ++memory_.term;
    memory_.promoting_site = memory_.promoting_node = "";
  }
  const auto& candidate = *Candidate(site);
  std::vector<const View*> fenced;
  for (const auto& node : nodes_) {
    if (node.site->name == memory_.writer) fenced.push_back(&node);
  }
  Tell(forced ? "decide" : "detect", why, "");
  Tell("decide", candidate.name + " takes over for " + memory_.writer + "; " + Behind(candidate),
       why);
  Promote(candidate, std::move(fenced), why);
}

void DatabaseDecider::PlannedSwitch() {
  if (memory_.switch_to.empty()) return;
  if (Draining()) return Drain();
  const auto* site = Site(memory_.switch_to);
  if (site == nullptr || site->name == memory_.writer) return CallOff("there is nothing to do");
  const auto* primary = Primary();
  const auto* target = LeadOf(site->name);
  if (primary == nullptr || !Fine(*primary)) return CallOff("the primary is not in order");
  if (target == nullptr || !Fine(*target) || target->watch->following == 0) {
    return CallOff("the lead of " + site->name + " does not follow");
  }
  Enter(DatabaseStep::kDraining, "the writes move to " + site->name + " by order");
  Tell("decide", memory_.reason + ": " + primary->name + " takes no more writes", "");
  WakeAt(memory_.since + limits_.drain_within);
}

void DatabaseDecider::Drain() {
  const auto* primary = Primary();
  const auto* target = LeadOf(memory_.switch_to);
  if (primary == nullptr || target == nullptr) return CallOff("a node is gone");
  if (!Up(*target)) return CallOff(target->name + " failed");
  if (Elapsed(memory_.since, limits_.drain_within)) {
    return CallOff("it took longer than " + std::to_string(limits_.drain_within) + " ms");
  }
  WakeAt(memory_.since + limits_.drain_within);
  if (memory_.step == DatabaseStep::kSwitching) {
    if (target->StandsAs(RoleOf(*target))) Commit();
    return;
  }
  // Two looks: one may have begun before the last transaction ended.
  if (!primary->StandsAs(RoleOf(*primary)) || primary->watch->looks < 2) return;
  if (!primary->look().answering || primary->look().writable) return;
  const auto last = primary->executed();
  if (!target->StandsAs(RoleOf(*target)) || target->watch->following == 0) return;
  if (target->received() < last || target->executed() < last) return;
  memory_.promoting_site = target->site->name;
  memory_.promoting_node = target->name;
  Enter(DatabaseStep::kSwitching, memory_.reason);
  Tell("decide", target->name + " has everything and is promoted", "");
}

}  // namespace scv::control
