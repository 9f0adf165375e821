// What `scv drill` understands.
//
// Exit codes: 0 every run passed, 1 one did not or could not be carried out, 2 wrong usage,
// 130 interrupted (after everything was healed).
#ifndef SCV_DRILL_COMMAND_LINE_H_
#define SCV_DRILL_COMMAND_LINE_H_

namespace scv::drill {

int RunCommandLine(int argc, char** argv);

}  // namespace scv::drill

#endif  // SCV_DRILL_COMMAND_LINE_H_
