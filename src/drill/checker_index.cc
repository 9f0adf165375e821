#include "drill/checker_index.h"

#include <fmt/format.h>

#include <algorithm>

namespace scv::drill {
namespace {

constexpr std::size_t kStoriesOfAKind = 20;

void AddToWrite(const Attempt& attempt, Index& index) {
  Write& write = index.writes[attempt.key];
  if (write.first == nullptr || attempt.start < write.first->start) write.first = &attempt;
  if (write.last == nullptr || attempt.end >= write.last->end) write.last = &attempt;
  write.unknown |= attempt.outcome == Outcome::kUnknown;
  if (!attempt.memo.empty()) write.memo = attempt.memo;
  if (attempt.outcome != Outcome::kOk || attempt.sights.empty()) return;
  if (write.acknowledged != nullptr && write.acknowledged->end <= attempt.end) return;
  write.acknowledged = &attempt;
  write.memo = attempt.sights.front().memo;
  write.version = attempt.sights.front().version;
}

void AddFinal(const FinalState& state, Index& index) {
  if (!state.read) return;
  index.read_clients.insert(state.client);
  for (const Sight& sight : state.memos) {
    MemoFacts& memo = index.memos[sight.memo];
    memo.at_end = &sight;
    for (std::size_t i = 0; i < sight.lineage.size(); ++i) memo.place.emplace(sight.lineage[i], i);
  }
}

}  // namespace

Index BuildIndex(const std::vector<Attempt>& attempts, const std::vector<FinalState>& finals) {
  Index index;
  for (const FinalState& state : finals) AddFinal(state, index);
  for (const Attempt& attempt : attempts) {
    if (IsWrite(attempt.action)) AddToWrite(attempt, index);
    for (const Sight& sight : attempt.sights) {
      index.memos[sight.memo].looks.push_back({&attempt, &sight});
    }
    if (attempt.status == 404 && !attempt.memo.empty()) {
      index.memos[attempt.memo].looks.push_back({&attempt, nullptr});
    }
  }
  for (auto& [id, memo] : index.memos) {
    std::stable_sort(memo.looks.begin(), memo.looks.end(), [](const Look& a, const Look& b) {
      return a.attempt->start < b.attempt->start;
    });
  }
  return index;
}

void Findings::Add(ViolationKind kind, const std::string& memo, const std::string& subject,
                   const std::string& story) {
  if (!reported_.emplace(kind, subject).second) return;
  const std::size_t count = ++verdict_.counts[static_cast<std::size_t>(kind)];
  if (count <= kStoriesOfAKind) verdict_.violations.push_back({kind, memo, story});
}

std::string Describe(const Attempt& attempt) {
  return fmt::format("client {}'s {} {} at {:.1f}-{:.1f} ms ({}{}{})", attempt.client,
                     Name(attempt.action), attempt.key, static_cast<double>(attempt.start) / 1000,
                     static_cast<double>(attempt.end) / 1000,
                     attempt.status == 0 ? "no answer" : std::to_string(attempt.status),
                     attempt.region.empty() ? "" : ", " + attempt.region,
                     attempt.replayed ? ", replayed" : "");
}

}  // namespace scv::drill
