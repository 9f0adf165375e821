// What a drill shows on a terminal: colour only there and without NO_COLOR.
#ifndef SCV_DRILL_TERMINAL_H_
#define SCV_DRILL_TERMINAL_H_

#include <string>
#include <string_view>
#include <vector>

#include "drill/result.h"
#include "drill/runner.h"
#include "drill/scenario.h"

namespace scv::drill {

enum class Tone { kPlain, kBold, kDim, kGood, kBad };
// Standard output. `text` unchanged where it shows no colours.
std::string Painted(Tone tone, std::string_view text);
bool IsTerminal(int descriptor);

// Rows in columns; escape sequences count as nothing, wide characters as two.
std::string Columns(const std::vector<std::vector<std::string>>& rows, std::string_view indent);

std::string ScenarioTable(const std::vector<Scenario>& scenarios);
// Of one run; and of many runs of one scenario, with percentiles.
std::string RunTable(const RunResult& run);
std::string RunsTable(const std::vector<RunResult>& runs);

// A line on standard error that is repainted, where that is a terminal.
class ProgressLine {
 public:
  ProgressLine();
  void Show(std::string_view title, const Progress& progress);
  void Clear();

 private:
  const bool live_;
  bool shown_ = false;
  Micros last_ = 0;
};

}  // namespace scv::drill

#endif  // SCV_DRILL_TERMINAL_H_
