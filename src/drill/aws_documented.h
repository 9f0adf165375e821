// What AWS documents about how long each phase of a recovery takes, to read a drill's figures
// against: with `--pace aws` the lab honours the same intervals and thresholds.
#ifndef SCV_DRILL_AWS_DOCUMENTED_H_
#define SCV_DRILL_AWS_DOCUMENTED_H_

#include <string_view>
#include <vector>

#include "drill/scenario.h"

namespace scv::drill {

struct Documented {
  std::string_view phase;   // detect, decide, act, reconnect, or several
  std::string_view text;    // what AWS says
  std::string_view source;  // the page
};

// What is about the scenario's faults; may be empty.
std::vector<Documented> DocumentedFor(const Scenario& scenario);

}  // namespace scv::drill

#endif  // SCV_DRILL_AWS_DOCUMENTED_H_
