#include "cli/recorded_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json_read.h"

namespace scv::cli {
namespace {

constexpr std::size_t kTypesMax = 10;

}  // namespace

std::string RecordedLine(const boost::json::object& status) {
  auto types = Objects(status, "recorded");
  if (types.empty()) return {};
  std::ranges::stable_sort(types, [](const auto* one, const auto* other) {
    return Number(*one, "count") > Number(*other, "count");
  });
  long long resources = 0;
  std::string list;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto count = Number(*types[i], "count");
    resources += count;
    if (i >= kTypesMax) continue;
    list += (i == 0 ? "" : ", ") + Text(*types[i], "type");
    if (count > 1) list += fmt::format(" {}", count);
  }
  if (types.size() > kTypesMax) list += fmt::format(" and {} more", types.size() - kTypesMax);
  return fmt::format("recorded only: {} resource{} of {} type{} ({})", resources,
                     resources == 1 ? "" : "s", types.size(), types.size() == 1 ? "" : "s", list);
}

}  // namespace scv::cli
