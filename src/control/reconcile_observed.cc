// What sightings do to what is known.
#include <algorithm>
#include <utility>

#include "control/reconcile.h"

namespace scv::control {
namespace {

using lab::Action;
using lab::Phase;

bool SameHealth(const std::vector<lab::TargetSighting>& a,
                const std::vector<lab::TargetSighting>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].target != b[i].target || a[i].target_group != b[i].target_group ||
        a[i].health != b[i].health) {
      return false;
    }
  }
  return true;
}

// The part runs, by the revision that the sighting names.
void FoldRunning(const lab::Sighting& sighting, ObservedPart& part) {
  if (part.asked && sighting.revision == part.asked_revision) {
    if (part.in_flight && *part.in_flight != Action::Kind::kTakeDown) part.in_flight.reset();
    part.standing = part.asked;
  } else if (part.standing_revision != sighting.revision) {
    part.standing.reset();  // an earlier process's, or an answer that was overtaken
  }
  part.standing_revision = sighting.revision;
}

void FoldFailed(const lab::Sighting& sighting, ObservedPart& part, bool is_new) {
  // A revision below the one asked for: what stood before has died, and the answer is yet to come.
  const bool answers = sighting.revision == 0 || sighting.revision >= part.asked_revision ||
                       part.in_flight == Action::Kind::kTakeDown;
  const bool answered = answers && part.in_flight.has_value();
  if (answered) part.in_flight.reset();
  if (!is_new && !answered) return;  // told again
  ++part.failures;
  part.failed_at = sighting.at;
}

void FoldAbsent(ObservedPart& part) {
  part.standing.reset();
  part.standing_revision = 0;
  if (part.in_flight == Action::Kind::kTakeDown) {
    part.in_flight.reset();
    part.asked.reset();
    part.failures = 0;
    part.failed_at = 0;
  }
}

}  // namespace

void ObservedParts::TryAgain() {
  for (auto& [key, part] : parts_) {
    part.failures = 0;
    part.failed_at = 0;
  }
}

bool ObservedParts::Fold(const lab::Sighting& sighting) {
  revision_ = std::max(revision_, sighting.revision);
  auto& part = parts_[sighting.key];
  part.key = sighting.key;
  const bool new_phase = part.phase != sighting.phase;
  const bool was_waiting = part.in_flight.has_value();
  const auto revision = part.standing_revision;
  const auto failures = part.failures;
  switch (sighting.phase) {
    case Phase::kRunning:
      FoldRunning(sighting, part);
      break;
    case Phase::kFailed:
      FoldFailed(sighting, part, new_phase);
      break;
    case Phase::kAbsent:
      FoldAbsent(part);
      break;
    case Phase::kStarting:
    case Phase::kStopping:
      break;
  }
  const bool changed = new_phase || was_waiting != part.in_flight.has_value() ||
                       revision != part.standing_revision || failures != part.failures ||
                       !SameHealth(part.targets, sighting.targets);
  part.phase = sighting.phase;
  if (new_phase) part.phase_since = sighting.at;
  part.detail = sighting.detail;
  part.cpu_micros_total = sighting.cpu_micros_total;
  part.targets = sighting.targets;
  part.database = sighting.database;
  part.check = sighting.check;
  // Nothing stands and nothing was asked for: forgotten.
  if (part.phase == Phase::kAbsent && !part.asked && !part.in_flight) parts_.erase(sighting.key);
  return changed;
}

const ObservedPart* ObservedParts::Find(const lab::PartKey& key) const {
  const auto found = parts_.find(key);
  return found == parts_.end() ? nullptr : &found->second;
}

Phase ObservedParts::PhaseOf(const lab::PartKey& key) const {
  const auto* part = Find(key);
  return part == nullptr ? Phase::kAbsent : part->phase;
}

bool ObservedParts::StandsAs(const lab::Part& wanted) const {
  const auto* part = Find(wanted.key);
  return part != nullptr && part->phase == Phase::kRunning && !part->in_flight && part->standing &&
         part->standing->spec == wanted.spec;
}

bool ObservedParts::Gone(const lab::PartKey& key) const {
  const auto* part = Find(key);
  return part == nullptr || (part->phase == Phase::kAbsent && !part->in_flight);
}

}  // namespace scv::control
