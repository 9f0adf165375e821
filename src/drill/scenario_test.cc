#include "drill/scenario.h"

#include <gtest/gtest.h>

#include "drill/selector.h"

namespace scv::drill {
namespace {

std::string With(const std::string& more, const std::string& steps) {
  return R"({"name":"x","title":{"en":"X","ko":"엑스"},"about":"An X.",)" + more + R"("steps":[)" +
         steps + "]}";
}
constexpr const char* kKill = R"({"inject":{"kind":"kill","part":"primary"}})";

std::string Problem(const std::string& text) {
  const auto scenario = ParseScenario("x", text);
  return scenario ? "" : scenario.error().message;
}

TEST(DrillScenario, ReadsWhatIsThereAndTheDefaults) {
  const auto scenario = ParseScenario(
      "x", With(R"("needs":{"regions":2,"durability":"global"},"observe_s":2,
                   "expect":{"rpo_max":3,"rto_max_ms":500,"redundancy_within_s":null},)",
                std::string(kKill) + R"(,{"after":"steady","within_s":5,"heal":true})"));
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->title_ko, "엑스");
  EXPECT_EQ(scenario->needs.regions, 2);
  EXPECT_EQ(scenario->needs.durability, "global");
  EXPECT_EQ(scenario->expect.rpo_max, 3);
  EXPECT_FALSE(scenario->expect.redundancy_within_s);
  EXPECT_FALSE(scenario->expect.failed_requests_max);
  ASSERT_EQ(scenario->steps.size(), 2U);
  EXPECT_EQ(scenario->steps[0].inject->part, "primary");
  EXPECT_EQ(scenario->steps[1].after, "steady");
  EXPECT_TRUE(scenario->steps[1].heal);
  EXPECT_EQ(scenario->warm_up_s, Scenario().warm_up_s);
}

TEST(DrillScenario, SaysWhatIsWrongAndWhere) {
  const std::pair<std::string, const char*> kCases[] = {
      {"{", "no JSON"},
      {"[]", "must be a JSON object"},
      {With(R"("colour":1,)", kKill), "colour is not a member"},
      {With(R"("expect":{"rto":1},)", kKill), "expect.rto is not a member"},
      {With(R"("expect":{"rpo_max":"none"},)", kKill), "expect.rpo_max must be a whole number"},
      {With(R"("needs":{"regions":3},)", kKill), "needs.regions must be a whole number"},
      {With(R"("needs":{"standby":1},)", kKill), "needs.standby must be true or false"},
      {With(R"("needs":{"durability":"none"},)", kKill), "needs.durability must be one of"},
      {With("", ""), "steps must be 1 to"},
      {With("", R"({"at_s":1})"), "steps[0].inject or"},
      {With("", R"({"heal":true,"inject":{"kind":"daemon-kill"}})"), "steps[0].inject or"},
      {With("", R"({"inject":{"kind":"nuke"}})"), "steps[0].inject.kind must be one of"},
      {With("", R"({"inject":{"kind":"kill","part":"the big one"}})"), "part must be one of"},
      {With("", R"({"inject":{"kind":"kill"}})"), "steps[0].inject.part must be one of"},
      {With("", R"({"inject":{"kind":"daemon-kill","part":"primary"}})"), "means nothing"},
      {With("", R"({"inject":{"kind":"region-power","region":"here"}})"), "region must be one of"},
      {With("", R"({"inject":{"kind":"wide-area","loss_percent":101}})"), "loss_percent must be"},
      {With("", R"({"after":"steady","heal":true})"), "nothing to follow"},
      {With("", std::string(kKill) + R"(,{"at_s":2,"after":"act","heal":true})"), "one of both"},
      {With("", R"({"at_s":5,"heal":true},{"at_s":2,"heal":true})"), "must not be before"},
      {R"({"name":"y","title":{"en":"X","ko":"엑스"},"about":"A","steps":[]})", "name must be"},
      {R"({"name":"x","about":"A","steps":[]})", "title is missing"},
  };
  for (const auto& [text, expected] : kCases) {
    EXPECT_NE(Problem(text).find(expected), std::string::npos) << text << "\n" << Problem(text);
  }
}

TEST(DrillScenario, AllOfTheTreeCanBeRead) {
  const auto scenarios = LoadScenarios(SCV_DRILL_SCENARIOS);
  ASSERT_TRUE(scenarios) << scenarios.error().message;
  EXPECT_GE(scenarios->size(), 20U);
  EXPECT_FALSE(LoadScenarios("/nowhere"));
}

Picture TwoRegions() {
  Picture picture;
  picture.regions = {"ap-northeast-1", "ap-northeast-2"};
  picture.writer_region = "ap-northeast-2";
  picture.instances = {{"i-1", "memo-was", "ap-northeast-2", "ap-northeast-2a", true},
                       {"i-2", "memo-was", "ap-northeast-2", "ap-northeast-2c", true},
                       {"i-3", "memo-was", "ap-northeast-2", "ap-northeast-2c", false},
                       {"i-4", "memo-was", "ap-northeast-1", "ap-northeast-1a", true},
                       {"i-5", "memo-web", "ap-northeast-2", "ap-northeast-2a", true}};
  picture.databases = {{"scv", "ap-northeast-1", "ap-northeast-1a", "replica", true},
                       {"scv", "ap-northeast-2", "ap-northeast-2a", "standby", true},
                       {"scv/2", "ap-northeast-2", "ap-northeast-2c", "primary", true}};
  return picture;
}

TEST(DrillScenario, AtAwsPaceOnlyLossesAndNeverComingBackAreJudged) {
  Expectations expect;
  expect.rto_max_ms = 1500;
  expect.failed_requests_max = 0;
  expect.redundancy_within_s = 10;
  const auto slow = AtAwsPace(expect);
  EXPECT_EQ(slow.rpo_max, 0);
  EXPECT_FALSE(slow.rto_max_ms);
  EXPECT_FALSE(slow.failed_requests_max);
  EXPECT_GT(slow.failed_operations_max, 1'000'000);
  EXPECT_EQ(slow.redundancy_within_s, 240);
  expect.redundancy_within_s.reset();
  EXPECT_FALSE(AtAwsPace(expect).redundancy_within_s) << "it was not wanted";
}

TEST(DrillSelector, FindsPartsZonesAndRegions) {
  const auto picture = TwoRegions();
  EXPECT_EQ(*SelectPart("primary", picture, 0), "db/ap-northeast-2/scv/2");
  EXPECT_EQ(*SelectPart("replica", picture, 0), "db/ap-northeast-1/scv");
  EXPECT_EQ(*SelectPart("any was instance", picture, 0), "i-1");
  EXPECT_EQ(*SelectPart("any was instance", picture, 3), "i-2");
  EXPECT_EQ(*SelectPart("any web instance", picture, 7), "i-5");
  EXPECT_EQ(*SelectPart("named i-9", picture, 0), "i-9");
  EXPECT_EQ(SelectZone("zone of the primary", picture, 0)->zone, "ap-northeast-2c");
  EXPECT_EQ(SelectZone("named ap-northeast-1c", picture, 0)->region, "ap-northeast-1");
  EXPECT_EQ(*SelectRegion("primary region", picture), "ap-northeast-2");
  EXPECT_EQ(*SelectRegion("other region", picture), "ap-northeast-1");
}

TEST(DrillSelector, SaysWhatTheLabDoesNotHave) {
  const Picture empty;
  for (const char* selector : {"primary", "standby", "replica", "any was instance"}) {
    const auto found = SelectPart(selector, empty, 0);
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().message.find(selector), std::string::npos);
  }
  EXPECT_FALSE(SelectZone("any zone", empty, 0));
  EXPECT_FALSE(SelectRegion("other region", empty));
}

}  // namespace
}  // namespace scv::drill
