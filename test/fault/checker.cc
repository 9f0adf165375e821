// The rules about what each write did.
#include "fault/checker.h"

#include <algorithm>
#include <map>

#include "fault/checker_index.h"

namespace scv::fault {
namespace {

// Answered, for once and all: not "come back later".
bool IsFinalRefusal(const Attempt& attempt) {
  return attempt.outcome == Outcome::kRefused && attempt.status >= 400 && attempt.status < 500 &&
         attempt.status != 429;
}

void CheckReplays(const Write& write, Verdict& verdict) {
  if (write.effect != Effect::kMade) return;
  const Attempt& first = *write.first_ok;
  const auto differs = [&](const Attempt& again) {
    verdict.Add(ViolationKind::kReplayDiffers, write.memo,
                Describe(again) + " differs from the first answer, " + Describe(first));
  };
  std::size_t fresh = 0;
  for (const Attempt* attempt : write.attempts) {
    const bool later = attempt->invoked > first.completed;
    if (later && IsFinalRefusal(*attempt)) differs(*attempt);
    if (attempt->outcome != Outcome::kOk) continue;
    if (attempt->status != first.status || attempt->body_digest != first.body_digest) {
      differs(*attempt);
    }
    if (!attempt->replayed && ++fresh > 1) {
      verdict.Add(ViolationKind::kAppliedTwice, write.memo,
                  Describe(*attempt) + " was carried out anew after " + Describe(first));
    }
  }
}

// Every version of a memo needs exactly one write that made it.
class VersionRules {
 public:
  VersionRules(const MemoFacts& memo, Verdict& verdict) : memo_(memo), verdict_(verdict) {
    for (const Write* write : memo.writes) {
      if (write->action == Action::kPurge || write->effect == Effect::kNone) continue;
      if (write->effect == Effect::kMade) {
        makers_[write->version].push_back(write);
      } else if (write->version != 0) {
        ++maybe_at_[write->version];
      } else {
        ++maybe_anywhere_;
      }
    }
  }

  void Check() {
    for (const auto& [version, writes] : makers_) CheckMakers(version, writes);
    CheckExplained();
  }

 private:
  void CheckMakers(std::uint32_t version, const std::vector<const Write*>& writes) {
    for (const Write* write : writes) {
      const std::uint32_t should_be =
          write->action == Action::kCreate ? 1 : write->expected.value_or(version - 1) + 1;
      if (should_be == version) continue;
      const bool stale = write->expected && version > should_be;
      verdict_.Add(stale ? ViolationKind::kStaleWin : ViolationKind::kVersionGap, memo_.id,
                   Describe(*write) + " must have made version " + std::to_string(should_be));
    }
    if (writes.size() < 2) return;
    const bool stale = writes[0]->expected && writes[0]->expected == writes[1]->expected;
    verdict_.Add(stale ? ViolationKind::kStaleWin : ViolationKind::kVersionForked, memo_.id,
                 Describe(*writes[0]) + "; and " + Describe(*writes[1]));
  }

  void CheckExplained() {
    std::size_t maybes = maybe_anywhere_;
    for (const auto& [version, count] : maybe_at_) maybes += count;
    if (memo_.version_max > makers_.size() + maybes) {
      verdict_.Add(ViolationKind::kAppliedTwice, memo_.id,
                   "reached version " + std::to_string(memo_.version_max) + ", with " +
                       std::to_string(makers_.size()) + " acknowledged and " +
                       std::to_string(maybes) + " uncertain writes");
      return;
    }
    std::size_t open = 0;
    for (std::uint32_t version = 1; version <= memo_.version_max; ++version) {
      if (makers_.contains(version) || maybe_at_.contains(version)) continue;
      if (++open <= maybe_anywhere_) continue;
      verdict_.Add(ViolationKind::kVersionGap, memo_.id,
                   "nobody can have made version " + std::to_string(version) + " of " +
                       std::to_string(memo_.version_max));
      return;
    }
  }

  const MemoFacts& memo_;
  Verdict& verdict_;
  std::map<std::uint32_t, std::vector<const Write*>> makers_;
  std::map<std::uint32_t, std::size_t> maybe_at_;
  std::size_t maybe_anywhere_ = 0;
};

// A version has one content.
void CheckForks(const MemoFacts& memo, Verdict& verdict) {
  std::map<std::uint32_t, const Seen*> marks;
  std::map<std::uint32_t, const Seen*> digests;
  for (const Seen& seen : memo.seen) {
    const Sight& sight = *seen.sight;
    const Seen* mark = marks.try_emplace(sight.version, &seen).first->second;
    const Seen* digest = mark;
    if (sight.digest != 0) digest = digests.try_emplace(sight.version, &seen).first->second;
    const bool same = mark->sight->mark == sight.mark &&
                      (sight.digest == 0 || digest->sight->digest == sight.digest);
    if (same) continue;
    const Seen* other = mark->sight->mark == sight.mark ? digest : mark;
    verdict.Add(ViolationKind::kVersionForked, memo.id,
                Describe(seen) + ", another memo than where " + Describe(*other));
  }
}

// The text of a version is the last that was written up to it.
class TextRules {
 public:
  TextRules(const MemoFacts& memo, const Index& index, Verdict& verdict)
      : memo_(memo), index_(index), verdict_(verdict) {
    for (const Write* write : memo.writes) {
      if (WritesText(write->action) && write->effect == Effect::kMade) {
        writers_[write->version] = write;
      }
    }
  }

  void Check() {
    for (const Seen& seen : memo_.seen) {
      CheckOrigin(seen);
      CheckMark(seen);
    }
  }

 private:
  void CheckOrigin(const Seen& seen) {
    const std::string& origin = seen.sight->origin;
    if (origin.empty()) return;
    const auto found = index_.writes.find(origin);
    const Write* create = found == index_.writes.end() ? nullptr : &found->second;
    if (create == nullptr || create->action != Action::kCreate) {
      verdict_.Add(ViolationKind::kUnwritten, memo_.id,
                   Describe(seen) + ", made by " + origin + ", which is no create");
    } else if (create->refused()) {
      verdict_.Add(ViolationKind::kRefusedShows, memo_.id,
                   Describe(seen) + ", made by the refused " + Describe(*create));
    } else if (create->memo != memo_.id) {
      verdict_.Add(ViolationKind::kAppliedTwice, memo_.id,
                   Describe(seen) + ", made by " + origin + ", which made " + create->memo);
    }
  }

  void CheckMark(const Seen& seen) {
    const std::uint32_t version = seen.sight->version;
    const auto after = writers_.upper_bound(version);
    const Write* expected = after == writers_.begin() ? nullptr : std::prev(after)->second;
    if (expected != nullptr && expected->key == seen.sight->mark) return;
    const auto found = index_.writes.find(seen.sight->mark);
    const Write* writer = found == index_.writes.end() ? nullptr : &found->second;
    if (writer == nullptr || !WritesText(writer->action) || writer->memo != memo_.id) {
      verdict_.Add(ViolationKind::kUnwritten, memo_.id, Describe(seen) + ": nobody wrote it here");
    } else if (writer->refused()) {
      verdict_.Add(ViolationKind::kRefusedShows, memo_.id,
                   Describe(seen) + ", the refused " + Describe(*writer->attempts.front()));
    } else if (!FitsBetween(*writer, expected, version)) {
      verdict_.Add(ViolationKind::kAppliedTwice, memo_.id,
                   Describe(seen) + ", out of its place: " + Describe(*writer) +
                       (expected == nullptr ? "" : "; overwritten by " + Describe(*expected)));
    }
  }

  // Whether the write can be the last one up to `version`, after `overwritten`.
  static bool FitsBetween(const Write& writer, const Write* overwritten, std::uint32_t version) {
    if (writer.version == 0) return true;  // may have been carried out anywhere
    return writer.version <= version &&
           (overwritten == nullptr || writer.version > overwritten->version);
  }

  const MemoFacts& memo_;
  const Index& index_;
  Verdict& verdict_;
  std::map<std::uint32_t, const Write*> writers_;
};

}  // namespace

std::vector<Violation> Check(const std::vector<Attempt>& attempts, const FinalState& final_state) {
  const Index index = BuildIndex(attempts, final_state);
  Verdict verdict;
  for (const auto& [key, write] : index.writes) CheckReplays(write, verdict);
  for (const auto& [id, memo] : index.memos) {
    VersionRules(memo, verdict).Check();
    CheckForks(memo, verdict);
    TextRules(memo, index, verdict).Check();
    CheckTimes(memo, verdict);
    CheckEnd(memo, final_state, verdict);
  }
  return verdict.Take();
}

}  // namespace scv::fault
