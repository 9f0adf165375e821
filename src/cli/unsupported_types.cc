#include "cli/unsupported_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace scv::cli {
namespace {

// "The provider hashicorp/aws does not support resource type "aws_x".", or data source, or
// ephemeral resource; quotes are escaped in JSON, and the text for people may be broken anywhere.
constexpr std::string_view kProvider = "hashicorp/aws does not support ";
constexpr std::size_t kKindMax = 30;  // characters between that and the name

std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (c == '\\' || (blank && line.ends_with(' '))) continue;
    line += blank ? ' ' : c;
  }
  return line;
}

}  // namespace

std::string AboutUnsupportedTypes(std::string_view diagnostics) {
  const std::string text = OneLine(diagnostics);
  std::set<std::string> types;
  for (auto at = text.find(kProvider); at != text.npos; at = text.find(kProvider, at + 1)) {
    const auto open = text.find('"', at);
    const auto close = open == text.npos ? open : text.find('"', open + 1);
    if (close == text.npos || open > at + kProvider.size() + kKindMax) continue;
    types.insert(text.substr(open + 1, close - open - 1));
  }
  if (types.empty()) return {};
  return fmt::format(
      "The lab does not have {}: not a misspelling if the real AWS provider has it. The types that "
      "the lab serves, and how to add one: docs/provider.md",
      fmt::join(types, ", "));
}

}  // namespace scv::cli
