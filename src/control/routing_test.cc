#include "control/routing.h"

#include <gtest/gtest.h>

#include "control/topology_fixture.h"

namespace scv::control {
namespace {

class Routing : public testing::Test {
 protected:
  // One probe of every check named; the others are as they were seen last.
  std::vector<HealthChange> Probe(const std::map<std::string, bool>& probes) {
    for (const auto& [id, ok] : probes) {
      auto& sighting = seen_[id];
      sighting.ok = ok;
      sighting.detail = ok ? "200" : "refused";
      ++sighting.count;
    }
    return CountChecks(rules_, seen_, memory_, ++now_);
  }
  std::set<std::string> Unhealthy() const { return UnhealthyChecks(rules_, memory_); }

  std::vector<CheckRule> rules_;
  std::map<std::string, lab::CheckSighting> seen_;
  RoutingMemory memory_;
  Millis now_ = 0;
};

CheckRule Rule(std::string id, int threshold) {
  CheckRule rule;
  rule.id = std::move(id);
  rule.failure_threshold = threshold;
  return rule;
}

TEST_F(Routing, AThresholdOfProbesInARowTurnsHealthBothWays) {
  rules_ = {Rule("seoul", 3)};
  EXPECT_TRUE(Unhealthy().empty()) << "begins healthy";
  EXPECT_TRUE(Probe({{"seoul", false}}).empty());
  EXPECT_TRUE(Probe({{"seoul", false}}).empty());
  EXPECT_TRUE(Probe({}).empty()) << "the same probe twice is one probe";
  EXPECT_TRUE(Probe({{"seoul", true}}).empty()) << "in a row";
  EXPECT_TRUE(Probe({{"seoul", false}}).empty());
  EXPECT_TRUE(Probe({{"seoul", false}}).empty());
  const auto down = Probe({{"seoul", false}});
  ASSERT_EQ(down.size(), 1U);
  EXPECT_EQ(down[0].id, "seoul");
  EXPECT_FALSE(down[0].healthy);
  EXPECT_EQ(down[0].detail, "refused");
  EXPECT_EQ(memory_.checks.at("seoul").since, now_);
  EXPECT_EQ(Unhealthy(), std::set<std::string>{"seoul"});
  EXPECT_TRUE(Probe({{"seoul", true}}).empty());
  EXPECT_TRUE(Probe({{"seoul", true}}).empty());
  EXPECT_EQ(Probe({{"seoul", true}}).size(), 1U);
  EXPECT_TRUE(Unhealthy().empty());
}

TEST_F(Routing, InvertedAndDisabledChecks) {
  auto inverted = Rule("inverted", 1);
  inverted.inverted = true;
  auto disabled = Rule("disabled", 1);
  disabled.disabled = true;
  auto forced = Rule("forced", 1);
  forced.disabled = forced.inverted = true;
  rules_ = {inverted, disabled, forced};
  EXPECT_EQ(Unhealthy(), (std::set<std::string>{"forced", "inverted"}));
  const auto changes = Probe({{"inverted", false}, {"disabled", false}, {"forced", false}});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_TRUE(changes[0].healthy);
  EXPECT_EQ(Unhealthy(), std::set<std::string>{"forced"});
}

TEST_F(Routing, ACalculatedCheckNeedsEnoughHealthyChildren) {
  auto two_of_three = Rule("sum", 3);
  two_of_three.children = {"a", "b", "c"};
  two_of_three.child_health_threshold = 2;
  rules_ = {Rule("a", 1), Rule("b", 1), Rule("c", 1), two_of_three};
  EXPECT_EQ(Probe({{"a", false}}).size(), 1U);
  EXPECT_EQ(Unhealthy(), std::set<std::string>{"a"});
  EXPECT_EQ(Probe({{"b", false}}).size(), 2U) << "b and the sum";
  EXPECT_EQ(Unhealthy(), (std::set<std::string>{"a", "b", "sum"}));
  rules_.back().child_health_threshold = 0;
  EXPECT_FALSE(Unhealthy().contains("sum"));
  rules_.back().children = {"sum"};
  rules_.back().child_health_threshold = 1;
  EXPECT_FALSE(Unhealthy().contains("sum")) << "no endless loop";
}

TEST_F(Routing, ChecksThatAreGoneAreForgotten) {
  rules_ = {Rule("seoul", 1)};
  Probe({{"seoul", false}});
  rules_.clear();
  Probe({});
  EXPECT_TRUE(memory_.checks.empty());
}

TEST_F(Routing, UnhealthyChecksOutliveTheProcess) {
  RoutingMemory memory;
  memory.checks["hc-1"].healthy = false;
  memory.checks["hc-2"].healthy = true;
  memory.checks["node a"].healthy = false;
  const auto again = ParseChecksDocument(ChecksDocument(memory));
  ASSERT_TRUE(again.has_value());
  ASSERT_EQ(again->checks.size(), 2U);
  EXPECT_FALSE(again->checks.at("hc-1").healthy);
  EXPECT_FALSE(again->checks.at("node a").healthy);
  for (const char* broken : {"", "[]", "{}", "{\"unhealthy\":7}", "{\"unhealthy\":[7]}"}) {
    EXPECT_EQ(ParseChecksDocument(broken).error().kind, ErrorKind::kInternal) << broken;
  }
}

TEST(CheckRules, AreReadFromTheState) {
  RegionFixture fixture;
  fixture.Put("aws_route53_health_check", "hc-1",
              "{'type':'HTTPS','fqdn':'a.test','failure_threshold':2,'invert_healthcheck':true,"
              "'disabled':false}",
              "global");
  fixture.Put("aws_route53_health_check", "hc-2",
              "{'type':'CALCULATED','child_healthchecks':['hc-3','hc-1'],"
              "'child_health_threshold':1}",
              "global");
  fixture.Put("aws_route53_health_check", "hc-3", "{'type':'TCP','failure_threshold':99}",
              "global");
  fixture.Put("aws_route53_health_check", "hc-4", "{'type':7,'child_healthchecks':'x'}", "global");
  fixture.MarkDeleting("aws_route53_health_check", "hc-4", "global");
  const auto rules = ReadCheckRules(fixture.state);
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].failure_threshold, 2);
  EXPECT_TRUE(rules[0].inverted);
  EXPECT_EQ(rules[1].children, (std::vector<std::string>{"hc-1", "hc-3"}));
  EXPECT_EQ(rules[1].child_health_threshold, 1);
  EXPECT_EQ(rules[2].failure_threshold, 10);
}

}  // namespace
}  // namespace scv::control
