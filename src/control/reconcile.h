// From wanted parts and what is seen of them to actions: make what is missing, change what differs,
// take down what is not wanted, try again what failed. Pure and deterministic.
#ifndef SCV_CONTROL_RECONCILE_H_
#define SCV_CONTROL_RECONCILE_H_

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "lab/parts.h"

namespace scv::control {

inline constexpr Millis kNever = std::numeric_limits<Millis>::max();

// One part as control knows it.
struct ObservedPart {
  lab::PartKey key;
  lab::Phase phase = lab::Phase::kAbsent;
  std::string detail;      // the last sighting's
  Millis phase_since = 0;  // when it came into this phase
  // What was asked for last, and with which revision. nullopt: never by this process (it was taken
  // up from an earlier one); then one more kChange makes sure of it.
  std::optional<lab::Part> asked;
  std::uint64_t asked_revision = 0;
  // What it is known to stand by. nullopt: nothing of it stands, or it is unknown.
  std::optional<lab::Part> standing;
  std::uint64_t standing_revision = 0;
  // The action that was asked for and not yet answered.
  std::optional<lab::Action::Kind> in_flight;
  Millis in_flight_since = 0;                    // stays after the answer
  std::optional<lab::Action::Kind> last_action;  // stays likewise
  int failures = 0;                              // in a row
  Millis failed_at = 0;                          // of the last failure; 0: none since it was steady
  std::int64_t cpu_micros_total = 0;
  std::vector<lab::TargetSighting> targets;
  std::optional<lab::DatabaseSighting> database;
  std::optional<lab::CheckSighting> check;
};

// What is known of all parts. Not thread-safe: the daemon's loop owns it.
class ObservedParts {
 public:
  // Takes a sighting in. Returns whether anything that matters for decisions changed (phase,
  // revision, targets' health; not mere counters).
  bool Fold(const lab::Sighting& sighting);

  // What made parts fail is known to be over: none waits out the pause that its failures earned.
  void TryAgain();

  const ObservedPart* Find(const lab::PartKey& key) const;
  const std::map<lab::PartKey, ObservedPart>& all() const { return parts_; }
  lab::Phase PhaseOf(const lab::PartKey& key) const;
  // It runs by exactly this specification, and nothing is under way.
  bool StandsAs(const lab::Part& wanted) const;
  // There is nothing of it: never made, or taken down completely.
  bool Gone(const lab::PartKey& key) const;

 private:
  friend class Reconciler;
  std::map<lab::PartKey, ObservedPart> parts_;
  std::uint64_t revision_ = 0;  // the highest given or seen: none is given twice
};

struct ReconcileLimits {
  Millis retry_first = 200;        // the pause after a part's second failure in a row; it doubles
  Millis retry_most = 15'000;      // … up to this
  Millis answer_within = 120'000;  // an action not answered by then is asked for again
  Millis steady_after = 30'000;    // running this long, earlier failures are forgotten
};

struct Reconciliation {
  std::vector<lab::Action> actions;  // in the order in which to begin them
  Millis wake_at = kNever;           // decide again then, even if nothing is seen until then
};

// Notes the actions in `observed` as asked for; the caller carries out every one. `wanted`: by key,
// each key once (LabPlan::parts).
//   - A part is made once all its needs run; a router must also have what the plan gives it.
//   - A part that differs is changed while its needs run.
//   - A part that is not wanted is taken down once nothing that stands needs it.
//   - A part that died or failed is made again, at once after the first failure, then after a pause
//     that doubles. Not an instance: its fleet decides about it, and a plan without it takes down
//     what is left.
//   - One action at a time per part.
Reconciliation Reconcile(const std::vector<lab::Part>& wanted, ObservedParts& observed, Millis now,
                         const ReconcileLimits& limits = {});

// The key's parts in a specification for a part that an earlier process made: enough for the world
// to take it down.
lab::Part PartByKey(const lab::PartKey& key);

}  // namespace scv::control

#endif  // SCV_CONTROL_RECONCILE_H_
