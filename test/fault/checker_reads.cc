// The rules about what was shown when, and what is there at the end.
#include <algorithm>
#include <unordered_map>

#include "fault/checker_index.h"

namespace scv::fault {
namespace {

// Sweeps over the requests in the order of their invocation, with what had been shown before.
class Floor {
 public:
  explicit Floor(const MemoFacts& memo) {
    for (const Seen& seen : memo.seen) {
      if (seen.attempt != nullptr) shown_.push_back(&seen);
    }
    std::stable_sort(shown_.begin(), shown_.end(), [](const Seen* a, const Seen* b) {
      return a->attempt->completed < b->attempt->completed;
    });
  }

  // Everything that was complete before `now`; the calls' times never decrease.
  void AdvanceTo(Instant now) {
    for (; next_ < shown_.size() && shown_[next_]->attempt->completed < now; ++next_) {
      const Seen* seen = shown_[next_];
      Raise(highest_, seen);
      Raise(own_[seen->attempt->client], seen);
    }
  }
  const Seen* highest() const { return highest_; }
  const Seen* HighestOf(int client) const {
    const auto found = own_.find(client);
    return found == own_.end() ? nullptr : found->second;
  }

 private:
  static void Raise(const Seen*& floor, const Seen* seen) {
    if (floor == nullptr || seen->sight->version > floor->sight->version) floor = seen;
  }

  std::vector<const Seen*> shown_;
  std::size_t next_ = 0;
  const Seen* highest_ = nullptr;
  std::unordered_map<int, const Seen*> own_;
};

// Whether a purge may have taken effect before `completed`.
bool MayBePurged(const MemoFacts& memo, Instant completed) {
  return std::any_of(memo.writes.begin(), memo.writes.end(), [&](const Write* write) {
    return write->action == Action::kPurge && write->effect != Effect::kNone &&
           std::any_of(write->attempts.begin(), write->attempts.end(),
                       [&](const Attempt* attempt) { return attempt->invoked < completed; });
  });
}

// The purge that was acknowledged first, if any.
const Write* PurgeOf(const MemoFacts& memo) {
  const Write* first = nullptr;
  for (const Write* write : memo.writes) {
    if (write->action != Action::kPurge || write->effect != Effect::kMade) continue;
    if (first == nullptr || write->first_ok->completed < first->first_ok->completed) first = write;
  }
  return first;
}

void CheckSeen(const MemoFacts& memo, const Seen& seen, const Floor& floor, Verdict& verdict) {
  const std::uint32_t version = seen.sight->version;
  const Seen* own = floor.HighestOf(seen.attempt->client);
  if (own != nullptr && own->sight->version > version) {
    verdict.Add(ViolationKind::kReadWentBack, memo.id,
                Describe(seen) + ", though before " + Describe(*own));
  } else if (floor.highest() != nullptr && floor.highest()->sight->version > version) {
    verdict.Add(ViolationKind::kReadTooOld, memo.id,
                Describe(seen) + ", though before " + Describe(*floor.highest()));
  }
}

// Answered 404, though it was there and nobody can have purged it.
void CheckMissing(const MemoFacts& memo, Verdict& verdict) {
  std::vector<const Attempt*> sorted = memo.not_founds;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Attempt* a, const Attempt* b) { return a->invoked < b->invoked; });
  Floor floor(memo);
  for (const Attempt* missing : sorted) {
    floor.AdvanceTo(missing->invoked);
    if (floor.highest() == nullptr || MayBePurged(memo, missing->completed)) continue;
    verdict.Add(ViolationKind::kReadTooOld, memo.id,
                Describe(*missing) + ", though before " + Describe(*floor.highest()));
  }
}

}  // namespace

void CheckTimes(const MemoFacts& memo, Verdict& verdict) {
  std::vector<const Seen*> fresh;
  for (const Seen& seen : memo.seen) {
    // A replay shows what was true when the write was carried out.
    if (seen.attempt != nullptr && !seen.attempt->replayed) fresh.push_back(&seen);
  }
  std::stable_sort(fresh.begin(), fresh.end(), [](const Seen* a, const Seen* b) {
    return a->attempt->invoked < b->attempt->invoked;
  });
  const Write* purge = PurgeOf(memo);
  Floor floor(memo);
  for (const Seen* seen : fresh) {
    floor.AdvanceTo(seen->attempt->invoked);
    CheckSeen(memo, *seen, floor, verdict);
    if (purge != nullptr && purge->first_ok->completed < seen->attempt->invoked) {
      verdict.Add(ViolationKind::kReadTooOld, memo.id,
                  Describe(*seen) + ", though before " + Describe(*purge->first_ok));
    }
  }
  CheckMissing(memo, verdict);
}

void CheckEnd(const MemoFacts& memo, const FinalState& final_state, Verdict& verdict) {
  const Write* purge = PurgeOf(memo);
  if (memo.final_sight == nullptr) {
    if (memo.seen.empty() || MayBePurged(memo, Instant::max())) return;
    verdict.Add(
        ViolationKind::kLostWrite, memo.id,
        "gone at the end, though " + Describe(memo.seen.front()) + ", and nobody purged it");
    return;
  }
  if (purge != nullptr) {
    verdict.Add(ViolationKind::kLostWrite, memo.id,
                "there at the end, though purged by " + Describe(*purge->first_ok));
  }
  for (const Seen& seen : memo.seen) {
    if (seen.sight->version <= memo.final_sight->version) continue;
    verdict.Add(ViolationKind::kLostWrite, memo.id,
                Describe(Seen{memo.final_sight, nullptr}) + ", though " + Describe(seen));
    break;
  }
  const auto same = [&](const Sight& sight) { return sight.memo == memo.id; };
  if (std::count_if(final_state.begin(), final_state.end(), same) > 1) {
    verdict.Add(ViolationKind::kAppliedTwice, memo.id, "is there twice at the end");
  }
}

}  // namespace scv::fault
