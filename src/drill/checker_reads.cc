// The rule about what was shown when: within a region nobody is shown less than what was
// acknowledged or shown there before the request.
#include <fmt/format.h>

#include <algorithm>

#include "drill/checker_index.h"

namespace scv::drill {
namespace {

// What an answer fixed: from its end on, its region must not show less.
struct Floor {
  Micros from = 0;
  std::uint32_t version = 0;
  const Attempt* attempt = nullptr;
};

// Sweeps over the looks by start, with everything that was complete before.
class Floors {
 public:
  Floors(const MemoFacts& memo, bool end_is_known) {
    for (const Look& look : memo.looks) {
      if (look.sight == nullptr) continue;
      // What is not there at the end is judged as lost or vanished, not as stale as well.
      if (end_is_known && !memo.place.contains(look.sight->mark)) continue;
      all_.push_back({look.attempt->end, look.sight->version, look.attempt});
    }
    std::stable_sort(all_.begin(), all_.end(),
                     [](const Floor& a, const Floor& b) { return a.from < b.from; });
  }

  void AdvanceTo(Micros now) {
    for (; next_ < all_.size() && all_[next_].from < now; ++next_) {
      const Floor& floor = all_[next_];
      Raise(regions_[floor.attempt->region], floor);
      Raise(highest_, floor);
    }
  }
  const Floor& OfRegion(const std::string& region) { return regions_[region]; }
  const Floor& highest() const { return highest_; }

 private:
  static void Raise(Floor& floor, const Floor& by) {
    if (by.version > floor.version) floor = by;
  }
  std::vector<Floor> all_;
  std::size_t next_ = 0;
  std::map<std::string, Floor> regions_;
  Floor highest_;
};

}  // namespace

void CheckStale(const Index& index, Findings& findings, Verdict& verdict) {
  for (const auto& [id, memo] : index.memos) {
    if (memo.looks.empty()) continue;
    const int client = memo.looks.front().attempt->client;
    Floors floors(memo, index.read_clients.contains(client));
    for (const Look& look : memo.looks) {
      const Attempt& attempt = *look.attempt;
      if (attempt.replayed) continue;  // shows what was true when the write was carried out
      floors.AdvanceTo(attempt.start);
      const std::uint32_t version = look.sight == nullptr ? 0 : look.sight->version;
      const Floor& own = floors.OfRegion(attempt.region);
      if (version < own.version) {
        findings.Add(ViolationKind::kStaleRead, id, attempt.key + id,
                     fmt::format("{} shows version {}, though before {} showed {}",
                                 Describe(attempt), version, Describe(*own.attempt), own.version));
      } else if (version < floors.highest().version) {
        ++verdict.stale_across_regions;
      }
    }
  }
}

}  // namespace scv::drill
