// What one run of a drill was and how it is judged; what the reports are written from.
#ifndef SCV_DRILL_RESULT_H_
#define SCV_DRILL_RESULT_H_

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "drill/checker.h"
#include "drill/events.h"
#include "drill/figures.h"
#include "drill/history.h"
#include "drill/scenario.h"

namespace scv::drill {

struct Mark {
  Micros at = 0;
  enum class Kind { kFault, kHeal, kNote } kind = Kind::kFault;
  std::string text;
};

// Whether everything stood again, and when.
struct Redundancy {
  bool lost = false;                 // it was gone for a while
  std::optional<double> restored_s;  // after the last step; 0: was never lost; nullopt: not at all
  std::string missing;               // what still was at the end
};

struct RunResult {
  Scenario scenario;
  std::uint64_t seed = 0;
  std::string pace;  // of the lab: "lab" or "aws"
  int clients = 0;
  double rate = 0;
  Millis started_at = 0;  // wall clock
  // All on the clock of the requests.
  Micros begin = 0, first_step = 0, last_step = 0, end = 0;
  std::vector<Attempt> attempts;
  std::vector<FinalState> finals;
  std::vector<LabEvent> events;
  std::vector<Mark> marks;
  std::string stopped;  // the stop condition that ended it; "": none

  // By Judge.
  Availability reads, writes;
  Verdict verdict;
  std::vector<Phase> phases;
  Redundancy redundancy;
  std::vector<std::string> failures;  // what did not hold; empty: passed

  bool passed() const { return failures.empty(); }
};

// Fills in what follows from the rest. `redundancy` must be there already. Pure.
void Judge(RunResult& run);

// Of reads and writes, the worse; nullopt: not recovered.
std::optional<double> RtoOf(const RunResult& run);

}  // namespace scv::drill

#endif  // SCV_DRILL_RESULT_H_
