// Looks at nodes, counted: one bad look is no news, several in a row are.
#include <algorithm>

#include "control/database_decider.h"

namespace scv::control {
namespace {

// MariaDB's ER_MASTER_FATAL_ERROR_READING_BINLOG: the source does not have what the replica asks
// for.
constexpr int kNotInSource = 1236;
// A look is missing when it is this many times as late as looks are apart.
constexpr int kMissingAfter = 5;

}  // namespace

bool DatabaseDecider::Troubled(const View& node) const {
  return node.watch->unreachable >= limits_.looks_until_failed ||
         node.watch->silent >= limits_.looks_until_failed;
}

bool DatabaseDecider::Up(const View& node) const {
  return node.Running() && !Troubled(node) && !node.StandsAs(lab::DatabaseRole::Kind::kFenced);
}

bool DatabaseDecider::Fine(const View& node) const {
  return Up(node) && node.seen() && node.watch->fine > 0;
}

bool DatabaseDecider::Dead(const View& node) const {
  if (!node.observed->idle) return false;
  if (node.StandsAs(lab::DatabaseRole::Kind::kFenced)) return true;
  if (!node.Down()) return false;
  return node.observed->phase == lab::Phase::kAbsent || (node.seen() && node.look().ended);
}

void DatabaseDecider::CountLooks() {
  const auto* primary = Primary();
  const auto before = primary == nullptr ? 0 : primary->watch->count;
  for (auto& node : nodes_) CountLook(node);
  CountPrimaryFine(primary != nullptr && primary->watch->count != before);
}

void DatabaseDecider::CountLook(View& node) {
  auto& watch = *node.watch;
  const auto& observed = *node.observed;
  const bool new_phase = watch.phase != observed.phase || watch.phase_since != observed.phase_since;
  const bool counts_on_it =
      node.name == memory_.promoting_node || (memory_.waiting && &node == Standby());
  if (!counts_on_it) watch.restarted = false;
  if (!node.Running() || (new_phase && watch.phase == observed.phase)) watch.restarted = true;
  if (new_phase) watch.unreachable = watch.silent = watch.fine = 0;
  if (new_phase || watch.standing != observed.standing) {
    watch.looks = watch.following = watch.astray = watch.diverged = watch.unattended = 0;
    watch.ahead = 0;
    watch.ahead_from = 0;
  }
  watch.phase = observed.phase;
  watch.phase_since = observed.phase_since;
  watch.standing = observed.standing;
  watch.looked = new_phase ? now_ : std::min(watch.looked, now_);
  if (!node.Running() || node.StandsAs(lab::DatabaseRole::Kind::kFenced)) return;
  if (!node.seen() || node.look().count == watch.count) return Missed(node);
  const auto& look = node.look();
  watch.count = look.count;
  watch.looked = now_;
  watch.unreachable = look.reachable ? 0 : watch.unreachable + 1;
  watch.silent = look.answering ? 0 : watch.silent + 1;
  watch.fine = look.reachable && look.answering ? watch.fine + 1 : 0;
  if (look.answering) {
    ++watch.looks;
    CountReplica(node);
  }
  WakeAt(watch.looked + kMissingAfter * limits_.look_every);
}

// Nobody looked for long: as bad as a look that found nobody, only slower.
void DatabaseDecider::Missed(View& node) {
  auto& watch = *node.watch;
  const Millis late = kMissingAfter * limits_.look_every;
  if (now_ - watch.looked >= late) {
    watch.looked = now_;
    ++watch.unreachable;
    ++watch.silent;
  }
  WakeAt(watch.looked + late);
}

void DatabaseDecider::CountReplica(View& node) {
  auto& watch = *node.watch;
  const auto& look = node.look();
  const auto& standing = node.observed->standing;
  if (standing && standing->kind == lab::DatabaseRole::Kind::kPrimary) {
    const bool attended = !look.waits_for_standby || look.standbys > 0;
    watch.unattended = attended ? 0 : watch.unattended + 1;
    return;
  }
  const auto* source = SourceOf(node);
  if (source == nullptr) return;
  const auto& address = standing ? standing->source_address : source->node->address;
  const bool follows = look.receiving && look.applying && look.source == address;
  watch.following = follows ? watch.following + 1 : 0;
  const bool sound = source == Primary() || memory_.joined.contains(source->name);
  if (follows && sound && address == source->node->address) memory_.joined.insert(node.name);
  // Where there is nothing to follow, it is not its fault.
  watch.astray = follows || !Fine(*source) ? 0 : watch.astray + 1;
  if (address == source->node->address) CountAhead(node, *source);
  const bool diverged = look.source == address && !look.receiving && look.error == kNotInSource;
  watch.diverged = diverged ? watch.diverged + 1 : 0;
}

// What a replica has executed must be found at its source at a look that began later: two looks
// later, because one may have been under way.
void DatabaseDecider::CountAhead(View& node, const View& source) {
  auto& watch = *node.watch;
  if (!source.seen() || !source.look().answering) return;
  if (watch.ahead_from == 0 || source.look().count < watch.ahead_from) {
    watch.ahead_of = node.executed();
    watch.ahead_from = source.look().count;
  } else if (source.look().count >= watch.ahead_from + 2) {
    watch.ahead = source.executed() < watch.ahead_of ? watch.ahead + 1 : 0;
    watch.ahead_from = 0;
  }
}

void DatabaseDecider::CountPrimaryFine(bool primary_looked) {
  const auto* primary = Primary();
  const auto* standby = Standby();
  const bool trouble =
      standby != nullptr &&
      (standby->watch->unreachable > 0 || standby->watch->silent > 0 || standby->watch->astray > 0);
  const bool unattended = primary != nullptr && primary->watch->unattended > 0;
  if (primary == nullptr || !Fine(*primary) || !(trouble || unattended)) {
    watch_.primary_fine = 0;
  } else if (primary_looked) {
    ++watch_.primary_fine;
  }
}

}  // namespace scv::control
