// Every kind of violation is shown to be caught, on the smallest history that has it, and what a
// client may see in an outage is shown to be none.
#include "fault/checker.h"

#include <gtest/gtest.h>

#include <set>

namespace scv::fault {
namespace {

constexpr const char* kMemo = "m1";

class CheckerTest : public testing::Test {
 protected:
  // The next request takes effect one millisecond after the previous one was answered.
  Attempt& Add(int client, Action action, const std::string& key) {
    Attempt attempt;
    attempt.client = client;
    attempt.action = action;
    attempt.key = key;
    attempt.memo = action == Action::kCreate ? "" : kMemo;
    attempt.invoked = now_ += std::chrono::milliseconds(1);
    attempt.completed = now_ += std::chrono::milliseconds(1);
    attempt.outcome = Outcome::kOk;
    attempt.status = action == Action::kCreate ? 201 : 200;
    return history_.emplace_back(std::move(attempt));
  }

  static Sight See(std::uint32_t version, const std::string& mark) {
    return {kMemo, version, mark, "create", std::hash<std::string>()(mark) + version};
  }

  Attempt& Create() {
    Attempt& attempt = Add(1, Action::kCreate, "create");
    attempt.sights = {See(1, "create")};
    return attempt;
  }

  // An acknowledged edit that makes version `expected` + 1.
  Attempt& Edit(int client, const std::string& key, std::uint32_t expected) {
    Attempt& attempt = Add(client, Action::kReplace, key);
    attempt.expected = expected;
    attempt.sights = {See(expected + 1, key)};
    attempt.body_digest = std::hash<std::string>()(key);
    return attempt;
  }

  Attempt& Unanswered(int client, const std::string& key, std::optional<std::uint32_t> expected) {
    Attempt& attempt = Add(client, expected ? Action::kReplace : Action::kPatch, key);
    attempt.expected = expected;
    attempt.outcome = Outcome::kUnknown;
    attempt.status = 0;
    return attempt;
  }

  Attempt& Refused(int client, const std::string& key, std::uint32_t expected, unsigned status) {
    Attempt& attempt = Add(client, Action::kReplace, key);
    attempt.expected = expected;
    attempt.outcome = Outcome::kRefused;
    attempt.status = status;
    return attempt;
  }

  Attempt& Get(int client, std::uint32_t version, const std::string& mark) {
    Attempt& attempt = Add(client, Action::kGet, "");
    attempt.sights = {See(version, mark)};
    return attempt;
  }

  // Trash or restore, answered with `version`.
  Attempt& Move(Action action, const std::string& key, std::uint32_t expected,
                std::uint32_t version, const std::string& mark) {
    Attempt& attempt = Add(1, action, key);
    attempt.expected = expected;
    attempt.sights = {See(version, mark)};
    return attempt;
  }

  Attempt& Purge(std::uint32_t expected) {
    Attempt& attempt = Add(1, Action::kPurge, "purge");
    attempt.expected = expected;
    attempt.status = 204;
    return attempt;
  }

  std::set<ViolationKind> Kinds(const FinalState& final_state) const {
    std::set<ViolationKind> kinds;
    for (const Violation& violation : Check(history_, final_state)) {
      EXPECT_FALSE(violation.story.empty());
      kinds.insert(violation.kind);
    }
    return kinds;
  }

  void ExpectGood(const FinalState& final_state) const {
    for (const Violation& violation : Check(history_, final_state)) {
      ADD_FAILURE() << Name(violation.kind) << ": " << violation.story;
    }
  }

  std::vector<Attempt> history_;
  Instant now_{0};
};

using KindSet = std::set<ViolationKind>;

TEST_F(CheckerTest, NothingHappenedAndNothingIsThere) { ExpectGood({}); }

TEST_F(CheckerTest, AQuietDayIsGood) {
  Create();
  Edit(1, "e1", 1);
  Get(2, 2, "e1");
  Refused(2, "e2", 1, 412).sights = {See(2, "e1")};
  Move(Action::kTrash, "t", 2, 3, "e1");
  Refused(2, "e3", 3, 409);
  Move(Action::kRestore, "r", 3, 4, "e1");
  Edit(2, "e4", 4);
  ExpectGood({See(5, "e4")});
}

TEST_F(CheckerTest, UnknownWritesMayHaveHappenedOrNot) {
  Create();
  Unanswered(1, "u1", 1);
  ExpectGood({See(1, "create")});
  ExpectGood({See(2, "u1")});
  Unanswered(2, "u2", std::nullopt);
  ExpectGood({See(2, "u2")});
  ExpectGood({See(3, "u2")});
  Edit(3, "e", 2);
  ExpectGood({See(3, "e")});
}

TEST_F(CheckerTest, AnUnknownCreateMayHaveHappenedOrNot) {
  Create().outcome = Outcome::kUnknown;
  history_.back().sights.clear();
  ExpectGood({});
  ExpectGood({See(1, "create")});
}

TEST_F(CheckerTest, RepeatsThatAreReplayedAreGood) {
  Create();
  Unanswered(1, "e1", 1);
  Edit(1, "e1", 1).replayed = true;
  Edit(2, "e2", 2);
  Edit(1, "e1", 1).replayed = true;
  Get(1, 3, "e2");
  ExpectGood({See(3, "e2")});
}

TEST_F(CheckerTest, PurgedForEverIsGood) {
  Create();
  Move(Action::kTrash, "t", 1, 2, "create");
  Purge(2);
  Refused(2, "e", 2, 404);
  ExpectGood({});
}

TEST_F(CheckerTest, AnUnansweredPurgeMayHaveHappened) {
  Create();
  Move(Action::kTrash, "t", 1, 2, "create");
  Purge(2).outcome = Outcome::kUnknown;
  ExpectGood({});
  ExpectGood({See(2, "create")});
}

TEST_F(CheckerTest, ATrashThatFoundItTrashedMadeNothing) {
  Create();
  Move(Action::kTrash, "t1", 1, 2, "create");
  Move(Action::kTrash, "t2", 2, 2, "create");
  Edit(2, "e", 2).outcome = Outcome::kRefused;
  history_.back().status = 409;
  history_.back().sights.clear();
  ExpectGood({See(2, "create")});
}

TEST_F(CheckerTest, ReadsThatOverlapAWriteMaySeeEither) {
  Create();
  Edit(1, "e1", 1).invoked -= std::chrono::milliseconds(10);
  Attempt& read = Get(2, 1, "create");
  read.invoked = history_[1].invoked;
  ExpectGood({See(2, "e1")});
}

TEST_F(CheckerTest, LostCreate) {
  Create();
  EXPECT_EQ(Kinds({}), KindSet{ViolationKind::kLostWrite});
}

TEST_F(CheckerTest, LostEdit) {
  Create();
  Edit(1, "e1", 1);
  EXPECT_EQ(Kinds({See(1, "create")}), KindSet{ViolationKind::kLostWrite});
}

TEST_F(CheckerTest, LostPurge) {
  Create();
  Move(Action::kTrash, "t", 1, 2, "create");
  Purge(2);
  EXPECT_EQ(Kinds({See(2, "create")}), KindSet{ViolationKind::kLostWrite});
}

TEST_F(CheckerTest, LostEditUnderAnother) {
  Create();
  Edit(1, "e1", 1);
  Edit(1, "e2", 1);
  history_.back().expected = std::nullopt;
  EXPECT_TRUE(Kinds({See(2, "e2")}).contains(ViolationKind::kVersionForked));
}

TEST_F(CheckerTest, CreatedTwice) {
  Create();
  Sight twin = See(1, "create");
  twin.memo = "m2";
  EXPECT_TRUE(Kinds({See(1, "create"), twin}).contains(ViolationKind::kAppliedTwice));
}

TEST_F(CheckerTest, UnknownCreateAppliedTwice) {
  Create().outcome = Outcome::kUnknown;
  history_.back().sights.clear();
  Sight twin = See(1, "create");
  twin.memo = "m2";
  EXPECT_TRUE(Kinds({See(1, "create"), twin}).contains(ViolationKind::kAppliedTwice));
}

TEST_F(CheckerTest, ListedTwice) {
  Create();
  EXPECT_TRUE(Kinds({See(1, "create"), See(1, "create")}).contains(ViolationKind::kAppliedTwice));
}

TEST_F(CheckerTest, MoreVersionsThanWrites) {
  Create();
  Edit(1, "e1", 1);
  EXPECT_EQ(Kinds({See(3, "e1")}), KindSet{ViolationKind::kAppliedTwice});
}

TEST_F(CheckerTest, OverwrittenTextComesBack) {
  Create();
  Edit(1, "e1", 1);
  Edit(2, "e2", 2);
  Unanswered(3, "u", std::nullopt);
  EXPECT_EQ(Kinds({See(4, "e1")}), KindSet{ViolationKind::kAppliedTwice});
}

TEST_F(CheckerTest, CarriedOutAnew) {
  Create();
  Edit(1, "e1", 1);
  Edit(1, "e1", 1);
  EXPECT_EQ(Kinds({See(2, "e1")}), KindSet{ViolationKind::kAppliedTwice});
}

TEST_F(CheckerTest, TwoWinnersOfOneVersion) {
  Create();
  Edit(1, "e1", 1);
  Edit(2, "e2", 1);
  EXPECT_TRUE(Kinds({See(2, "e2")}).contains(ViolationKind::kStaleWin));
}

TEST_F(CheckerTest, AWinAgainstAMemoThatHadMovedOn) {
  Create();
  Edit(1, "e1", 1);
  Edit(2, "e2", 1).sights = {See(3, "e2")};
  EXPECT_EQ(Kinds({See(3, "e2")}), KindSet{ViolationKind::kStaleWin});
}

TEST_F(CheckerTest, OneClientReadsBackwards) {
  Create();
  Edit(1, "e1", 1);
  Get(2, 2, "e1");
  Get(2, 1, "create");
  EXPECT_EQ(Kinds({See(2, "e1")}), KindSet{ViolationKind::kReadWentBack});
}

TEST_F(CheckerTest, AReadAfterAnAcknowledgedWriteIsTooOld) {
  Create();
  Edit(1, "e1", 1);
  Get(2, 1, "create");
  EXPECT_EQ(Kinds({See(2, "e1")}), KindSet{ViolationKind::kReadTooOld});
}

TEST_F(CheckerTest, AReadAfterSomebodyElsesReadIsTooOld) {
  Create();
  Unanswered(1, "u", 1);
  Get(2, 2, "u");
  Get(3, 1, "create");
  EXPECT_EQ(Kinds({See(2, "u")}), KindSet{ViolationKind::kReadTooOld});
}

TEST_F(CheckerTest, NotFoundAlthoughItWasThere) {
  Create();
  Attempt& read = Get(2, 1, "");
  read.sights.clear();
  read.outcome = Outcome::kRefused;
  read.status = 404;
  EXPECT_EQ(Kinds({See(1, "create")}), KindSet{ViolationKind::kReadTooOld});
}

TEST_F(CheckerTest, ReadAfterThePurge) {
  Create();
  Move(Action::kTrash, "t", 1, 2, "create");
  Purge(2);
  Get(2, 2, "create");
  EXPECT_EQ(Kinds({}), KindSet{ViolationKind::kReadTooOld});
}

TEST_F(CheckerTest, AReplayWithAnotherBody) {
  Create();
  Edit(1, "e1", 1);
  Attempt& again = Edit(1, "e1", 1);
  again.replayed = true;
  again.body_digest = 7;
  EXPECT_EQ(Kinds({See(2, "e1")}), KindSet{ViolationKind::kReplayDiffers});
}

TEST_F(CheckerTest, ARepeatThatConflictsWithItself) {
  Create();
  Edit(1, "e1", 1);
  Refused(1, "e1", 1, 412);
  EXPECT_EQ(Kinds({See(2, "e1")}), KindSet{ViolationKind::kReplayDiffers});
}

TEST_F(CheckerTest, ARefusedEditShows) {
  Create();
  Refused(1, "e1", 1, 412);
  Unanswered(2, "u", 1);
  EXPECT_EQ(Kinds({See(2, "e1")}), KindSet{ViolationKind::kRefusedShows});
}

TEST_F(CheckerTest, ARefusedCreateShows) {
  Create().outcome = Outcome::kRefused;
  history_.back().sights.clear();
  history_.back().status = 503;
  EXPECT_TRUE(Kinds({See(1, "create")}).contains(ViolationKind::kRefusedShows));
}

TEST_F(CheckerTest, ARefusedTrashShows) {
  Create();
  Attempt& trash = Move(Action::kTrash, "t", 1, 2, "create");
  trash.outcome = Outcome::kRefused;
  trash.status = 503;
  trash.sights.clear();
  EXPECT_EQ(Kinds({See(2, "create")}), KindSet{ViolationKind::kAppliedTwice});
}

TEST_F(CheckerTest, AVersionThatNobodyCanHaveMade) {
  Create();
  Unanswered(1, "u1", 1);
  Unanswered(2, "u2", 1);
  Edit(3, "e", 3);
  EXPECT_EQ(Kinds({See(4, "e")}), KindSet{ViolationKind::kVersionGap});
}

TEST_F(CheckerTest, AnAnswerBelowWhatItMustHaveMade) {
  Create();
  Edit(1, "e1", 1);
  Edit(1, "e2", 3).sights = {See(3, "e2")};
  EXPECT_EQ(Kinds({See(3, "e2")}), KindSet{ViolationKind::kVersionGap});
}

TEST_F(CheckerTest, OneVersionWithTwoContents) {
  Create();
  Sight changed = See(1, "create");
  changed.digest = 7;
  EXPECT_EQ(Kinds({changed}), KindSet{ViolationKind::kVersionForked});
}

TEST_F(CheckerTest, TextThatNobodyWrote) {
  Create();
  Unanswered(1, "u", 1);
  EXPECT_EQ(Kinds({See(2, "somebody")}), KindSet{ViolationKind::kUnwritten});
}

TEST_F(CheckerTest, AMemoThatNobodyMade) {
  Sight stranger = See(1, "nobody");
  stranger.origin = "nobody";
  EXPECT_TRUE(Kinds({stranger}).contains(ViolationKind::kUnwritten));
}

}  // namespace
}  // namespace scv::fault
