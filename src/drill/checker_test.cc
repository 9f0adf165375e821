#include "drill/checker.h"

#include <gtest/gtest.h>

#include <numeric>

namespace scv::drill {
namespace {

constexpr const char* kSeoul = "ap-northeast-2";
constexpr const char* kTokyo = "ap-northeast-1";

Sight Shown(const std::string& memo, std::vector<std::string> lineage) {
  Sight sight{.memo = memo,
              .version = static_cast<std::uint32_t>(lineage.size()),
              .mark = lineage.empty() ? "" : lineage.back(),
              .lineage = std::move(lineage)};
  return sight;
}

Attempt Made(Action action, const std::string& key, Micros start, Outcome outcome) {
  Attempt attempt;
  attempt.action = action;
  attempt.key = key;
  attempt.start = start;
  attempt.end = start + 5;
  attempt.outcome = outcome;
  attempt.status = outcome == Outcome::kOk        ? 200
                   : outcome == Outcome::kRefused ? 412
                   : outcome == Outcome::kTurned  ? 503
                                                  : 0;
  attempt.region = kSeoul;
  attempt.last = true;
  return attempt;
}

// An acknowledged write that made the last of `lineage`.
Attempt Written(const std::string& memo, std::vector<std::string> lineage, Micros start) {
  const bool create = lineage.size() == 1;
  Attempt attempt =
      Made(create ? Action::kCreate : Action::kUpdate, lineage.back(), start, Outcome::kOk);
  if (!create) attempt.memo = memo;
  attempt.sights = {Shown(memo, std::move(lineage))};
  return attempt;
}

Attempt Read(const std::string& memo, std::vector<std::string> lineage, Micros start,
             const char* region = kSeoul) {
  static int number = 0;
  Attempt attempt = Made(Action::kGet, "r" + std::to_string(++number), start, Outcome::kOk);
  attempt.memo = memo;
  attempt.region = region;
  attempt.sights = {Shown(memo, std::move(lineage))};
  return attempt;
}

std::vector<FinalState> AtEnd(std::vector<Sight> memos) {
  return {FinalState{
      .client = 0, .read = true, .error = "", .region = kSeoul, .memos = std::move(memos)}};
}

std::size_t All(const Verdict& verdict) {
  return std::accumulate(verdict.counts.begin(), verdict.counts.end(), std::size_t{0});
}

std::string Stories(const Verdict& verdict) {
  std::string all;
  for (const auto& violation : verdict.violations) all += violation.story + "\n";
  return all;
}

const std::vector<Attempt> kClean{Written("m", {"a"}, 10), Read("m", {"a"}, 20),
                                  Written("m", {"a", "b"}, 30), Read("m", {"a", "b"}, 40),
                                  Written("m", {"a", "b", "c"}, 50)};

TEST(DrillChecker, FindsNothingInACleanHistory) {
  const auto verdict = Check(kClean, AtEnd({Shown("m", {"a", "b", "c"})}));
  EXPECT_EQ(All(verdict), 0U) << Stories(verdict);
  EXPECT_EQ(verdict.acknowledged, 3U);
  EXPECT_EQ(verdict.unsettled, 0U);
}

TEST(DrillChecker, AllowsWritesThatMayOrMayNotHaveHappened) {
  auto history = kClean;
  history.push_back(Made(Action::kUpdate, "d", 60, Outcome::kUnknown));
  history.back().memo = "m";
  EXPECT_EQ(All(Check(history, AtEnd({Shown("m", {"a", "b", "c"})}))), 0U);
  const auto done = Check(history, AtEnd({Shown("m", {"a", "b", "c", "d"})}));
  EXPECT_EQ(All(done), 0U) << Stories(done);
  EXPECT_EQ(done.unsettled, 1U);
}

TEST(DrillChecker, CountsEveryLostWrite) {
  const auto verdict = Check(kClean, AtEnd({Shown("m", {"a"})}));
  EXPECT_EQ(verdict.count(ViolationKind::kLost), 2U);
  EXPECT_EQ(All(verdict), 2U) << Stories(verdict);
  EXPECT_EQ(Check(kClean, AtEnd({})).count(ViolationKind::kLost), 3U);
}

TEST(DrillChecker, FindsALostWriteBehindANewerOne) {
  auto history = kClean;
  // The memo went back to version 2 and was written on from there.
  history.push_back(Made(Action::kUpdate, "d", 60, Outcome::kOk));
  history.back().memo = "m";
  history.back().sights = {Shown("m", {"a", "b", "d"})};
  const auto verdict = Check(history, AtEnd({Shown("m", {"a", "b", "d"})}));
  EXPECT_EQ(verdict.count(ViolationKind::kLost), 1U) << Stories(verdict);
  EXPECT_EQ(All(verdict), 1U) << Stories(verdict);
}

TEST(DrillChecker, FindsDuplicatedEffects) {
  const auto twice = Check(kClean, AtEnd({Shown("m", {"a", "b", "c", "b"})}));
  EXPECT_EQ(twice.count(ViolationKind::kDuplicated), 1U) << Stories(twice);
  const auto two_memos = Check(kClean, AtEnd({Shown("m", {"a", "b", "c"}), Shown("n", {"a"})}));
  EXPECT_EQ(two_memos.count(ViolationKind::kDuplicated), 1U) << Stories(two_memos);
  auto bumped = Shown("m", {"a", "b", "c"});
  bumped.version = 4;
  EXPECT_EQ(Check(kClean, AtEnd({bumped})).count(ViolationKind::kDuplicated), 1U);
}

TEST(DrillChecker, FindsReorderedEffects) {
  const auto verdict = Check(kClean, AtEnd({Shown("m", {"a", "c", "b"})}));
  EXPECT_GE(verdict.count(ViolationKind::kReordered), 2U) << Stories(verdict);
  EXPECT_EQ(verdict.count(ViolationKind::kLost), 0U);
}

TEST(DrillChecker, FindsStaleReadsWithinARegionOnly) {
  auto history = kClean;
  history.push_back(Read("m", {"a", "b"}, 60));
  const auto end = AtEnd({Shown("m", {"a", "b", "c"})});
  const auto verdict = Check(history, end);
  EXPECT_EQ(verdict.count(ViolationKind::kStaleRead), 1U) << Stories(verdict);
  EXPECT_EQ(All(verdict), 1U);
  history.back() = Read("m", {"a", "b"}, 60, kTokyo);
  const auto across = Check(history, end);
  EXPECT_EQ(All(across), 0U) << Stories(across);
  EXPECT_EQ(across.stale_across_regions, 1U);
}

TEST(DrillChecker, AllowsReadsThatOverlapTheWrite) {
  auto history = kClean;
  history.push_back(Read("m", {"a", "b"}, 52));
  EXPECT_EQ(All(Check(history, AtEnd({Shown("m", {"a", "b", "c"})}))), 0U);
}

TEST(DrillChecker, ANotFoundAfterTheAcknowledgementIsStale) {
  auto history = kClean;
  Attempt missing = Made(Action::kGet, "gone", 70, Outcome::kRefused);
  missing.status = 404;
  missing.memo = "m";
  history.push_back(missing);
  const auto verdict = Check(history, AtEnd({Shown("m", {"a", "b", "c"})}));
  EXPECT_EQ(verdict.count(ViolationKind::kStaleRead), 1U) << Stories(verdict);
}

TEST(DrillChecker, ReplaysShowWhatWasTrueThen) {
  auto history = kClean;
  Attempt replay = Written("m", {"a", "b"}, 70);
  replay.replayed = true;
  history.push_back(replay);
  const auto verdict = Check(history, AtEnd({Shown("m", {"a", "b", "c"})}));
  EXPECT_EQ(All(verdict), 0U) << Stories(verdict);
}

TEST(DrillChecker, FindsWhatWasShownAndIsGone) {
  auto history = kClean;
  history.push_back(Made(Action::kUpdate, "d", 60, Outcome::kUnknown));
  history.back().memo = "m";
  history.push_back(Read("m", {"a", "b", "c", "d"}, 70));
  const auto verdict = Check(history, AtEnd({Shown("m", {"a", "b", "c"})}));
  EXPECT_EQ(verdict.count(ViolationKind::kVanished), 1U) << Stories(verdict);
  EXPECT_EQ(All(verdict), 1U) << Stories(verdict);
}

TEST(DrillChecker, FindsRefusedWritesThatShow) {
  for (const Outcome outcome : {Outcome::kRefused, Outcome::kTurned}) {
    auto history = kClean;
    history.push_back(Made(Action::kUpdate, "d", 60, outcome));
    history.back().memo = "m";
    const auto verdict = Check(history, AtEnd({Shown("m", {"a", "b", "c", "d"})}));
    EXPECT_EQ(verdict.count(ViolationKind::kRefusedShows), 1U) << Stories(verdict);
  }
}

TEST(DrillChecker, FindsTextThatNobodyWrote) {
  const auto verdict = Check(kClean, AtEnd({Shown("m", {"a", "b", "c", "x"})}));
  EXPECT_EQ(verdict.count(ViolationKind::kUnwritten), 1U) << Stories(verdict);
}

TEST(DrillChecker, SaysWhoseStateIsUnknown) {
  const std::vector<FinalState> finals{
      {.client = 0, .read = false, .error = "no answer", .region = "", .memos = {}}};
  const auto verdict = Check(kClean, finals);
  EXPECT_EQ(All(verdict), 0U) << Stories(verdict);
  ASSERT_EQ(verdict.unread.size(), 1U);
  EXPECT_EQ(verdict.unread.front(), "client 0: no answer");
}

TEST(DrillChecker, CountsWhatBothRegionsAcknowledged) {
  auto first = Written("m", {"a"}, 0);
  first.global = true;
  const auto second = Written("m", {"a", "b"}, 10);
  const auto verdict = Check({first, second}, AtEnd({Shown("m", {"a", "b"})}));
  EXPECT_EQ(verdict.acknowledged, 2U);
  EXPECT_EQ(verdict.acknowledged_globally, 1U);
}

TEST(DrillChecker, JudgesALongHistoryQuickly) {
  std::vector<Attempt> history;
  std::vector<Sight> memos;
  for (int memo = 0; memo < 500; ++memo) {
    std::vector<std::string> lineage;
    const auto id = "m" + std::to_string(memo);
    for (int i = 0; i < 20; ++i) {
      lineage.push_back(id + "-" + std::to_string(i));
      history.push_back(Written(id, lineage, memo * 1000 + i * 10));
    }
    memos.push_back(Shown(id, lineage));
  }
  const auto verdict = Check(history, AtEnd(memos));
  EXPECT_EQ(All(verdict), 0U) << Stories(verdict);
  EXPECT_EQ(verdict.acknowledged, 10'000U);
}

}  // namespace
}  // namespace scv::drill
