// What is written for people: colour only on a terminal and without NO_COLOR, columns that fit.
#ifndef SCV_CLI_TERMINAL_H_
#define SCV_CLI_TERMINAL_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::cli {

enum class Tone { kPlain, kBold, kDim, kGood, kBad, kBusy };

// `text` in a tone where standard output shows colours, otherwise unchanged.
std::string Painted(Tone tone, std::string_view text);

// Rows in columns, two blanks between them; escape sequences count as nothing.
std::string Columns(const std::vector<std::vector<std::string>>& rows, std::string_view indent);

// "1.2 s", "3 min", "2 h".
std::string Duration(long long milliseconds);

// Clears the screen and goes to its top, where standard output is a terminal.
void ClearScreen();
bool IsTerminal();

// Writes "scv: what happened" to standard error; returns the exit code that goes with the kind:
// 2 for wrong usage, 1 otherwise.
int Complain(const Error& error);

}  // namespace scv::cli

#endif  // SCV_CLI_TERMINAL_H_
