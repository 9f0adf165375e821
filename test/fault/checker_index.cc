#include "fault/checker_index.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace scv::fault {
namespace {

void SettleEffect(Write& write) {
  const bool unknown =
      std::any_of(write.attempts.begin(), write.attempts.end(),
                  [](const Attempt* attempt) { return attempt->outcome == Outcome::kUnknown; });
  const bool may_change_nothing =
      write.action == Action::kTrash || write.action == Action::kRestore;
  if (write.first_ok == nullptr) {
    if (!unknown) return;
    write.effect = Effect::kMaybe;
    if (write.expected) write.version = *write.expected + 1;
    if (write.action == Action::kCreate) write.version = 1;
  } else if (write.action == Action::kPurge) {
    write.effect = Effect::kMade;
  } else if (may_change_nothing && !write.expected) {
    write.effect = Effect::kMaybe;
  } else {
    const auto& sights = write.first_ok->sights;
    const std::uint32_t version = sights.empty() ? 0 : sights.front().version;
    if (may_change_nothing && version == write.expected) return;
    write.effect = Effect::kMade;
    write.version = version;
  }
}

void AddToWrite(const Attempt& attempt, Index& index) {
  Write& write = index.writes[attempt.key];
  if (write.attempts.empty()) {
    write.key = attempt.key;
    write.action = attempt.action;
    write.memo = attempt.memo;
    write.expected = attempt.expected;
  }
  write.attempts.push_back(&attempt);
  if (attempt.outcome == Outcome::kOk && write.first_ok == nullptr) write.first_ok = &attempt;
}

void AddSight(const Seen& seen, Index& index) {
  const Sight& sight = *seen.sight;
  MemoFacts& memo = index.memos[sight.memo];
  memo.id = sight.memo;
  memo.seen.push_back(seen);
  memo.version_max = std::max(memo.version_max, sight.version);
  if (seen.attempt == nullptr) memo.final_sight = &sight;
  if (sight.origin.empty()) return;
  memo.origin = sight.origin;
  index.memos_of_origin[sight.origin].insert(sight.memo);
}

void LinkWrites(Index& index) {
  for (auto& [key, write] : index.writes) {
    if (write.action == Action::kCreate) {
      if (write.first_ok != nullptr && !write.first_ok->sights.empty()) {
        write.memo = write.first_ok->sights.front().memo;
      } else if (const auto made = index.memos_of_origin.find(key);
                 made != index.memos_of_origin.end()) {
        write.memo = *made->second.begin();
      }
    }
    if (write.memo.empty()) continue;
    MemoFacts& memo = index.memos[write.memo];
    memo.id = write.memo;
    memo.writes.push_back(&write);
  }
}

}  // namespace

Index BuildIndex(const std::vector<Attempt>& attempts, const FinalState& final_state) {
  std::vector<const Attempt*> sorted;
  sorted.reserve(attempts.size());
  for (const Attempt& attempt : attempts) sorted.push_back(&attempt);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Attempt* a, const Attempt* b) { return a->completed < b->completed; });
  Index index;
  for (const Attempt* attempt : sorted) {
    if (IsWrite(attempt->action)) AddToWrite(*attempt, index);
    for (const Sight& sight : attempt->sights) AddSight({&sight, attempt}, index);
    if (attempt->status == 404 && !attempt->memo.empty()) {
      MemoFacts& memo = index.memos[attempt->memo];
      memo.id = attempt->memo;
      memo.not_founds.push_back(attempt);
    }
  }
  for (const Sight& sight : final_state) AddSight({&sight, nullptr}, index);
  for (auto& [key, write] : index.writes) SettleEffect(write);
  LinkWrites(index);
  return index;
}

std::string_view Name(ViolationKind kind) {
  constexpr std::array<std::string_view, 10> kNames = {
      "lost write",     "applied twice", "stale win",   "read went back", "read too old",
      "replay differs", "refused shows", "version gap", "version forked", "unwritten"};
  return kNames[static_cast<std::size_t>(kind)];
}

void Verdict::Add(ViolationKind kind, const std::string& memo, std::string story) {
  if (!reported_.emplace(kind, memo).second) return;
  violations_.push_back({kind, memo, std::move(story)});
}

std::string Describe(const Attempt& attempt) {
  const auto ms = [](Instant t) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f",
                  std::chrono::duration<double, std::milli>(t).count());
    return std::string(text.data());
  };
  std::string text =
      "client " + std::to_string(attempt.client) + "'s " + std::string(Name(attempt.action));
  if (!attempt.key.empty()) text += " " + attempt.key;
  if (attempt.expected) text += " of version " + std::to_string(*attempt.expected);
  text += " (" + ms(attempt.invoked) + "-" + ms(attempt.completed) + " ms, " +
          (attempt.status == 0 ? "no answer" : std::to_string(attempt.status)) +
          (attempt.replayed ? ", replayed)" : ")");
  return text;
}

std::string Describe(const Seen& seen) {
  return (seen.attempt == nullptr ? "the final state" : Describe(*seen.attempt)) +
         " shows version " + std::to_string(seen.sight->version) + " with the text of " +
         seen.sight->mark;
}

std::string Describe(const Write& write) {
  std::string text = std::string(Name(write.action)) + " " + write.key;
  if (write.effect == Effect::kMade && write.version != 0) {
    text += ", acknowledged as version " + std::to_string(write.version);
  }
  if (write.expected) text += ", expected " + std::to_string(*write.expected);
  return text;
}

}  // namespace scv::fault
