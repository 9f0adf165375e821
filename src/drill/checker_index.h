// A history sorted by write and by memo, as the checker's rules need it.
#ifndef SCV_DRILL_CHECKER_INDEX_H_
#define SCV_DRILL_CHECKER_INDEX_H_

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "drill/checker.h"

namespace scv::drill {

// All attempts with one key.
struct Write {
  const Attempt* first = nullptr;         // the first attempt by start
  const Attempt* acknowledged = nullptr;  // the first success
  const Attempt* last = nullptr;          // the attempt that ended last
  bool unknown = false;                   // one of its attempts may have had an effect
  std::string memo;                       // "": a create that nobody has seen
  std::uint32_t version = 0;              // as acknowledged; 0: never
};

struct Look {
  const Attempt* attempt = nullptr;
  const Sight* sight = nullptr;  // nullptr: answered that there is no such memo
};

struct MemoFacts {
  const Sight* at_end = nullptr;                       // nullptr: not there, or unread
  std::unordered_map<std::string, std::size_t> place;  // key → its first line at the end
  std::vector<Look> looks;                             // by start
};

struct Index {
  std::map<std::string, Write> writes;
  std::map<std::string, MemoFacts> memos;
  std::set<int> read_clients;  // whose final state is known
};

// Points into both arguments.
Index BuildIndex(const std::vector<Attempt>& attempts, const std::vector<FinalState>& finals);

// Counts violations, one per kind and subject, and keeps the stories of the first few.
class Findings {
 public:
  explicit Findings(Verdict& verdict) : verdict_(verdict) {}
  void Add(ViolationKind kind, const std::string& memo, const std::string& subject,
           const std::string& story);

 private:
  Verdict& verdict_;
  std::set<std::pair<ViolationKind, std::string>> reported_;
};

// "client 3's update d1-c3-17 at 1203.1-1204.9 ms (200, ap-northeast-2)"
std::string Describe(const Attempt& attempt);

// The rules about what was shown when (checker_reads.cc).
void CheckStale(const Index& index, Findings& findings, Verdict& verdict);

}  // namespace scv::drill

#endif  // SCV_DRILL_CHECKER_INDEX_H_
