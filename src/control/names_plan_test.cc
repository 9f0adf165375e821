#include "control/names_plan.h"

#include <gtest/gtest.h>

#include "control/topology_fixture.h"

namespace scv::control {
namespace {

TEST(NamesPlan, NamesLeadToAddresses) {
  RegionFixture fixture;
  fixture.Put("aws_route53_record", "Z1_txt",
              "{'zone_id':'Z1','name':'','type':'TXT','ttl':300,'records':['v=spf1 -all']}",
              "global");
  fixture.Put("aws_route53_record", "Z1_api",
              "{'zone_id':'Z1','name':'api','type':'A','set_identifier':'seoul',"
              "'latency_routing_policy':[{'region':'ap-northeast-2'}],'ttl':60,"
              "'records':['1.2.3.4']}",
              "global");
  const auto plan = fixture.Plan();
  const std::vector<std::string> front{"203.0.113.125", "203.0.113.126"};
  EXPECT_EQ(Record(plan, "scv.localhost", "www.scv.localhost", "A")->values, front);
  EXPECT_EQ(Record(plan, "amazonaws.com", "front-1.ap-northeast-2.elb.amazonaws.com", "A")->values,
            front);
  const auto* back = Record(plan, "scv.localhost", "was.ap-northeast-2.scv.localhost", "A");
  ASSERT_NE(back, nullptr);
  EXPECT_TRUE(back->values[0].starts_with("10.10.16."));
  EXPECT_EQ(Record(plan, "amazonaws.com", "memo.c1.ap-northeast-2.rds.amazonaws.com", "A")->values,
            (std::vector<std::string>{Database(plan).interface.address}));
  for (const std::string name :
       {"s3.ap-northeast-2.amazonaws.com", "*.s3.ap-northeast-2.amazonaws.com", "s3.amazonaws.com",
        "secretsmanager.ap-northeast-2.amazonaws.com", "sts.ap-northeast-2.amazonaws.com",
        "truststore.pki.rds.amazonaws.com"}) {
    const auto* record = Record(plan, "amazonaws.com", name, "A");
    ASSERT_NE(record, nullptr) << name;
    EXPECT_EQ(record->values, (std::vector<std::string>{"192.0.2.11"})) << name;
  }
  const auto& instance = Instance(plan, "i-web-1");
  EXPECT_EQ(Record(plan, "ap-northeast-2.compute.internal", instance.hostname, "A")->values,
            (std::vector<std::string>{instance.interface.address}));
  EXPECT_EQ(Record(plan, "scv.localhost", "_proof.scv.localhost", "CNAME")->values[0],
            "_value.acm-validations.aws.");
  EXPECT_EQ(Record(plan, "scv.localhost", "scv.localhost", "TXT")->values[0], "\"v=spf1 -all\"");
  EXPECT_NE(Record(plan, "scv.localhost", "scv.localhost", "SOA"), nullptr);
  EXPECT_EQ(Record(plan, "scv.localhost", "scv.localhost", "NS")->values[0], "ns-1.awsdns-01.com.");
  EXPECT_EQ(Record(plan, "scv.localhost", "api.scv.localhost", "A"), nullptr);
  EXPECT_TRUE(
      plan.not_honoured.contains(fixture.Get("aws_route53_record", "Z1_api", "global").key));
}

TEST(NamesPlan, AnAliasOfNothingIsMissing) {
  RegionFixture fixture;
  fixture.MarkDeleting("aws_lb", LoadBalancerArn("front"));
  const auto plan = fixture.Plan();
  EXPECT_TRUE(plan.missing.contains(fixture.Get("aws_route53_record", "Z1_www", "global").key));
  EXPECT_EQ(plan.Find({lab::PartKind::kLoadBalancerNode, kSeoul, "front/ap-northeast-2a"}),
            nullptr);
}

// Nothing in the lab will ever answer for these: waiting would only end with the deadline.
TEST(NamesPlan, AnAliasOfWhatIsOnlyRecordedIsNotWaitedFor) {
  RegionFixture fixture;
  const auto put = [&](const std::string& id, const std::string& type, const std::string& target) {
    fixture.Put("aws_route53_record", id,
                "{'zone_id':'Z1','name':'" + id + "','type':'" + type + "','alias':[{'name':'" +
                    target + "','zone_id':'Z2','evaluate_target_health':false}]}",
                "global");
  };
  put("cdn", "A", "d0123456789abc.cloudfront.net");
  put("cdn6", "AAAA", "D0123456789ABC.cloudfront.net.");
  put("ga", "A", "a0123456789abcdef.awsglobalaccelerator.com");
  put("odd", "A", "notcloudfront.net");
  const auto plan = fixture.Plan();
  for (const std::string id : {"cdn", "cdn6", "ga"}) {
    const auto& key = fixture.Get("aws_route53_record", id, "global").key;
    EXPECT_FALSE(plan.missing.contains(key)) << id;
    EXPECT_TRUE(plan.not_honoured.contains(key)) << id;
  }
  EXPECT_TRUE(plan.missing.contains(fixture.Get("aws_route53_record", "odd", "global").key));
}

}  // namespace
}  // namespace scv::control
