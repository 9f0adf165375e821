#include "fault/history.h"

#include <gtest/gtest.h>

namespace scv::fault {
namespace {

TEST(TallyTest, CountsWritesOnce) {
  History history;
  Attempt attempt;
  attempt.action = Action::kReplace;
  attempt.key = "a";
  attempt.fault = "no answer";
  history.Add(attempt);
  attempt.fault.clear();
  attempt.outcome = Outcome::kOk;
  attempt.invoked = std::chrono::milliseconds(10);
  attempt.completed = std::chrono::milliseconds(35);
  history.Add(attempt);
  attempt.replayed = true;
  attempt.invoked = std::chrono::milliseconds(70);
  attempt.completed = std::chrono::milliseconds(75);
  history.Add(attempt);
  attempt.key = "b";
  attempt.outcome = Outcome::kUnknown;
  history.Add(attempt);
  const Tally tally = TallyOf(history.attempts());
  EXPECT_EQ(tally.attempts, 4);
  EXPECT_EQ(tally.acknowledged, 1);
  EXPECT_EQ(tally.unknown, 1);
  EXPECT_EQ(tally.replayed, 1);
  EXPECT_EQ(tally.faults, 1);
  EXPECT_EQ(tally.first_fault, "no answer");
  EXPECT_EQ(tally.latency_max.count(), 25);
  EXPECT_EQ(tally.silence_max.count(), 40);
}

TEST(HistoryTest, AwaitsSuccessesOnly) {
  History history;
  Attempt attempt;
  history.Add(attempt);
  EXPECT_FALSE(history.AwaitSuccesses(1, std::chrono::milliseconds(1)));
  EXPECT_TRUE(history.AwaitSuccesses(0, std::chrono::milliseconds(1)));
}

}  // namespace
}  // namespace scv::fault
