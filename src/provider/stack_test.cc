// Stacks in an account: what they make, change and take away, and what stands in their way.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "provider/conform.h"
#include "provider/schema.h"
#include "provider/stack_test_support.h"

namespace scv::provider {
namespace {

std::string Failover() {
  std::ifstream file(std::filesystem::path(SCV_PROVIDER_TESTDATA) /
                     "../../../infra/cloudformation/failover.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class StackTest : public testing::Test {
 protected:
  void SetUp() override { zone_ = lab_.Make("aws_route53_zone")["id"].Text(); }

  Value Config(const std::string& body, Value::Object parameters = {}) {
    auto config = lab_.Config(kStackType);
    config.At("template_body") = Value(body);
    config.At("parameters") = Value(std::move(parameters));
    return config;
  }

  Value FailoverConfig(const std::string& geolocation) {
    return Config(Failover(), {{"HostedZoneId", Value(zone_)},
                               {"DomainName", Value("scv.localhost")},
                               {"PrimaryDnsName", Value("front-1.elb.amazonaws.com")},
                               {"PrimaryZoneId", Value("ZLB1")},
                               {"SecondaryDnsName", Value("front-2.elb.amazonaws.com")},
                               {"SecondaryZoneId", Value("ZLB2")},
                               {"FailureThreshold", Value("2")},
                               {"Geolocation", Value(geolocation)}});
  }

  // name/set_identifier → record, and reference → health check, as they stand.
  std::map<std::string, aws::Resource> Standing(const char* type) {
    std::map<std::string, aws::Resource> found;
    for (const auto& one : lab_.account.State()->List(aws::kGlobal, type)) {
      const auto name = aws::String(one->attributes, "fqdn") + "/" +
                        aws::String(one->attributes, "set_identifier");
      const bool record = std::string_view(type) == "aws_route53_record";
      found[record ? name : aws::String(one->attributes, "_logical_id")] = *one;
    }
    return found;
  }

  TestLab lab_;
  std::string zone_;
};

TEST_F(StackTest, FailoverRoutingBecomesRecordsAndHealthChecks) {
  const auto made = lab_.Create(kStackType, FailoverConfig("off"));
  ASSERT_FALSE(HasError(made.diagnostics)) << Text(made.diagnostics);
  const auto checks = Standing("aws_route53_health_check");
  ASSERT_EQ(checks.size(), 2U);
  const auto& ready = checks.at("PrimaryReady");
  EXPECT_EQ(aws::String(ready.attributes, "fqdn"), "front-1.elb.amazonaws.com");
  EXPECT_EQ(aws::String(ready.attributes, "resource_path"), "/readyz");
  EXPECT_EQ(aws::String(checks.at("SecondaryLive").attributes, "resource_path"), "/livez");
  EXPECT_EQ(aws::Integer(ready.attributes, "failure_threshold"), 2);
  EXPECT_EQ(aws::Integer(ready.attributes, "request_interval"), 10);
  EXPECT_EQ(made.state["outputs"]["PrimaryHealthCheckId"].Text(), ready.key.id);
  EXPECT_EQ(made.state["outputs"]["Url"].Text(), "https://www.scv.localhost/");

  const auto records = Standing("aws_route53_record");
  EXPECT_EQ(records.size(), 6U);
  const auto& primary = records.at("primary-first.www.scv.localhost/primary").attributes;
  EXPECT_EQ(aws::String(primary, "health_check_id"), ready.key.id);
  EXPECT_EQ(aws::String(*aws::Block(primary, "failover_routing_policy"), "type"), "PRIMARY");
  EXPECT_EQ(aws::String(*aws::Block(primary, "alias"), "zone_id"), "ZLB1");
  const auto& everyone = records.at("www.scv.localhost/everyone").attributes;
  EXPECT_EQ(aws::String(*aws::Block(everyone, "geolocation_routing_policy"), "country"), "*");
  EXPECT_EQ(aws::String(everyone, "_stack"), made.state["id"].Text());
}

TEST_F(StackTest, AnUpdateChangesWhatDiffersAndTakesAwayTheRest) {
  const auto config = FailoverConfig("off");
  const auto made = lab_.Create(kStackType, config);
  ASSERT_FALSE(HasError(made.diagnostics)) << Text(made.diagnostics);
  const auto before = Standing("aws_route53_health_check").at("PrimaryReady").key.id;

  const auto wide = lab_.Update(kStackType, made.state, FailoverConfig("on"));
  ASSERT_FALSE(HasError(wide.diagnostics)) << Text(wide.diagnostics);
  EXPECT_EQ(Standing("aws_route53_record").size(), 14U);
  EXPECT_EQ(Standing("aws_route53_health_check").size(), 4U);
  EXPECT_EQ(Standing("aws_route53_health_check").at("PrimaryReady").key.id, before);

  auto fenced = FailoverConfig("on");
  fenced.At("parameters").At("Fenced") = Value("primary");
  const auto apart = lab_.Update(kStackType, wide.state, fenced);
  ASSERT_FALSE(HasError(apart.diagnostics)) << Text(apart.diagnostics);
  const auto lost = Standing("aws_route53_health_check").at("PrimaryReady");
  EXPECT_EQ(lost.key.id, before) << "changed in place";
  EXPECT_EQ(aws::String(lost.attributes, "resource_path"), "/api/v1/fenced");

  auto slow = FailoverConfig("on");
  slow.At("parameters").At("CheckInterval") = Value("30");
  const auto replaced = lab_.Update(kStackType, apart.state, slow);
  ASSERT_FALSE(HasError(replaced.diagnostics)) << Text(replaced.diagnostics);
  const auto checks = Standing("aws_route53_health_check");
  EXPECT_EQ(checks.size(), 4U) << "an interval cannot be changed: made anew, the old ones gone";
  EXPECT_NE(checks.at("PrimaryReady").key.id, before);
  EXPECT_EQ(
      aws::String(
          Standing("aws_route53_record").at("primary-first.www.scv.localhost/primary").attributes,
          "health_check_id"),
      checks.at("PrimaryReady").key.id);

  const auto narrow = lab_.Update(kStackType, replaced.state, config);
  ASSERT_FALSE(HasError(narrow.diagnostics)) << Text(narrow.diagnostics);
  EXPECT_EQ(Standing("aws_route53_record").size(), 6U);
  EXPECT_EQ(Standing("aws_route53_health_check").size(), 2U);

  const auto deleted = lab_.Delete(kStackType, narrow.state);
  EXPECT_FALSE(HasError(deleted.diagnostics)) << Text(deleted.diagnostics);
  EXPECT_TRUE(Standing("aws_route53_record").empty());
  EXPECT_TRUE(Standing("aws_route53_health_check").empty());
}

TEST_F(StackTest, WhatIsNotItsOwnStandsInItsWayAndNothingIsMade) {
  auto record = lab_.Config("aws_route53_record");
  record.At("name") = Value("www.scv.localhost");
  const auto simple = lab_.Create("aws_route53_record", record);
  ASSERT_FALSE(HasError(simple.diagnostics)) << Text(simple.diagnostics);
  const auto refused = lab_.Create(kStackType, FailoverConfig("off"));
  EXPECT_NE(Text(refused.diagnostics).find("InvalidChangeBatch"), std::string::npos)
      << Text(refused.diagnostics);
  EXPECT_TRUE(Standing("aws_route53_health_check").empty());
  EXPECT_EQ(Standing("aws_route53_record").size(), 1U);
}

TEST_F(StackTest, AnUpdateThatFailsChangesNothing) {
  const auto made = lab_.Create(kStackType, FailoverConfig("off"));
  auto bad = FailoverConfig("off");
  bad.At("parameters").At("HostedZoneId") = Value("Z00000000000000000000");
  const auto refused = lab_.Update(kStackType, made.state, bad);
  EXPECT_NE(Text(refused.diagnostics).find("does not exist"), std::string::npos)
      << Text(refused.diagnostics);
  EXPECT_EQ(refused.state, made.state);
  EXPECT_EQ(Standing("aws_route53_record").size(), 6U);
}

TEST_F(StackTest, BadTemplatesAreRefusedWhenTheyAreValidated) {
  const auto why = [&](const std::string& body) {
    return Text(lab_.provider.ValidateResource(kStackType, Config(body)));
  };
  EXPECT_NE(why("Resources: {Z: {Type: AWS::Route53::HostedZone}}").find("AWS::Route53::RecordSet"),
            std::string::npos);
  EXPECT_NE(why("a: [").find("line"), std::string::npos);
  auto config = FailoverConfig("sometimes");
  EXPECT_NE(Text(lab_.provider.ValidateResource(kStackType, config)).find("AllowedValues"),
            std::string::npos);
}

// Damaged in one place each: refused, or made and taken away again; never a crash.
TEST_F(StackTest, SurvivesDamagedTemplates) {
  const auto whole = Failover();
  ASSERT_GT(whole.size(), 1000U);
  constexpr std::string_view kPieces[] = {"!Ref ", "!Sub ", "[",  "]",        "{", "}",
                                          ": ",    "\n",    "  ", "${",       "*", "&a",
                                          "'",     "\xff",  "- ", "!If [C, 1"};
  std::uint64_t random = 88172645463325252U;  // xorshift, the same every time
  const auto next = [&](std::size_t below) {
    random ^= random << 13U;
    random ^= random >> 7U;
    random ^= random << 17U;
    return static_cast<std::size_t>(random % below);
  };
  const auto parameters = FailoverConfig("on")["parameters"];
  for (int i = 0; i < 200; ++i) {
    auto text = whole;
    const auto at = next(text.size());
    text.replace(at, next(12), kPieces[next(std::size(kPieces))]);
    const auto config = Config(text, parameters.Fields());
    if (HasError(lab_.provider.ValidateResource(kStackType, config))) continue;
    const auto made = lab_.Create(kStackType, config);
    if (HasError(made.diagnostics)) continue;
    ASSERT_FALSE(HasError(lab_.Delete(kStackType, made.state).diagnostics));
    ASSERT_TRUE(Standing("aws_route53_record").empty());
  }
}

TEST_F(StackTest, PropertiesAreCheckedOneByOne) {
  const auto why = [&](const std::string& properties) {
    const auto made = lab_.Create(
        kStackType,
        Config("Resources: {R: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: " +
               zone_ + ", Name: a.scv.localhost, " + properties + "}}}"));
    return Text(made.diagnostics);
  };
  EXPECT_NE(why("Type: A, Tll: 1").find("Tll"), std::string::npos);
  EXPECT_NE(why("Type: A").find("TTL"), std::string::npos);
  EXPECT_NE(why("Type: A, TTL: soon, ResourceRecords: [192.0.2.1]").find("whole number"),
            std::string::npos);
  EXPECT_NE(why("Type: WKS, TTL: 1, ResourceRecords: [192.0.2.1]").find("type"), std::string::npos);
  EXPECT_NE(why("Type: A, TTL: 1, ResourceRecords: [192.0.2.1], Failover: THIRD").find("PRIMARY"),
            std::string::npos);
  EXPECT_NE(why("Type: A, TTL: 1, ResourceRecords: [192.0.2.1], Weight: 1").find("SetIdentifier"),
            std::string::npos);
  EXPECT_EQ(why("Type: A, TTL: 1, ResourceRecords: [192.0.2.1], Weight: 1, SetIdentifier: a"), "");
}

// --- What two regions have to do with each other -------------------------------------------------

TEST(TwoRegions, AReplicaTakesWhatItsSourceHasAndCanBePromoted) {
  TestLab lab;
  auto source = lab.Config("aws_db_instance");
  source.At("backup_retention_period") = Value(7);
  const auto first = lab.Create("aws_db_instance", source);
  ASSERT_FALSE(HasError(first.diagnostics)) << Text(first.diagnostics);
  Value config(Value::Object{{"identifier", Value("memo-2")},
                             {"instance_class", Value("db.t4g.micro")},
                             {"skip_final_snapshot", Value(true)},
                             {"replicate_source_db", first.state["arn"]}});
  config = Conform(config, TheSchema().resources.at("aws_db_instance"));
  const auto replica = lab.Create("aws_db_instance", config);
  ASSERT_FALSE(HasError(replica.diagnostics)) << Text(replica.diagnostics);
  EXPECT_EQ(replica.state["username"].Text(), "memo");
  EXPECT_EQ(replica.state["engine"].Text(), "mariadb");

  auto promoted = config;
  promoted.At("replicate_source_db") = Value();
  promoted.At("engine") = Value("mariadb");
  promoted.At("username") = Value("memo");
  promoted.At("allocated_storage") = Value(20);
  const auto plan = lab.Replan("aws_db_instance", replica.state, promoted);
  EXPECT_TRUE(plan.requires_replace.empty());
  const auto alone = lab.Update("aws_db_instance", replica.state, promoted);
  EXPECT_FALSE(HasError(alone.diagnostics)) << Text(alone.diagnostics);
  EXPECT_EQ(alone.state["address"], replica.state["address"]);

  const auto back = lab.Update("aws_db_instance", alone.state, config);
  EXPECT_NE(Text(back.diagnostics).find("-replace"), std::string::npos) << Text(back.diagnostics);
}

TEST(TwoRegions, ASecretIsCopiedUnderTheSameNameWithItsValues) {
  TestLab lab;
  auto config = lab.Config("aws_secretsmanager_secret");
  config.At("name") = Value("copied");
  config.At("recovery_window_in_days") = Value(0);
  config.At("replica") = Value(Value::List{Value(
      Value::Object{{"region", Value("ap-northeast-1")}, {"kms_key_id", Value("alias/copy")}})});
  config = Conform(config, TheSchema().resources.at("aws_secretsmanager_secret"));
  const auto made = lab.Create("aws_secretsmanager_secret", config);
  ASSERT_FALSE(HasError(made.diagnostics)) << Text(made.diagnostics);
  auto version = lab.Config("aws_secretsmanager_secret_version");
  version.At("secret_id") = made.state["id"];
  ASSERT_FALSE(HasError(lab.Create("aws_secretsmanager_secret_version", version).diagnostics));
  const auto copies = lab.account.State()->List("ap-northeast-1", "aws_secretsmanager_secret");
  ASSERT_EQ(copies.size(), 1U);
  EXPECT_EQ(aws::String(copies[0]->attributes, "name"), "copied");
  EXPECT_EQ(copies[0]->key.id.substr(copies[0]->key.id.size() - 6),
            made.state["arn"].Text().substr(made.state["arn"].Text().size() - 6));
  EXPECT_EQ(lab.secrets.Get(copies[0]->key.id)->value, "s3cret");

  const auto deleted = lab.Delete("aws_secretsmanager_secret", made.state);
  EXPECT_FALSE(HasError(deleted.diagnostics)) << Text(deleted.diagnostics);
  EXPECT_TRUE(lab.account.State()->List("ap-northeast-1", "aws_secretsmanager_secret").empty());
  EXPECT_FALSE(lab.secrets.Get(copies[0]->key.id).has_value());
}

TEST(TwoRegions, APeeringNeedsTheOtherSideAndAddressesThatDiffer) {
  TestLab lab;
  const auto vpc = lab.Make("aws_vpc");
  lab.session.region = "ap-northeast-1";
  auto far_config = lab.Config("aws_vpc");
  far_config.At("cidr_block") = Value("10.9.0.0/16");
  const auto far = lab.Create("aws_vpc", far_config).state;
  const auto same = lab.Create("aws_vpc", lab.Config("aws_vpc")).state;
  lab.session.region = "ap-northeast-2";
  const auto peer = [&](const Value& other) {
    auto config = lab.Config("aws_vpc_peering_connection");
    config.At("peer_vpc_id") = other["id"];
    config.At("peer_region") = Value("ap-northeast-1");
    return lab.Create("aws_vpc_peering_connection", config);
  };
  EXPECT_NE(Text(peer(same).diagnostics).find("overlap"), std::string::npos);
  EXPECT_NE(Text(peer(vpc).diagnostics).find("no VPC"), std::string::npos);
  const auto connection = peer(far);
  ASSERT_FALSE(HasError(connection.diagnostics)) << Text(connection.diagnostics);
  EXPECT_EQ(connection.state["accept_status"].Text(), "pending-acceptance");

  auto accepter = lab.Config("aws_vpc_peering_connection_accepter");
  accepter.At("vpc_peering_connection_id") = connection.state["id"];
  EXPECT_NE(Text(lab.Create("aws_vpc_peering_connection_accepter", accepter).diagnostics)
                .find("is in ap-northeast-1"),
            std::string::npos);
  lab.session.region = "ap-northeast-1";
  const auto accepted = lab.Create("aws_vpc_peering_connection_accepter", accepter);
  ASSERT_FALSE(HasError(accepted.diagnostics)) << Text(accepted.diagnostics);
  EXPECT_EQ(accepted.state["peer_vpc_id"], far["id"]);
  lab.session.region = "ap-northeast-2";
  const auto read = lab.provider.Read(lab.session, "aws_vpc_peering_connection", connection.state);
  EXPECT_EQ(read.state["accept_status"].Text(), "active");
}

}  // namespace
}  // namespace scv::provider
