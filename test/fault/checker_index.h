// A history sorted by write and by memo, as the checker's rules need it.
#ifndef SCV_FAULT_CHECKER_INDEX_H_
#define SCV_FAULT_CHECKER_INDEX_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fault/checker.h"

namespace scv::fault {

enum class Effect : std::uint8_t {
  kNone,   // refused, or answered that there was nothing to do
  kMaybe,  // no answer, or one that does not tell
  kMade,   // acknowledged, and it made a version (or purged the memo)
};

// All attempts with one key.
struct Write {
  std::string key;
  Action action = Action::kCreate;
  std::string memo;  // empty: a create whose memo nobody has seen
  std::optional<std::uint32_t> expected;
  Effect effect = Effect::kNone;
  // The version it made or, for kMaybe, would have made. 0: any (kMaybe), none (kNone, purges).
  std::uint32_t version = 0;
  std::vector<const Attempt*> attempts;  // by completion
  const Attempt* first_ok = nullptr;

  bool refused() const { return effect == Effect::kNone && first_ok == nullptr; }
};

// One sight and the attempt it comes from; nullptr: the final state.
struct Seen {
  const Sight* sight = nullptr;
  const Attempt* attempt = nullptr;
};

struct MemoFacts {
  std::string id;
  std::string origin;
  const Sight* final_sight = nullptr;
  std::vector<const Write*> writes;        // that aim at it, its create included
  std::vector<Seen> seen;                  // the final state included
  std::vector<const Attempt*> not_founds;  // attempts on it that were answered 404
  std::uint32_t version_max = 0;
};

struct Index {
  std::map<std::string, Write> writes;
  std::map<std::string, MemoFacts> memos;
  std::map<std::string, std::set<std::string>> memos_of_origin;
};

// Points into both arguments.
Index BuildIndex(const std::vector<Attempt>& attempts, const FinalState& final_state);

// Collects violations, one per memo and kind.
class Verdict {
 public:
  void Add(ViolationKind kind, const std::string& memo, std::string story);
  std::vector<Violation> Take() { return std::move(violations_); }

 private:
  std::set<std::pair<ViolationKind, std::string>> reported_;
  std::vector<Violation> violations_;
};

// "client 3's patch c3-17 of version 4, 1203.1-1204.9 ms, 200"
std::string Describe(const Attempt& attempt);
std::string Describe(const Seen& seen);
std::string Describe(const Write& write);

// The rules about what was shown when, and what is there at the end (checker_reads.cc).
void CheckTimes(const MemoFacts& memo, Verdict& verdict);
void CheckEnd(const MemoFacts& memo, const FinalState& final_state, Verdict& verdict);

}  // namespace scv::fault

#endif  // SCV_FAULT_CHECKER_INDEX_H_
