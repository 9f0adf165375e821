#include "cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace scv::cli {
namespace {

bool Coloured() {
  static const bool coloured = IsTerminal() && std::getenv("NO_COLOR") == nullptr;
  return coloured;
}

// Columns that a terminal uses for `text`: code points, without escape sequences.
std::size_t Width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b') {
      at = text.find('m', at);
      if (at == std::string_view::npos) break;
    } else if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80) {
      ++width;
    }
  }
  return width;
}

}  // namespace

bool IsTerminal() { return isatty(STDOUT_FILENO) == 1; }

std::string Painted(Tone tone, std::string_view text) {
  if (!Coloured() || tone == Tone::kPlain) return std::string(text);
  const char* code = tone == Tone::kBold   ? "1"
                     : tone == Tone::kDim  ? "2"
                     : tone == Tone::kGood ? "32"
                     : tone == Tone::kBad  ? "31"
                                           : "33";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string Columns(const std::vector<std::vector<std::string>>& rows, std::string_view indent) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    if (row.size() > widths.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    text += indent;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - Width(row[i]) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

std::string Duration(long long milliseconds) {
  if (milliseconds < 1000) return fmt::format("{} ms", milliseconds);
  if (milliseconds < 60'000) {
    return fmt::format("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100);
  }
  if (milliseconds < 3'600'000) return fmt::format("{} min", milliseconds / 60'000);
  if (milliseconds < 172'800'000) return fmt::format("{} h", milliseconds / 3'600'000);
  return fmt::format("{} days", milliseconds / 86'400'000);
}

void ClearScreen() {
  if (IsTerminal()) fmt::print("\x1b[H\x1b[2J\x1b[3J");
}

int Complain(const Error& error) {
  fmt::print(stderr, "scv: {}\n", error.message);
  return error.kind == ErrorKind::kInvalid ? 2 : 1;
}

}  // namespace scv::cli
