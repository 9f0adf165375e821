// The primary fails, and who takes its place: the standby with everything, or itself.
#include <algorithm>
#include <tuple>

#include "control/database_decider.h"

namespace scv::control {

using lab::Phase;

void DatabaseDecider::WatchPrimary() {
  const auto* primary = Primary();
  if (primary == nullptr || memory_.step == DatabaseStep::kPromoting) return;
  const auto* standby = Standby();
  const bool heir =
      standby != nullptr && memory_.synchronised && !standby->watch->restarted && Up(*standby);
  if (primary->Down()) {
    const bool ended = primary->seen() && primary->look().ended;
    if (Draining()) {
      if (!ended) return;  // the drain could not be carried out; it is tried again, or called off
      CallOff(primary->name + " died");
    }
    if (heir) {
      return StandbyTakesOver(*primary, *standby, "its process ended");
    }
    if (primary->observed->phase == Phase::kFailed) Restart(*primary, "its process ended");
  } else if (primary->Running() && Troubled(*primary)) {
    if (!heir || !Fine(*standby)) return;  // nobody to take over: wait for it
    const bool isolated = primary->watch->silent == 0;
    StandbyTakesOver(*primary, *standby,
                     isolated ? "it is cut off from the network" : "it does not answer");
  } else if (memory_.step == DatabaseStep::kRestarting && Fine(*primary)) {
    Enter(DatabaseStep::kSteady, primary->name + " runs again");
    Tell("act", memory_.reason, "");
  }
}

void DatabaseDecider::StandbyTakesOver(const View& primary, const View& standby,
                                       const std::string& why) {
  if (Draining()) CallOff(primary.name + " failed");
  Tell("detect", "the primary " + primary.name + " failed: " + why, why);
  Tell("decide", standby.name + " has every acknowledged write and takes its place",
       "the standby is synchronised");
  Promote(standby, {&primary}, primary.name + " failed: " + why);
}

void DatabaseDecider::Restart(const View& primary, const std::string& why) {
  if (!memory_.synchronised) memory_.waiting = false;
  if (memory_.step == DatabaseStep::kRestarting) return;
  const auto* standby = Standby();
  std::string because = "there is no standby";
  if (standby != nullptr) {
    because = memory_.synchronised
                  ? "the standby " + standby->name + " does not answer, either"
                  : "the standby " + standby->name + " may lack acknowledged writes";
  }
  Tell("detect", "the primary " + primary.name + " failed: " + why, why);
  Tell("decide", primary.name + " is started again where it is, nobody is promoted", because);
  Enter(DatabaseStep::kRestarting, because);
}

void DatabaseDecider::Promote(const View& candidate, std::vector<const View*> fenced,
                              std::string reason) {
  if (memory_.step == DatabaseStep::kPromoting) ++memory_.term;  // it replaces another attempt
  memory_.promoting_site = candidate.site->name;
  memory_.promoting_node = candidate.name;
  memory_.fenced.clear();
  for (const auto* node : fenced) memory_.fenced.insert(node->name);
  memory_.switch_to.clear();
  memory_.switch_forced = false;
  Enter(DatabaseStep::kPromoting, std::move(reason));
}

void DatabaseDecider::Progress() {
  const auto* candidate = Find(memory_.promoting_node);
  if (candidate == nullptr || CandidateLost()) return;
  if (!candidate->StandsAs(RoleOf(*candidate))) return;
  const bool dead = std::ranges::all_of(memory_.fenced, [&](const std::string& name) {
    const auto* node = Find(name);
    return node == nullptr || Dead(*node);
  });
  if (!dead) return;
  if (!Elapsed(memory_.since, limits_.least_failover)) {
    return WakeAt(memory_.since + limits_.least_failover);
  }
  Commit();
}

// A standby that died has lost what it received and did not apply; the dead primary has it. Between
// regions a new process is as good as the one before.
bool DatabaseDecider::CandidateLost() {
  const auto& candidate = *Find(memory_.promoting_node);
  const bool hangs = candidate.watch->silent >= limits_.looks_until_failed;
  if (memory_.promoting_site == memory_.writer) {
    if (candidate.Running() && !candidate.watch->restarted && !hangs) return false;
    Abandon(candidate.name + " failed before it took over");
    return true;
  }
  if (candidate.observed->phase == Phase::kStarting || (candidate.Running() && !hangs)) {
    return false;
  }
  const auto* other = Candidate(*candidate.site);
  if (other != nullptr) {
    ++memory_.term;
    memory_.promoting_node = other->name;
    Tell("decide", other->name + " is promoted in its place", candidate.name + " failed");
  } else if (Elapsed(memory_.since, limits_.drain_within)) {
    Abandon("no node of " + memory_.promoting_site + " runs");
  } else {
    WakeAt(memory_.since + limits_.drain_within);
  }
  return true;
}

// The former primary is not writable any more and never will be: its role is another one from here
// on.
void DatabaseDecider::Commit() {
  const auto& candidate = *Find(memory_.promoting_node);
  const std::string from = memory_.leads[memory_.writer];
  TellCommit(candidate, from);
  if (memory_.step == DatabaseStep::kPromoting) memory_.must_discard.insert(from);
  memory_.must_discard.erase(candidate.name);
  memory_.writer = memory_.promoting_site;
  memory_.leads[memory_.writer] = candidate.name;
  ++memory_.term;
  memory_.waiting = memory_.synchronised = false;
  memory_.promoting_site = memory_.promoting_node = "";
  memory_.fenced.clear();
  memory_.joined.clear();
  memory_.switch_to = "";
  memory_.switch_forced = false;
  watch_.target.reset();
  Enter(DatabaseStep::kSteady, candidate.name + " took over from " + from);
}

void DatabaseDecider::TellCommit(const View& candidate, const std::string& from) {
  std::string lost = "; nothing is lost";
  if (memory_.step == DatabaseStep::kPromoting && memory_.promoting_site != memory_.writer) {
    lost = "; " + Behind(candidate);
  }
  Tell("act", candidate.name + " took over from " + from + lost, memory_.reason);
}

// Never silent about a loss: what the former region acknowledged after the last look at it is not
// known to anybody.
std::string DatabaseDecider::Behind(const View& candidate) const {
  std::uint64_t last = 0;
  for (const auto& node : nodes_) {
    if (node.site->name != memory_.writer) continue;
    last = std::max({last, node.executed(), node.received()});
  }
  if (!memory_.joined.contains(candidate.name)) {
    return "up to " + std::to_string(last) + " transactions of " + std::to_string(last) +
           " are lost: it was not seen to follow " + memory_.writer +
           " since that took the writes, and what was acknowledged after the last look, too";
  }
  const auto has = candidate.executed();
  const auto behind = last > has ? last - has : 0;
  return "up to " + std::to_string(behind) + " transactions that " + memory_.writer +
         " was last seen to have are lost (" + std::to_string(has) + " of " + std::to_string(last) +
         "), and whatever was acknowledged there after that look";
}

void DatabaseDecider::Abandon(std::string why) {
  const bool failover = memory_.step == DatabaseStep::kPromoting;
  const auto was = memory_.promoting_node;
  ++memory_.term;
  memory_.promoting_site = memory_.promoting_node = "";
  memory_.fenced.clear();
  memory_.switch_to = "";
  memory_.switch_forced = false;
  memory_.waiting = memory_.synchronised = false;
  watch_.target.reset();
  Tell("decide", was + " is not promoted; " + memory_.leads[memory_.writer] + " stays the primary",
       why);
  Enter(failover ? DatabaseStep::kRestarting : DatabaseStep::kSteady, std::move(why));
}

// The position of a node that never followed the present writer says nothing.
const DatabaseDecider::View* DatabaseDecider::Candidate(const DatabaseSite& site) const {
  const View* best = nullptr;
  const auto rank = [&](const View& node) {
    return std::tuple(memory_.joined.contains(node.name),
                      std::max(node.executed(), node.received()), LeadOf(site.name) == &node);
  };
  for (const auto& node : nodes_) {
    if (node.site != &site || !Up(node)) continue;
    if (best == nullptr || rank(node) > rank(*best)) best = &node;
  }
  return best;
}

}  // namespace scv::control
