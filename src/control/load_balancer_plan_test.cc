#include "control/load_balancer_plan.h"

#include <gtest/gtest.h>

#include <chrono>

#include "control/topology_fixture.h"

namespace scv::control {
namespace {

TEST(LoadBalancerPlan, LoadBalancersHaveANodePerZone) {
  RegionFixture fixture;
  fixture.registrations[0].draining = true;  // i-web-1
  const auto plan = fixture.Plan();
  const auto& node = Node(plan, "front/ap-northeast-2a");
  EXPECT_FALSE(node.internal);
  EXPECT_TRUE(node.drop_invalid_header_fields);
  ASSERT_TRUE(node.access_log);
  EXPECT_EQ(node.access_log->prefix, "front");
  ASSERT_EQ(node.listeners.size(), 2U);
  EXPECT_EQ(node.listeners[0].port, 80);
  EXPECT_EQ(node.listeners[0].default_action.kind, lab::ActionSpec::Kind::kRedirect);
  EXPECT_EQ(node.listeners[0].default_action.status, 301);
  EXPECT_EQ(node.listeners[0].default_action.path, "/#{path}");
  EXPECT_EQ(node.listeners[1].certificates, (std::vector<std::string>{kCertificateArn}));
  EXPECT_EQ(node.listeners[1].strict_transport_security, "max-age=31536000");
  ASSERT_EQ(node.target_groups.size(), 1U);
  const auto& group = node.target_groups[0];
  EXPECT_EQ(group.health_check.interval, std::chrono::milliseconds(100));
  EXPECT_EQ(group.deregistration_delay, std::chrono::seconds(1));
  ASSERT_EQ(group.targets.size(), 2U);
  EXPECT_TRUE(group.targets[0].draining);
  EXPECT_FALSE(group.targets[1].draining);
  EXPECT_EQ(group.targets[0].port, 8080);
  EXPECT_EQ(group.targets[0].address, Instance(plan, "i-web-1").interface.address);
  EXPECT_TRUE(Node(plan, "back/ap-northeast-2a").internal);
  EXPECT_EQ(plan.target_group_nodes.at(TargetGroupArn("front")).size(), 2U);
}

TEST(LoadBalancerPlan, AtAwsPaceNumbersAreAsWritten) {
  RegionFixture fixture;
  fixture.environment.pace.kind = PaceKind::kAws;
  const auto plan = fixture.Plan();
  const auto& check = Node(plan, "front/ap-northeast-2a").target_groups[0].health_check;
  EXPECT_EQ(check.interval, std::chrono::seconds(6));
  EXPECT_EQ(check.timeout, std::chrono::seconds(2));
  EXPECT_EQ(Record(plan, "scv.localhost", "www.scv.localhost", "A")->ttl, 60);
}

TEST(LoadBalancerPlan, RulesAreOrderedAndOddOnesSaid) {
  RegionFixture fixture;
  const auto listener = LoadBalancerArn("front") + "/https";
  const auto put = [&](const std::string& id, int priority, const std::string& condition) {
    fixture.Put("aws_lb_listener_rule", id,
                "{'listener_arn':'" + listener + "','priority':" + std::to_string(priority) +
                    ",'action':[{'type':'fixed-response','fixed_response':[{'content_type':"
                    "'text/plain','message_body':'no','status_code':'403'}]}],'condition':[" +
                    condition + "]}");
  };
  put("rule-1", 20, "{'path_pattern':[{'values':['/admin*']}]}");
  put("rule-2", 10, "{'host_header':[{'values':['old.*']}]}");
  put("rule-3", 5, "{'source_ip':[{'values':['10.0.0.0/8']}]}");
  const auto plan = fixture.Plan();
  const auto& rules = Node(plan, "front/ap-northeast-2a").listeners[1].rules;
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(rules[0].hosts, (std::vector<std::string>{"old.*"}));
  EXPECT_EQ(rules[1].action.status, 403);
  EXPECT_TRUE(plan.not_honoured.contains(fixture.Get("aws_lb_listener_rule", "rule-3").key));
}

TEST(LoadBalancerPlan, AListenerWaitsForItsCertificate) {
  RegionFixture fixture;
  fixture.environment.validated_certificates.clear();
  const auto plan = fixture.Plan();
  EXPECT_EQ(Node(plan, "front/ap-northeast-2a").listeners.size(), 1U);
  EXPECT_TRUE(plan.missing.contains(
      fixture.Get("aws_lb_listener", LoadBalancerArn("front") + "/https").key));
  EXPECT_TRUE(plan.missing.contains(fixture.Get("aws_acm_certificate_validation", "v1").key));
}

TEST(LoadBalancerPlan, ACertificateStaysIssued) {
  RegionFixture fixture;
  const auto plan = fixture.Plan();
  fixture.environment.validated_certificates.clear();  // a new process does not know yet
  fixture.book = *AddressBook::FromJson(fixture.book.ToJson());
  EXPECT_TRUE(SameParts(plan, fixture.Plan()));
}

TEST(LoadBalancerPlan, ACertificateIsIssuedOnceItsProofIsServed) {
  RegionFixture fixture;
  EXPECT_EQ(ValidatedCertificates(fixture.state, Names(fixture.Plan())),
            (std::set<std::string>{kCertificateArn}));
  fixture.MarkDeleting("aws_route53_record", "Z1_proof", "global");
  EXPECT_TRUE(ValidatedCertificates(fixture.state, Names(fixture.Plan())).empty());
}

}  // namespace
}  // namespace scv::control
