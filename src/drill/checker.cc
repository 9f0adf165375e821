#include "drill/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "drill/checker_index.h"

namespace scv::drill {
namespace {

constexpr std::array<std::string_view, kViolationKinds> kNames{
    "lost write",      "duplicated effect",   "reordered effect", "stale read",
    "vanished effect", "refused write shows", "unwritten text"};

// What became of every write.
class WriteRules {
 public:
  WriteRules(const Index& index, Findings& findings, Verdict& verdict)
      : index_(index), findings_(findings), verdict_(verdict) {}

  void Check() {
    for (const auto& [key, write] : index_.writes) {
      if (write.acknowledged != nullptr) {
        ++verdict_.acknowledged;
        if (write.acknowledged->global) ++verdict_.acknowledged_globally;
      } else if (write.last->outcome != Outcome::kRefused) {
        ++verdict_.unsettled;
      }
      if (!index_.read_clients.contains(write.first->client)) continue;
      if (write.acknowledged != nullptr) {
        CheckAcknowledged(key, write);
      } else if (!write.unknown || write.last->outcome == Outcome::kRefused) {
        CheckRefused(key, write);
      }
    }
  }

 private:
  void CheckAcknowledged(const std::string& key, const Write& write) {
    const auto memo = index_.memos.find(write.memo);
    const bool there = memo != index_.memos.end() && memo->second.at_end != nullptr;
    if (!there || !memo->second.place.contains(key)) {
      findings_.Add(ViolationKind::kLost, write.memo, key,
                    fmt::format("{} was acknowledged as version {}, and at the end the memo {}",
                                Describe(*write.acknowledged), write.version,
                                there ? "does not have it" : "is not there"));
      return;
    }
    const std::size_t line = memo->second.place.at(key) + 1;
    if (line == write.version) return;
    findings_.Add(ViolationKind::kReordered, write.memo, key,
                  fmt::format("{} was acknowledged as version {}, and at the end it is effect {}",
                              Describe(*write.acknowledged), write.version, line));
  }

  void CheckRefused(const std::string& key, const Write& write) {
    const auto memo = index_.memos.find(write.memo);
    if (memo == index_.memos.end() || !memo->second.place.contains(key)) return;
    findings_.Add(ViolationKind::kRefusedShows, write.memo, key,
                  Describe(*write.last) + " was told that nothing was done, and it shows");
  }

  const Index& index_;
  Findings& findings_;
  Verdict& verdict_;
};

// What the lineages that were shown say.
class LineageRules {
 public:
  LineageRules(const Index& index, Findings& findings) : index_(index), findings_(findings) {}

  void Check(const std::vector<Attempt>& attempts, const std::vector<FinalState>& finals) {
    for (const Attempt& attempt : attempts) {
      for (const Sight& sight : attempt.sights) {
        if (!sight.lineage.empty()) CheckShape(sight, attempt.client, Describe(attempt));
        if (index_.read_clients.contains(attempt.client)) CheckAgainstEnd(sight, attempt);
      }
    }
    for (const FinalState& state : finals) CheckFinal(state);
  }

 private:
  void CheckFinal(const FinalState& state) {
    std::unordered_set<std::string_view> origins;
    for (const Sight& sight : state.memos) {
      if (sight.lineage.empty()) continue;
      CheckShape(sight, state.client, "the final state");
      if (origins.insert(sight.lineage.front()).second) continue;
      findings_.Add(ViolationKind::kDuplicated, sight.memo, sight.lineage.front(),
                    "at the end there are two memos of the create " + sight.lineage.front());
    }
  }

  // One sight alone.
  void CheckShape(const Sight& sight, int client, const std::string& who) {
    std::unordered_set<std::string_view> seen;
    for (const auto& key : sight.lineage) {
      const auto write = index_.writes.find(key);
      if (write == index_.writes.end() || write->second.first->client != client) {
        findings_.Add(ViolationKind::kUnwritten, sight.memo, key,
                      who + " shows " + key + ", which that client never wrote");
      }
      if (seen.insert(key).second) continue;
      findings_.Add(ViolationKind::kDuplicated, sight.memo, key, who + " shows " + key + " twice");
    }
    if (sight.version == sight.lineage.size()) return;
    const bool more = sight.version > sight.lineage.size();
    findings_.Add(more ? ViolationKind::kDuplicated : ViolationKind::kReordered, sight.memo,
                  sight.memo + "/" + std::to_string(sight.version),
                  fmt::format("{} shows version {} with {} effects", who, sight.version,
                              sight.lineage.size()));
  }

  // What was shown once must still be there, at the same place.
  void CheckAgainstEnd(const Sight& sight, const Attempt& attempt) {
    const MemoFacts& memo = index_.memos.at(sight.memo);
    static const std::vector<std::string> kNothing;
    const auto& end = memo.at_end == nullptr ? kNothing : memo.at_end->lineage;
    if (sight.lineage.empty()) {
      const bool same =
          sight.version >= 1 && sight.version <= end.size() && end[sight.version - 1] == sight.mark;
      if (!same) CheckGone(sight.mark, memo, sight, attempt);
      return;
    }
    const auto fork =
        std::mismatch(sight.lineage.begin(), sight.lineage.end(), end.begin(), end.end()).first;
    for (auto key = fork; key != sight.lineage.end(); ++key) CheckGone(*key, memo, sight, attempt);
  }

  void CheckGone(const std::string& key, const MemoFacts& memo, const Sight& sight,
                 const Attempt& attempt) {
    const auto write = index_.writes.find(key);
    if (write == index_.writes.end()) return;  // kUnwritten
    if (memo.place.contains(key)) {
      findings_.Add(ViolationKind::kReordered, sight.memo, key,
                    Describe(attempt) + " shows " + key + " at another place than at the end");
    } else if (write->second.acknowledged == nullptr) {
      findings_.Add(ViolationKind::kVanished, sight.memo, key,
                    Describe(attempt) + " shows " + key + ", which is not there at the end");
    }  // else: kLost
  }

  const Index& index_;
  Findings& findings_;
};

}  // namespace

std::string_view Name(ViolationKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

Verdict Check(const std::vector<Attempt>& attempts, const std::vector<FinalState>& finals) {
  const Index index = BuildIndex(attempts, finals);
  Verdict verdict;
  Findings findings(verdict);
  for (const FinalState& state : finals) {
    if (state.read) continue;
    verdict.unread.push_back(fmt::format("client {}: {}", state.client, state.error));
  }
  WriteRules(index, findings, verdict).Check();
  LineageRules(index, findings).Check(attempts, finals);
  CheckStale(index, findings, verdict);
  return verdict;
}

}  // namespace scv::drill
