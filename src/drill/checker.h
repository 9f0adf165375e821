// Judges what the clients saw: is it what one copy of every memo could have shown, with every
// acknowledged write in it once and in order? Pure: no clock, no I/O; n log n.
//
// The rules stand on the lineage that every memo carries (history.h), as the list-append workloads
// of Elle do (Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental
// Observations", 2020): what is read shows the whole order of the effects before it.
#ifndef SCV_DRILL_CHECKER_H_
#define SCV_DRILL_CHECKER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drill/history.h"

namespace scv::drill {

enum class ViolationKind : std::uint8_t {
  kLost,          // an acknowledged write is missing afterwards: the RPO counts these
  kDuplicated,    // one key has two effects: two memos, two lines, or a version without a line
  kReordered,     // effects changed their order, or an acknowledged one has another place
  kStaleRead,     // older than what the same region had acknowledged or shown before the request
  kVanished,      // shown, never acknowledged, and gone afterwards
  kRefusedShows,  // told that nothing was done, and it shows
  kUnwritten,     // a line that nobody wrote here
};
inline constexpr std::size_t kViolationKinds = 7;
std::string_view Name(ViolationKind kind);

struct Violation {
  ViolationKind kind;
  std::string memo;
  std::string story;  // who saw what, and why that cannot be
};

struct Verdict {
  std::array<std::size_t, kViolationKinds> counts{};
  std::vector<Violation> violations;      // the first few of each kind
  std::size_t acknowledged = 0;           // writes
  std::size_t acknowledged_globally = 0;  // of these: both regions were said to have them
  std::size_t unsettled = 0;  // writes that were never answered; either outcome is right
  // Older than what ANOTHER region had acknowledged: what asynchronous replication allows.
  std::size_t stale_across_regions = 0;
  std::vector<std::string> unread;  // why the final state of a client could not be read

  std::size_t count(ViolationKind kind) const { return counts[static_cast<std::size_t>(kind)]; }
};

// `attempts` in any order, each complete. A client whose final state could not be read is left out
// of the rules about the end, and named in `unread`.
Verdict Check(const std::vector<Attempt>& attempts, const std::vector<FinalState>& finals);

}  // namespace scv::drill

#endif  // SCV_DRILL_CHECKER_H_
