#include "control/check_plan.h"

#include <gtest/gtest.h>

#include "control/topology_fixture.h"

namespace scv::control {
namespace {

using std::chrono::milliseconds;

const lab::EndpointCheckSpec* Check(const LabPlan& plan, const std::string& id) {
  const auto* part = plan.Find(EndpointCheckKey(id));
  return part == nullptr ? nullptr : &std::get<lab::EndpointCheckSpec>(part->spec);
}

TEST(CheckPlan, EveryEndpointIsProbed) {
  RegionFixture fixture;
  const auto put = [&](const std::string& id, const std::string& attributes) {
    fixture.Put("aws_route53_health_check", id, attributes, "global");
  };
  put("hc-1",
      "{'type':'HTTPS','fqdn':'Seoul.scv.localhost.','port':443,'resource_path':'/readyz',"
      "'request_interval':10,'failure_threshold':3}");
  put("hc-2", "{'type':'TCP','ip_address':'203.0.113.9','fqdn':'x.test','request_interval':30}");
  put("hc-3", "{'type':'CALCULATED','child_healthchecks':['hc-1'],'child_health_threshold':1}");
  put("hc-4", "{'type':'HTTP','fqdn':'a.test','disabled':true}");
  put("hc-5", "{'type':'HTTP'}");
  put("hc-6", "{'type':'HTTPS_STR_MATCH','fqdn':'a.test','search_string':'ok'}");
  put("hc-7", "{'type':'CLOUDWATCH_METRIC'}");
  const auto plan = fixture.Plan();
  lab::EndpointCheckSpec https;
  https.name = "seoul.scv.localhost";
  https.path = "/readyz";
  https.interval = milliseconds(250);
  https.timeout = milliseconds(400);
  ASSERT_NE(Check(plan, "hc-1"), nullptr);
  EXPECT_TRUE(*Check(plan, "hc-1") == https);
  EXPECT_EQ(plan.Find(EndpointCheckKey("hc-1"))->needs,
            (std::vector<lab::PartKey>{InternetKey(), PublicNameServerKey()}));
  ASSERT_NE(Check(plan, "hc-2"), nullptr);
  EXPECT_EQ(Check(plan, "hc-2")->address, "203.0.113.9");
  EXPECT_EQ(Check(plan, "hc-2")->name, "");
  EXPECT_EQ(Check(plan, "hc-2")->host, "x.test");
  EXPECT_EQ(Check(plan, "hc-2")->interval, milliseconds(500));
  for (const auto* id : {"hc-3", "hc-4", "hc-5", "hc-7"}) EXPECT_EQ(Check(plan, id), nullptr) << id;
  EXPECT_NE(Check(plan, "hc-6"), nullptr);
  for (const auto* id : {"hc-5", "hc-6", "hc-7"}) {
    EXPECT_TRUE(
        plan.not_honoured.contains(fixture.Get("aws_route53_health_check", id, "global").key))
        << id;
  }
}

TEST(CheckPlan, AwsPaceIsFaceValue) {
  RegionFixture fixture;
  fixture.environment.pace.kind = PaceKind::kAws;
  fixture.Put("aws_route53_health_check", "hc-1",
              "{'type':'HTTPS','fqdn':'a.test','request_interval':10}", "global");
  const auto plan = fixture.Plan();
  EXPECT_EQ(Check(plan, "hc-1")->interval, milliseconds(10'000));
  EXPECT_EQ(Check(plan, "hc-1")->timeout, milliseconds(6'000));
}

TEST(CheckPlan, ThereIsALimit) {
  RegionFixture fixture;
  for (int i = 100; i < 100 + kEndpointChecksMost + 1; ++i) {
    fixture.Put("aws_route53_health_check", "hc-" + std::to_string(i),
                "{'type':'HTTPS','fqdn':'a.test'}", "global");
  }
  const auto plan = fixture.Plan();
  EXPECT_NE(Check(plan, "hc-147"), nullptr);
  EXPECT_EQ(Check(plan, "hc-148"), nullptr);
}

}  // namespace
}  // namespace scv::control
