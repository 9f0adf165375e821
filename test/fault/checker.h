// Judges a history of the memo service: is there any order of the operations, each taking effect
// once between its invocation and its acknowledgement, that explains every answer and what is in
// the database at the end? Instead of searching for that order (which is exponential), each rule
// below names a way in which there can be none; versions, keys in the texts and unique If-Match
// values leave little room between the rules.
//
// Pure: no clock, no I/O. Time and memory grow with n log n.
#ifndef SCV_FAULT_CHECKER_H_
#define SCV_FAULT_CHECKER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fault/history.h"

namespace scv::fault {

enum class ViolationKind : std::uint8_t {
  // An acknowledged write is missing at the end: a memo that was created and never purged is gone,
  // is older than a version somebody was shown, or is back after an acknowledged purge.
  kLostWrite,
  // One key had two effects: two memos, two versions, text that comes back after it was
  // overwritten; or a memo has more versions than writes that could have made them.
  kAppliedTwice,
  // Two writes that expected the same version both won, or one won against a memo that had moved
  // on.
  kStaleWin,
  // A client was shown an older version than it had seen before.
  kReadWentBack,
  // Somebody was shown an older version than had been shown or acknowledged before the request.
  kReadTooOld,
  // A repeat with the same key was answered differently from the first answer.
  kReplayDiffers,
  // A write that was told that nothing was done shows.
  kRefusedShows,
  // A version of a memo that no write can have made.
  kVersionGap,
  // One version of a memo had two contents, or two writes were told that they made it.
  kVersionForked,
  // Text that nobody wrote, or not there.
  kUnwritten,
};

std::string_view Name(ViolationKind kind);

struct Violation {
  ViolationKind kind;
  std::string memo;   // empty: not about one memo
  std::string story;  // who saw what, and why that cannot be
};

// `attempts` in any order; every attempt must be complete. At most one violation per memo and kind.
//
// A write "may have had an effect" when one of its attempts succeeded or has an unknown outcome.
// Trash and restore without an expected version may be answered without an effect; the rules grant
// them either.
std::vector<Violation> Check(const std::vector<Attempt>& attempts, const FinalState& final_state);

}  // namespace scv::fault

#endif  // SCV_FAULT_CHECKER_H_
