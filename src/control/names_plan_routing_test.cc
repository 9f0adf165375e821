#include "control/names_plan_routing.h"

#include <gtest/gtest.h>

#include "control/topology_fixture.h"

namespace scv::control {
namespace {

using Values = std::vector<std::string>;

class RoutedNames : public testing::Test {
 protected:
  // `rest`: attributes besides zone, name, type and identifier.
  void Put(const std::string& name, const std::string& set, const std::string& rest) {
    const auto id = "Z1_" + name + "_" + set;
    fixture_.Put("aws_route53_record", id,
                 "{'zone_id':'Z1','name':'" + name + "','type':'A','set_identifier':'" + set +
                     "'," + rest + "}",
                 "global");
  }
  static std::string Plain(const std::string& address, const std::string& check = "") {
    return "'ttl':60,'records':['" + address + "'],'health_check_id':'" + check + "'";
  }
  static std::string Alias(const std::string& name, bool evaluate = false) {
    return "'alias':[{'name':'" + name +
           "','zone_id':'Z1','evaluate_target_health':" + (evaluate ? "true" : "false") + "}]";
  }
  static std::string Failover(const std::string& type) {
    return ",'failover_routing_policy':[{'type':'" + type + "'}]";
  }
  static std::string Geo(const std::string& what) {
    return ",'geolocation_routing_policy':[{" + what + "}]";
  }
  lab::RecordSpec Of(const std::string& name) {
    const auto plan = fixture_.Plan();
    const auto* record = Record(plan, "scv.localhost", name + ".scv.localhost", "A");
    return record == nullptr ? lab::RecordSpec() : *record;
  }
  void SetUnhealthy(std::set<std::string> checks) {
    fixture_.environment.unhealthy_checks = std::move(checks);
  }

  RegionFixture fixture_;
};

TEST_F(RoutedNames, FailoverFollowsHealth) {
  Put("api", "seoul", Plain("203.0.113.1", "hc-1") + Failover("PRIMARY"));
  Put("api", "tokyo", Plain("203.0.113.2", "hc-2") + Failover("SECONDARY"));
  EXPECT_EQ(Of("api").values, Values{"203.0.113.1"});
  EXPECT_EQ(Of("api").ttl, 1);
  SetUnhealthy({"hc-1"});
  EXPECT_EQ(Of("api").values, Values{"203.0.113.2"});
  SetUnhealthy({"hc-1", "hc-2"});
  EXPECT_EQ(Of("api").values, Values{"203.0.113.1"}) << "with none healthy, the primary";
  SetUnhealthy({"hc-2"});
  EXPECT_EQ(Of("api").values, Values{"203.0.113.1"});
}

TEST_F(RoutedNames, AnAliasThatEvaluatesItsTargetFailsWithTheLoadBalancer) {
  const std::string front = "front-1.ap-northeast-2.elb.amazonaws.com";
  Put("api", "seoul", Alias(front, true) + Failover("PRIMARY"));
  Put("api", "tokyo", Plain("203.0.113.2") + Failover("SECONDARY"));
  const lab::PartKey a{lab::PartKind::kLoadBalancerNode, kSeoul, "front/ap-northeast-2a"};
  const lab::PartKey b{lab::PartKind::kLoadBalancerNode, kSeoul, "front/ap-northeast-2b"};
  const auto both = Of("api").values;
  ASSERT_EQ(both.size(), 2U);
  fixture_.environment.dark_nodes = {a};
  ASSERT_EQ(Of("api").values.size(), 1U) << "a dark node is left out";
  const auto plan = fixture_.Plan();
  EXPECT_EQ(Record(plan, "scv.localhost", "www.scv.localhost", "A")->values, Of("api").values);
  fixture_.environment.dark_nodes = {a, b};
  EXPECT_EQ(Of("api").values, Values{"203.0.113.2"});
  EXPECT_EQ(Of("www").values, both) << "all dark: all are answered";
}

TEST_F(RoutedNames, APrimaryThatLeadsNowhereIsNotAnswered) {
  Put("api", "seoul", Alias("nothing.test") + Failover("PRIMARY"));
  Put("api", "tokyo", Plain("203.0.113.2") + Failover("SECONDARY"));
  EXPECT_EQ(Of("api").values, Values{"203.0.113.2"});
  EXPECT_TRUE(fixture_.Plan().missing.contains(
      fixture_.Get("aws_route53_record", "Z1_api_seoul", "global").key));
}

TEST_F(RoutedNames, GeolocationFallsBackToTheContinentAndTheDefault) {
  Put("api", "kr", Plain("203.0.113.1", "hc-kr") + Geo("'country':'KR'"));
  Put("api", "asia", Plain("203.0.113.2", "hc-as") + Geo("'continent':'AS'"));
  Put("api", "all", Plain("203.0.113.3", "hc-all") + Geo("'country':'*'"));
  const auto at = [&](const std::string& location) {
    const auto record = Of("api");
    return location.empty() ? record.values : record.by_location.at(location);
  };
  EXPECT_EQ(at(""), Values{"203.0.113.3"});
  EXPECT_EQ(at("KR"), Values{"203.0.113.1"});
  EXPECT_EQ(at("continent:AS"), Values{"203.0.113.2"});
  SetUnhealthy({"hc-kr"});
  EXPECT_EQ(at("KR"), Values{"203.0.113.2"});
  SetUnhealthy({"hc-kr", "hc-as"});
  EXPECT_EQ(at("KR"), Values{"203.0.113.3"});
  EXPECT_EQ(at("continent:AS"), Values{"203.0.113.3"});
  SetUnhealthy({"hc-kr", "hc-as", "hc-all"});
  EXPECT_EQ(at("KR"), Values{"203.0.113.1"}) << "with none healthy, all count as healthy";
}

// As infra/cloudformation/failover.yaml has it: where the client is chooses a failover name.
TEST_F(RoutedNames, GeolocationLeadsToFailoverNamesOfTheSameZone) {
  for (const std::string region : {"seoul", "tokyo"}) {
    const bool seoul = region == "seoul";
    Put(region, "1",
        Plain(seoul ? "203.0.113.1" : "203.0.113.2", "hc-" + region) + Failover("PRIMARY"));
    Put(region, "2",
        Plain(seoul ? "203.0.113.2" : "203.0.113.1", seoul ? "hc-tokyo" : "hc-seoul") +
            Failover("SECONDARY"));
  }
  Put("api", "kr", Alias("seoul.scv.localhost") + Geo("'country':'KR'"));
  Put("api", "jp", Alias("tokyo.scv.localhost.") + Geo("'country':'JP'"));
  Put("api", "all", Alias("seoul.scv.localhost") + Geo("'country':'*'"));
  EXPECT_EQ(Of("api").by_location.at("JP"), Values{"203.0.113.2"});
  SetUnhealthy({"hc-tokyo"});
  EXPECT_EQ(Of("api").by_location.at("JP"), Values{"203.0.113.1"});
  EXPECT_EQ(Of("api").by_location.at("KR"), Values{"203.0.113.1"});
  SetUnhealthy({"hc-seoul"});
  EXPECT_EQ(Of("api").by_location.at("KR"), Values{"203.0.113.2"});
  EXPECT_EQ(Of("api").values, Values{"203.0.113.2"});
}

TEST_F(RoutedNames, WeightedAndMultivalueAnswerWhatIsHealthy) {
  Put("w", "1", Plain("203.0.113.1", "hc-1") + ",'weighted_routing_policy':[{'weight':10}]");
  Put("w", "2", Plain("203.0.113.2", "hc-2") + ",'weighted_routing_policy':[{'weight':90}]");
  Put("w", "3", Plain("203.0.113.3", "hc-3") + ",'weighted_routing_policy':[{'weight':0}]");
  EXPECT_EQ(Of("w").values, (Values{"203.0.113.1", "203.0.113.2"}));
  EXPECT_TRUE(fixture_.Plan().not_honoured.contains(
      fixture_.Get("aws_route53_record", "Z1_w_1", "global").key));
  SetUnhealthy({"hc-1"});
  EXPECT_EQ(Of("w").values, Values{"203.0.113.2"});
  SetUnhealthy({"hc-1", "hc-2"});
  EXPECT_EQ(Of("w").values, Values{"203.0.113.3"});
  SetUnhealthy({"hc-1", "hc-2", "hc-3"});
  EXPECT_EQ(Of("w").values, (Values{"203.0.113.1", "203.0.113.2"}));
  for (int i = 1; i < 12; ++i) {
    const auto number = std::to_string(i);
    Put("m", number,
        Plain("203.0.113." + number, "hc-" + number) + ",'multivalue_answer_routing_policy':true");
  }
  EXPECT_EQ(Of("m").values.size(), 8U);
  EXPECT_EQ(std::ranges::count(Of("m").values, "203.0.113.1"), 0);
}

TEST_F(RoutedNames, OddSetsDoNoHarm) {
  Put("a", "1", Alias("b.scv.localhost") + Failover("PRIMARY"));
  Put("b", "1", Alias("a.scv.localhost") + Failover("SECONDARY"));
  Put("c", "1", Alias("c.scv.localhost") + Geo("'country':'KR'"));
  Put("c", "2", Plain("203.0.113.2") + Geo("'country':''"));
  Put("d", "1", Plain("203.0.113.1") + Failover("THIRD"));
  Put("d", "2", Plain("203.0.113.2") + Geo("'continent':'XX'"));
  EXPECT_TRUE(Of("a").values.empty());
  EXPECT_EQ(Of("c").values, Values{"203.0.113.2"});
  EXPECT_EQ(Of("d").values, Values{"203.0.113.1"});
}

class PrivateNames : public testing::Test {
 protected:
  PrivateNames() {
    fixture_.Put("aws_vpc", "vpc-2", "{'cidr_block':'10.20.0.0/16'}", "ap-northeast-1");
    fixture_.Put("aws_route53_zone", "Z2",
                 "{'zone_id':'Z2','name':'internal.scv.localhost','vpc':[{'vpc_id':'vpc-1'}]}",
                 "global");
    fixture_.Put("aws_route53_record", "Z2_db",
                 "{'zone_id':'Z2','name':'db.internal.scv.localhost','type':'CNAME','ttl':5,"
                 "'records':['memo.c1.ap-northeast-2.rds.amazonaws.com']}",
                 "global");
  }
  const lab::NamesSpec& At(const LabPlan& plan, const lab::PartKey& key) {
    return std::get<lab::NamesSpec>(plan.Find(key)->spec);
  }

  RegionFixture fixture_;
  const lab::PartKey seoul_ = NamesKey(kSeoul, "vpc-1");
  const lab::PartKey tokyo_ = NamesKey("ap-northeast-1", "vpc-2");
};

TEST_F(PrivateNames, OnlyTheirVpcsSeeThem) {
  auto plan = fixture_.Plan();
  const auto has = [&](const lab::PartKey& key) {
    return At(plan, key).zones.contains("internal.scv.localhost");
  };
  EXPECT_TRUE(has(seoul_));
  EXPECT_FALSE(has(tokyo_));
  EXPECT_FALSE(has(NamesKey()));
  const auto& records = At(plan, seoul_).zones.at("internal.scv.localhost");
  EXPECT_EQ(std::ranges::find(records, "CNAME", &lab::RecordSpec::type)->values,
            Values{"memo.c1.ap-northeast-2.rds.amazonaws.com."});
  EXPECT_TRUE(At(plan, tokyo_).zones.contains("scv.localhost"));
  EXPECT_EQ(*plan.parts_of.at(fixture_.Get("aws_route53_record", "Z2_db", "global").key),
            std::vector<lab::PartKey>{seoul_});
  fixture_.Put("aws_route53_zone_association", "Z2:vpc-2", "{'zone_id':'Z2','vpc_id':'vpc-2'}",
               "global");
  plan = fixture_.Plan();
  EXPECT_TRUE(has(tokyo_));
  EXPECT_FALSE(has(NamesKey()));
}

TEST_F(PrivateNames, HideAPublicZoneOfTheSameName) {
  fixture_.Put("aws_route53_zone", "Z0",
               "{'zone_id':'Z0','name':'scv.localhost','vpc':[{'vpc_id':'vpc-2'}]}", "global");
  fixture_.Put("aws_route53_record", "Z0_x",
               "{'zone_id':'Z0','name':'x','type':'A','ttl':60,'records':['10.0.0.9']}", "global");
  const auto plan = fixture_.Plan();
  const auto names_of = [&](const lab::PartKey& key) {
    std::set<std::string> names;
    for (const auto& record : At(plan, key).zones.at("scv.localhost")) names.insert(record.name);
    return names;
  };
  EXPECT_EQ(names_of(tokyo_), (std::set<std::string>{"scv.localhost", "x.scv.localhost"}));
  EXPECT_FALSE(names_of(seoul_).contains("x.scv.localhost"));
  EXPECT_TRUE(names_of(seoul_).contains("www.scv.localhost"));
  EXPECT_TRUE(names_of(NamesKey()).contains("www.scv.localhost"));
}

TEST_F(PrivateNames, AVpcThatIsNotThereIsMissing) {
  fixture_.Put("aws_route53_zone", "Z3",
               "{'zone_id':'Z3','name':'x.test','vpc':[{'vpc_id':'vpc-9'}]}", "global");
  fixture_.Put("aws_route53_zone_association", "a", "{'zone_id':'Z1','vpc_id':'vpc-1'}", "global");
  const auto plan = fixture_.Plan();
  EXPECT_TRUE(plan.missing.contains(fixture_.Get("aws_route53_zone", "Z3", "global").key));
  EXPECT_TRUE(
      plan.missing.contains(fixture_.Get("aws_route53_zone_association", "a", "global").key));
}

}  // namespace
}  // namespace scv::control
