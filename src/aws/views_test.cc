// The readers against attributes as Terraform's state has them.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "aws/views_compute.h"
#include "aws/views_database.h"
#include "aws/views_identity.h"
#include "aws/views_load_balancer.h"
#include "aws/views_names.h"
#include "aws/views_network.h"

namespace scv::aws {
namespace {

Resource Make(const std::string& type, const std::string& id, const std::string& attributes,
              const std::string& region = "ap-northeast-2") {
  Resource resource;
  resource.key.type = type;
  resource.key.id = id;
  resource.key.region = region;
  resource.attributes = boost::json::parse(attributes).as_object();
  return resource;
}

TEST(Views, SecurityGroupRulesComeInThreeForms) {
  const auto inline_rules = Make("aws_security_group", "sg-1", R"({"ingress": [
      {"from_port": 443, "to_port": 443, "protocol": "TCP", "self": true,
       "cidr_blocks": ["10.0.0.0/8", "192.168.0.0/16"], "ipv6_cidr_blocks": ["::/0"],
       "security_groups": ["123456789012/sg-2"], "prefix_list_ids": ["pl-1"]}],
      "egress": [{"from_port": 0, "to_port": 0, "protocol": "all",
                  "cidr_blocks": ["0.0.0.0/0"]}]})");
  const auto group = ReadSecurityGroup(inline_rules);
  ASSERT_EQ(group.rules.size(), 6U);
  EXPECT_EQ(group.rules[0].protocol, "tcp");
  EXPECT_EQ(group.rules[2].group, "sg-2");
  EXPECT_EQ(group.rules[3].group, "sg-1");
  EXPECT_EQ(group.rules[4].prefix_list, "pl-1");
  EXPECT_TRUE(group.rules[5].egress);
  EXPECT_EQ(group.rules[5].protocol, "-1");

  const auto single = Make("aws_vpc_security_group_egress_rule", "sgr-1",
                           R"({"security_group_id": "sg-1", "ip_protocol": "-1",
                               "cidr_ipv4": "0.0.0.0/0"})");
  const auto egress = ReadSecurityGroupRules(single);
  EXPECT_EQ(egress.security_group_id, "sg-1");
  ASSERT_EQ(egress.rules.size(), 1U);
  EXPECT_TRUE(egress.rules[0].egress);

  const auto old = Make("aws_security_group_rule", "sgrule-1",
                        R"({"type": "egress", "security_group_id": "sg-1", "protocol": "17",
                            "from_port": 53, "to_port": 53, "self": true, "cidr_blocks": null})");
  const auto rules = ReadSecurityGroupRules(old).rules;
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].protocol, "udp");
  EXPECT_EQ(rules[0].group, "sg-1");
  EXPECT_TRUE(rules[0].egress);
}

TEST(Views, RoutesAreInlineOrOfTheirOwn) {
  const auto table = Make("aws_route_table", "rtb-1", R"({"vpc_id": "vpc-1", "route": [
      {"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1", "nat_gateway_id": ""},
      {"cidr_block": "", "ipv6_cidr_block": "::/0", "egress_only_gateway_id": "eigw-1"}]})");
  const auto read = ReadRouteTable(table);
  ASSERT_EQ(read.routes.size(), 2U);
  EXPECT_EQ(read.routes[0].gateway_id, "igw-1");
  EXPECT_EQ(read.routes[1].destination, "");
  EXPECT_EQ(read.routes[1].other, "eigw-1");
  const auto route = Make("aws_route", "r-1",
                          R"({"route_table_id": "rtb-1", "destination_cidr_block": "10.0.0.0/8",
                              "vpc_peering_connection_id": "pcx-1"})");
  EXPECT_EQ(ReadRoute(route).route.peering_id, "pcx-1");
  EXPECT_EQ(ReadRoute(route).route.other, "");
}

TEST(Views, PeeringsAreAcceptedByTheOtherSideOrWithinARegion) {
  const auto connection = [](const std::string& rest) {
    return Make("aws_vpc_peering_connection", "pcx-1",
                R"({"vpc_id": "vpc-1", "peer_vpc_id": "vpc-2")" + rest + "}");
  };
  const auto accepted = [&](const std::string& rest) {
    const auto resource = connection(rest);
    return ReadPeeringConnection(resource).accepted;
  };
  const auto resource = connection(R"(, "auto_accept": true)");
  const auto within = ReadPeeringConnection(resource);
  EXPECT_EQ(within.id, "pcx-1");
  EXPECT_EQ(within.peer_vpc_id, "vpc-2");
  EXPECT_EQ(within.peer_region, within.region());
  EXPECT_TRUE(within.accepted);
  EXPECT_FALSE(accepted(""));
  EXPECT_FALSE(accepted(R"(, "peer_region": "eu-west-1", "auto_accept": true)"));
  EXPECT_TRUE(accepted(R"(, "peer_region": "eu-west-1", "accept_status": "active")"));
  const auto accepting = Make("aws_vpc_peering_connection_accepter", "pcx-1",
                              R"({"vpc_peering_connection_id": "pcx-1", "auto_accept": true})");
  const auto accepter = ReadPeeringAccepter(accepting);
  EXPECT_EQ(accepter.connection_id, "pcx-1");
  EXPECT_TRUE(accepter.accepts);
}

TEST(Views, TargetGroupsKeepNumbersAsText) {
  const auto resource = Make("aws_lb_target_group", "arn:tg", R"({"name": "web", "port": 8080,
      "deregistration_delay": "30", "slow_start": 45,
      "health_check": [{"port": "traffic-port", "interval": 10, "healthy_threshold": 2}],
      "stickiness": [{"enabled": true, "type": "lb_cookie", "cookie_duration": 600}]})");
  const auto group = ReadTargetGroup(resource);
  EXPECT_EQ(group.deregistration_delay_seconds, 30);
  EXPECT_EQ(group.slow_start_seconds, 45);
  EXPECT_EQ(group.health_check.port, 0);
  EXPECT_EQ(group.health_check.interval_seconds, 10);
  EXPECT_EQ(group.health_check.timeout_seconds, 5);
  EXPECT_EQ(group.stickiness_type, "lb_cookie");
  EXPECT_EQ(group.stickiness_seconds, 600);
  EXPECT_EQ(ReadTargetGroup(Make("aws_lb_target_group", "x", R"({"deregistration_delay": "x"})"))
                .deregistration_delay_seconds,
            300);
}

TEST(Views, ListenersHaveActionsInOrder) {
  const auto resource = Make("aws_lb_listener", "arn:l", R"({"port": 443, "protocol": "HTTPS",
      "routing_http_response_x_frame_options_header_value": "DENY",
      "default_action": [{"type": "forward", "order": 2, "target_group_arn": "arn:a", "forward": [
        {"target_group": [{"arn": "arn:a", "weight": 1}, {"arn": "arn:b", "weight": 9}]}]},
        {"type": "authenticate-oidc", "order": 1}]})");
  const auto listener = ReadListener(resource);
  EXPECT_EQ(listener.response_headers.at("X-Frame-Options"), "DENY");
  ASSERT_EQ(listener.default_actions.size(), 2U);
  EXPECT_EQ(listener.default_actions[0].type, "authenticate-oidc");
  ASSERT_EQ(listener.default_actions[1].forwards.size(), 2U) << "not the repetition";
  EXPECT_EQ(listener.default_actions[1].forwards[1].weight, 9);
}

TEST(Views, LoadBalancersArePlacedBySubnet) {
  const auto plain = Make("aws_lb", "arn:lb", R"({"subnets": ["subnet-2", "subnet-1"]})");
  EXPECT_EQ(ReadLoadBalancer(plain).places[0].subnet_id, "subnet-1");
  EXPECT_EQ(ReadLoadBalancer(plain).arn, "arn:lb");
  const auto mapped = Make("aws_lb", "arn:lb", R"({"subnets": ["subnet-1"], "subnet_mapping": [
      {"subnet_id": "subnet-1", "private_ipv4_address": "10.0.0.9"}]})");
  ASSERT_EQ(ReadLoadBalancer(mapped).places.size(), 1U);
  EXPECT_EQ(ReadLoadBalancer(mapped).places[0].private_address, "10.0.0.9");
}

TEST(Views, LaunchTemplatesHaveVersions) {
  const auto resource = Make("aws_launch_template", "lt-1", R"({"latest_version": 3,
      "instance_type": "t3.large", "user_data": "IyEvYmluL3NoCg==",
      "iam_instance_profile": [{"name": "was", "arn": ""}],
      "network_interfaces": [{"associate_public_ip_address": "false",
                              "security_groups": ["sg-1"]}],
      "_versions": [{"version": 2, "instance_type": "t3.micro",
                     "vpc_security_group_ids": ["sg-0"]}]})");
  const auto latest = ReadLaunchTemplateVersion(resource, 3);
  ASSERT_TRUE(latest);
  EXPECT_EQ(latest->user_data, "#!/bin/sh\n");
  EXPECT_EQ(latest->instance_profile, "was");
  EXPECT_EQ(latest->associate_public_address, false);
  EXPECT_EQ(latest->security_groups, (std::vector<std::string>{"sg-1"}));
  EXPECT_EQ(ReadLaunchTemplateVersion(resource, 2)->instance_type, "t3.micro");
  EXPECT_FALSE(ReadLaunchTemplateVersion(resource, 1));
}

TEST(Views, RecordsKnowTheirPolicy) {
  const auto failover =
      ReadDnsRecord(Make("aws_route53_record", "r", R"({"name": "API", "type": "A",
      "set_identifier": "seoul", "failover_routing_policy": [{"type": "PRIMARY"}],
      "alias": [{"name": "Front.elb.amazonaws.com.", "evaluate_target_health": true}]})"));
  EXPECT_EQ(failover.policy, RoutingPolicy::kFailover);
  EXPECT_EQ(failover.failover_type, "PRIMARY");
  EXPECT_EQ(failover.alias_name, "front.elb.amazonaws.com");
  EXPECT_EQ(FullName(failover, "scv.localhost"), "api.scv.localhost");
  const auto geo = ReadDnsRecord(Make("aws_route53_record", "r", R"({"name": "scv.localhost.",
      "set_identifier": "x", "geolocation_routing_policy": [{"country": "*"}]})"));
  EXPECT_EQ(geo.policy, RoutingPolicy::kGeolocation);
  EXPECT_EQ(geo.country, "*");
  EXPECT_EQ(FullName(geo, "scv.localhost"), "scv.localhost");
  const auto wild = ReadDnsRecord(Make("aws_route53_record", "r", R"({"name": "\\052.x"})"));
  EXPECT_EQ(FullName(wild, "scv.localhost"), "*.x.scv.localhost");
  EXPECT_EQ(wild.policy, RoutingPolicy::kSimple);
}

TEST(Views, CertificatesHaveEachNameOnce) {
  const auto certificate = ReadCertificate(Make("aws_acm_certificate", "arn:c", R"({
      "domain_name": "Scv.localhost", "subject_alternative_names": ["www.scv.localhost",
      "scv.localhost"], "domain_validation_options": [
        {"resource_record_name": "_a.scv.localhost.", "resource_record_type": "CNAME",
         "resource_record_value": "_b.acm-validations.aws."},
        {"resource_record_name": "_a.scv.localhost.", "resource_record_type": "CNAME",
         "resource_record_value": "_b.acm-validations.aws."}]})"));
  EXPECT_EQ(certificate.names, (std::vector<std::string>{"scv.localhost", "www.scv.localhost"}));
  ASSERT_EQ(certificate.validations.size(), 1U);
  EXPECT_EQ(certificate.validations[0].value, "_b.acm-validations.aws");
}

TEST(Views, RolesCollectTheirPolicies) {
  DesiredState state;
  state.Put(Make("aws_iam_role", "was",
                 R"({"name": "was", "inline_policy": [{"name": "i", "policy": "inline"}]})",
                 "global"));
  state.Put(Make("aws_iam_role_policy", "was:p", R"({"role": "was", "policy": "own"})", "global"));
  state.Put(Make("aws_iam_policy", "arn:p", R"({"arn": "arn:p", "policy": "attached"})", "global"));
  state.Put(Make("aws_iam_policy", "arn:q", R"({"arn": "arn:q", "policy": "other"})", "global"));
  state.Put(Make("aws_iam_role_policy_attachment", "a", R"({"role": "was", "policy_arn": "arn:p"})",
                 "global"));
  state.Put(Make("aws_iam_instance_profile", "was", R"({"name": "was", "arn": "arn:ip",
                 "role": "was"})",
                 "global"));
  EXPECT_EQ(PoliciesOfRole(state, "was"), (std::vector<std::string>{"attached", "inline", "own"}));
  EXPECT_TRUE(PoliciesOfRole(state, "web").empty());
  ASSERT_NE(FindInstanceProfile(state, "arn:ip"), nullptr);
  EXPECT_EQ(ReadInstanceProfile(*FindInstanceProfile(state, "was")).role, "was");
  EXPECT_EQ(FindInstanceProfile(state, "none"), nullptr);
}

TEST(Views, StorageAndSecrets) {
  const auto versioning = Make("aws_s3_bucket_versioning", "b",
                               R"({"bucket": "b", "versioning_configuration": [
                                   {"status": "Enabled"}]})");
  EXPECT_TRUE(ReadBucketVersioning(versioning).enabled);
  EXPECT_EQ(ReadBucket(Make("aws_s3_bucket", "b", "{}")).name, "b");
  EXPECT_EQ(ReadSecret(Make("aws_secretsmanager_secret", "arn:s", R"({"name": "s"})"))
                .recovery_window_days,
            30);
}

TEST(Views, DatabasesAreNamedByIdentifier) {
  const auto database = Make("aws_db_instance", "db-ABC", R"({"identifier": "memo", "port": 3307,
      "_master_password_hash": "*AB", "parameter_group_name": "p"})");
  EXPECT_EQ(ReadDbInstance(database).identifier, "memo");
  EXPECT_EQ(ReadDbInstance(database).port, 3307);
  EXPECT_EQ(ReadDbInstance(database).master_password_hash, "*AB");
  const auto parameters = Make("aws_db_parameter_group", "p", R"({"parameter": [
      {"name": "long_query_time", "value": "1", "apply_method": "immediate"}, {"value": "x"}]})");
  EXPECT_EQ(ReadDbParameterGroup(parameters).parameters.size(), 1U);
}

}  // namespace
}  // namespace scv::aws
