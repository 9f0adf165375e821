#include "drill/history.h"

#include <gtest/gtest.h>

#include "drill/clients_main.h"

namespace scv::drill {
namespace {

TEST(DrillHistory, AnAttemptSurvivesTheWayThroughALine) {
  Attempt attempt;
  attempt.client = 3;
  attempt.action = Action::kUpdate;
  attempt.key = "d1-3-7";
  attempt.number = 2;
  attempt.last = attempt.fresh = attempt.replayed = attempt.global = true;
  attempt.memo = "m";
  attempt.expected = 4;
  attempt.start = 1'000'000'000'001;
  attempt.end = 1'000'000'000'009;
  attempt.outcome = Outcome::kTurned;
  attempt.status = 503;
  attempt.region = "ap-northeast-2";
  attempt.error = "a \"quoted\"\nerror";
  attempt.sights = {{.memo = "m", .version = 2, .mark = "b", .lineage = {"a", "b"}}};
  const auto line = ToLine(attempt);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto parsed = ParseLine(line);
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->kind, Line::Kind::kAttempt);
  EXPECT_EQ(ToLine(parsed->attempt), line);
}

TEST(DrillHistory, ReadsEveryKindOfLine) {
  EXPECT_EQ(ParseLine(ReadyLine())->kind, Line::Kind::kReady);
  EXPECT_EQ(ParseLine(DoneLine())->kind, Line::Kind::kDone);
  EXPECT_EQ(ParseLine(FailedLine("why"))->error, "why");
  const FinalState state{
      .client = 2, .read = true, .error = "", .region = "r", .memos = {{"m", 1, "a", {"a"}}}};
  const auto parsed = ParseLine(ToLine(state));
  ASSERT_EQ(parsed->kind, Line::Kind::kFinal);
  EXPECT_EQ(parsed->final_state.client, 2);
  EXPECT_EQ(parsed->final_state.memos.front().lineage, std::vector<std::string>{"a"});
  for (const char* broken : {"", "[]", "{", "{\"other\":1}"}) EXPECT_FALSE(ParseLine(broken));
}

TEST(DrillHistory, ALineageSurvivesTheContent) {
  const std::vector<std::string> lineage{"d1-0-1", "d1-0-2"};
  EXPECT_EQ(LineageOf(ContentOf(lineage)), lineage);
  EXPECT_TRUE(LineageOf("somebody's text\nx").empty());
  EXPECT_TRUE(LineageOf("").empty());
}

TEST(DrillHistory, OptionsSurviveTheWayToTheClients) {
  WorkloadOptions options;
  options.host = "www.scv.localhost";
  options.root = "/tmp/root.pem";
  options.run = "abc";
  options.seed = 42;
  options.rate = 12.5;
  const auto parsed = ParseOptions(ToLine(options));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(ToLine(*parsed), ToLine(options));
  EXPECT_FALSE(ParseOptions("{}"));
  EXPECT_FALSE(ParseOptions("no JSON"));
}

}  // namespace
}  // namespace scv::drill
