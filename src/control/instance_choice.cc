#include "control/instance_choice.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace scv::control {
namespace {

constexpr Millis kHour = 3'600'000;

// Smaller goes first.
using Rank = std::array<Millis, 8>;

Millis Outdated(const ChoiceQuestion& question, const InstanceView& view) {
  if (view.record.launch_template_id != question.launch_template_id) return 0;
  const int version = view.record.launch_template_version;
  return std::min(version, question.newest_version);
}

Millis ToNextHour(const ChoiceQuestion& question, const InstanceView& view) {
  const Millis age = std::max<Millis>(question.now - view.record.launched_at, 0);
  return kHour - age % kHour;
}

Rank RankOf(const ChoiceQuestion& question, const InstanceView& view) {
  Rank rank{};
  std::size_t at = 0;
  const auto push = [&](Millis value) {
    if (at < rank.size() - 1) rank[at++] = value;
  };
  bool has_default = question.policies.empty();
  for (const std::string_view policy : question.policies) {
    if (policy == "OldestInstance")
      push(view.record.launched_at);
    else if (policy == "NewestInstance")
      push(-view.record.launched_at);
    else if (policy == "OldestLaunchTemplate")
      push(Outdated(question, view));
    else if (policy == "ClosestToNextInstanceHour")
      push(ToNextHour(question, view));
    else if (policy == "Default")
      has_default = true;
  }
  if (has_default) {
    push(Outdated(question, view));
    push(ToNextHour(question, view));
  }
  rank.back() = view.record.launched_at;
  return rank;
}

struct Ranked {
  Rank rank;
  const InstanceView* view;
  bool operator<(const Ranked& other) const {
    if (rank != other.rank) return rank < other.rank;
    return view->record.id < other.view->record.id;
  }
};

}  // namespace

std::vector<const InstanceView*> ChooseForTermination(ChoiceQuestion question, int count) {
  std::map<std::string, std::vector<Ranked>> by_zone;
  for (const auto* view : question.candidates) {
    by_zone[view->record.zone].push_back({RankOf(question, *view), view});
  }
  for (auto& [zone, ranked] : by_zone) {
    std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return b < a; });
  }
  std::vector<const InstanceView*> chosen;
  while (static_cast<int>(chosen.size()) < count) {
    std::vector<Ranked>* from = nullptr;
    int most = -1;
    for (auto& [zone, ranked] : by_zone) {
      if (ranked.empty()) continue;
      const int has = question.zones[zone];
      const bool better =
          from == nullptr || has > most || (has == most && ranked.back() < from->back());
      if (!better) continue;
      from = &ranked;
      most = has;
    }
    if (from == nullptr) break;
    chosen.push_back(from->back().view);
    --question.zones[from->back().view->record.zone];
    from->pop_back();
  }
  return chosen;
}

}  // namespace scv::control
