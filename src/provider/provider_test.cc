#include "provider/provider.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "provider/conform.h"
#include "provider/random_text.h"
#include "provider/schema.h"
#include "provider/sessions.h"
#include "provider/test_support.h"

namespace scv::provider {
namespace {

std::vector<std::string> AllTypes() {
  std::vector<std::string> types;
  for (const auto& [type, block] : TheSchema().resources) types.push_back(type);
  return types;
}

class EveryType : public testing::TestWithParam<std::string> {};

// Whatever is made stays as it is: Terraform reads it, plans again, and finds nothing to do.
TEST_P(EveryType, ReplansWithoutAChange) {
  TestLab lab;
  const auto& type = GetParam();
  const auto config = lab.Config(type);
  const auto made = lab.Create(type, config);
  ASSERT_FALSE(HasError(made.diagnostics)) << Text(made.diagnostics);
  ASSERT_TRUE(made.state.IsWhollyKnown());
  EXPECT_EQ(Conform(made.state, TheSchema().resources.at(type)), made.state);

  const auto read = lab.provider.Read(lab.session, type, made.state);
  EXPECT_EQ(read.state, made.state);
  const auto again = lab.Replan(type, read.state, config);
  EXPECT_FALSE(HasError(again.diagnostics)) << Text(again.diagnostics);
  EXPECT_TRUE(again.requires_replace.empty());
  for (const auto& [name, value] : again.planned.Fields()) {
    EXPECT_EQ(value, made.state[name]) << type << "." << name;
  }

  const auto imported = lab.provider.Import(lab.session, type, made.state["id"].Text());
  EXPECT_FALSE(HasError(imported.diagnostics)) << Text(imported.diagnostics);
  EXPECT_EQ(imported.state["id"], made.state["id"]);

  const auto deleted = lab.Delete(type, made.state);
  EXPECT_FALSE(HasError(deleted.diagnostics)) << Text(deleted.diagnostics);
  EXPECT_TRUE(lab.provider.Read(lab.session, type, made.state).state.is_null());
}

INSTANTIATE_TEST_SUITE_P(Table, EveryType, testing::ValuesIn(AllTypes()),
                         [](const auto& info) { return info.param; });

TEST(Provider, KeepsNoSecret) {
  TestLab lab;
  const auto database = lab.Make("aws_db_instance");
  EXPECT_TRUE(database["password_wo"].is_null());
  const auto version = lab.Make("aws_secretsmanager_secret_version");
  EXPECT_EQ(version["secret_string"].Text(), "s3cret") << "Terraform's own state has it";
  for (const auto& [key, resource] : lab.account.State()->all()) {
    const auto text = boost::json::serialize(resource->attributes);
    EXPECT_EQ(text.find("correct horse"), std::string::npos) << key.type;
    EXPECT_EQ(text.find("s3cret"), std::string::npos) << key.type;
  }
  const auto stored =
      lab.account.State()->Find("ap-northeast-2", "aws_db_instance", database["id"].Text());
  EXPECT_EQ(aws::String(stored->attributes, "_master_password_hash"),
            NativePasswordHash("correct horse battery"));
  EXPECT_EQ(lab.secrets.Get(version["arn"].Text())->value, "s3cret");
}

TEST(Provider, HashesPasswordsAsMariaDbDoes) {
  // SELECT PASSWORD('password') on any MariaDB server.
  EXPECT_EQ(NativePasswordHash("password"), "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
}

TEST(Provider, AMissingReferenceNamesItsAttribute) {
  TestLab lab;
  auto config = lab.Config("aws_subnet");
  config.At("vpc_id") = Value("vpc-00000000000000000");
  const auto plan = lab.Replan("aws_subnet", Value(), config);
  ASSERT_TRUE(HasError(plan.diagnostics));
  EXPECT_NE(plan.diagnostics[0].summary.find("does not exist"), std::string::npos);
  ASSERT_EQ(plan.diagnostics[0].path.size(), 1U);
  EXPECT_EQ(plan.diagnostics[0].path[0].name, "vpc_id");
}

TEST(Provider, TwoRegionsDoNotCollide) {
  TestLab lab;
  const auto here = lab.Make("aws_cloudwatch_log_group");
  lab.session.region = "ap-northeast-1";
  const auto there = lab.Create("aws_cloudwatch_log_group", lab.Config("aws_cloudwatch_log_group"));
  EXPECT_FALSE(HasError(there.diagnostics)) << Text(there.diagnostics);
  EXPECT_EQ(here["id"], there.state["id"]);
  EXPECT_NE(here["arn"], there.state["arn"]);
  auto config = lab.Config("aws_subnet");
  const auto plan = lab.Replan("aws_subnet", Value(), config);
  lab.session.region = "ap-northeast-2";
  EXPECT_NE(Text(lab.Replan("aws_subnet", Value(), config).diagnostics).find("another region"),
            std::string::npos);
  EXPECT_FALSE(HasError(plan.diagnostics));
}

TEST(Provider, WhatIsNeededIsNotDeleted) {
  TestLab lab;
  lab.Make("aws_subnet");
  const auto refused = lab.Delete("aws_vpc", lab.Make("aws_vpc"));
  EXPECT_NE(Text(refused.diagnostics).find("DependencyViolation"), std::string::npos);
  EXPECT_FALSE(refused.state.is_null());
}

TEST(Provider, AFailureKeepsWhatWasMade) {
  TestLab lab;
  lab.account.FailNextOf("aws_eip", {ErrorKind::kUnavailable, "the lab is out of order"});
  const auto made = lab.Create("aws_eip", lab.Config("aws_eip"));
  EXPECT_TRUE(HasError(made.diagnostics));
  EXPECT_FALSE(made.state["id"].Text().empty()) << "Terraform taints what it knows of";
}

TEST(Provider, CtrlCEndsAWait) {
  TestLab lab;
  lab.account.NeverSettle("aws_eip");
  const auto config = lab.Config("aws_eip");
  const auto plan = lab.Replan("aws_eip", Value(), config);
  int polls = 0;
  auto made = lab.provider.Apply(lab.session, "aws_eip", Value(), plan.planned, config,
                                 [&] { return ++polls > 2; });
  EXPECT_NE(Text(made.diagnostics).find("interrupted"), std::string::npos);
  EXPECT_FALSE(made.state.is_null());
  lab.account.NeverSettle("aws_eip", false);
  lab.provider.TakeBack(made);
  EXPECT_TRUE(made.state.is_null()) << "nothing to taint";
  EXPECT_NE(Text(made.diagnostics).find("taken down"), std::string::npos);
  EXPECT_TRUE(lab.account.State()->List("ap-northeast-2", "aws_eip").empty());
}

TEST(Provider, CtrlCLetsAChangeEndForAWhile) {
  Session session;
  GiveUp none(session, std::chrono::hours(1));
  EXPECT_FALSE(none());
  session.stopped = true;
  EXPECT_FALSE(none());
  GiveUp at_once(session, std::chrono::milliseconds(0));
  EXPECT_TRUE(at_once());
}

TEST(Provider, AddressesComeFromThePoolLowestFirst) {
  TestLab lab;
  const auto first = lab.Create("aws_eip", lab.Config("aws_eip")).state;
  const auto second = lab.Create("aws_eip", lab.Config("aws_eip")).state;
  EXPECT_EQ(first["public_ip"].Text(), "203.0.113.8");
  EXPECT_EQ(second["public_ip"].Text(), "203.0.113.9");
  lab.Delete("aws_eip", first);
  EXPECT_EQ(lab.Create("aws_eip", lab.Config("aws_eip")).state["public_ip"].Text(), "203.0.113.8");
}

TEST(Provider, ALaunchTemplateKeepsItsVersions) {
  TestLab lab;
  auto config = lab.Config("aws_launch_template");
  config.At("update_default_version") = Value(true);
  auto state = lab.Create("aws_launch_template", config).state;
  EXPECT_EQ(state["latest_version"].Number(), 1);
  config.At("instance_type") = Value("t3.small");
  const auto plan = lab.Replan("aws_launch_template", state, config);
  EXPECT_TRUE(plan.planned["latest_version"].is_unknown());
  EXPECT_TRUE(plan.requires_replace.empty());
  state = lab.Update("aws_launch_template", state, config).state;
  EXPECT_EQ(state["latest_version"].Number(), 2);
  EXPECT_EQ(state["default_version"].Number(), 2);
  const auto* stored =
      lab.account.State()->Find("ap-northeast-2", "aws_launch_template", state["id"].Text());
  const auto versions = aws::Blocks(stored->attributes, "_versions");
  ASSERT_EQ(versions.size(), 1U);
  EXPECT_EQ(aws::Integer(*versions[0], "version"), 1);
  EXPECT_EQ(aws::String(*versions[0], "instance_type"), "t3.micro");
  EXPECT_EQ(state["_versions"].is_null(), true);
}

TEST(Provider, ADeletedSecretKeepsItsName) {
  TestLab lab;
  auto config = lab.Config("aws_secretsmanager_secret");
  const auto secret = lab.Create("aws_secretsmanager_secret", config).state;
  EXPECT_FALSE(HasError(lab.Delete("aws_secretsmanager_secret", secret).diagnostics));
  const auto again = lab.Create("aws_secretsmanager_secret", config);
  EXPECT_NE(Text(again.diagnostics).find("can be restored until"), std::string::npos);
  config.At("name") = Value("other");
  config.At("recovery_window_in_days") = Value(0);
  const auto other = lab.Create("aws_secretsmanager_secret", config).state;
  lab.Delete("aws_secretsmanager_secret", other);
  EXPECT_FALSE(HasError(lab.Create("aws_secretsmanager_secret", config).diagnostics));
}

// A resource as a daemon that died while it was being made leaves it.
std::shared_ptr<const aws::DesiredState> Unfinished(TestLab& lab, const aws::ResourceKey& key) {
  EXPECT_TRUE(lab.account.Write([&](aws::DesiredState& state) -> Result<void> {
    auto resource = *state.Find(key);
    resource.attributes[aws::kCreatingMark] = true;
    state.Put(std::move(resource));
    return {};
  }));
  return lab.account.State();
}

bool IsMarked(TestLab& lab, const aws::ResourceKey& key) {
  const auto state = lab.account.State();
  const auto* found = state->Find(key);
  return found != nullptr && found->attributes.contains(aws::kCreatingMark);
}

TEST(Provider, WhatTerraformKnowsOfHasNoMark) {
  TestLab lab;
  const auto made = lab.Create("aws_vpc", lab.Config("aws_vpc"));
  ASSERT_TRUE(made.made.has_value());
  EXPECT_TRUE(IsMarked(lab, *made.made));
  lab.provider.Acknowledge(*made.made);
  EXPECT_FALSE(IsMarked(lab, *made.made));
  Unfinished(lab, *made.made);
  lab.provider.Read(lab.session, "aws_vpc", made.state);
  EXPECT_FALSE(IsMarked(lab, *made.made));
  Unfinished(lab, *made.made);
  lab.provider.Import(lab.session, "aws_vpc", made.state["id"].Text());
  EXPECT_FALSE(IsMarked(lab, *made.made));
}

TEST(Provider, WhoFindsItByItselfLeavesNoMark) {
  TestLab lab;
  lab.session.drops_unacknowledged = false;
  const auto made = lab.Create("aws_vpc", lab.Config("aws_vpc"));
  EXPECT_FALSE(made.made.has_value());
  EXPECT_FALSE(IsMarked(
      lab, {.region = "ap-northeast-2", .type = "aws_vpc", .id = made.state["id"].Text()}));
}

TEST(Provider, ADroppedSecretsNameIsFreeAtOnce) {
  TestLab lab;
  const auto config = lab.Config("aws_secretsmanager_secret");
  const auto secret = lab.Create("aws_secretsmanager_secret", config).state;
  const aws::ResourceKey key{
      .region = "ap-northeast-2", .type = "aws_secretsmanager_secret", .id = secret["id"].Text()};
  const auto state = Unfinished(lab, key);
  EXPECT_FALSE(HasError(lab.provider.Drop(*state->Find(key), [] { return false; })));
  EXPECT_FALSE(HasError(lab.Create("aws_secretsmanager_secret", config).diagnostics));
}

TEST(Provider, WhatIsNeededIsNotDropped) {
  TestLab lab;
  const auto vpc = lab.Make("aws_vpc");
  lab.Make("aws_subnet");
  const aws::ResourceKey key{.region = "ap-northeast-2", .type = "aws_vpc", .id = vpc["id"].Text()};
  const auto state = Unfinished(lab, key);
  EXPECT_TRUE(HasError(lab.provider.Drop(*state->Find(key), [] { return false; })));
  EXPECT_NE(lab.account.State()->Find(key), nullptr);
}

TEST(Provider, TagsOfTheProviderAreInTagsAll) {
  TestLab lab;
  lab.session.default_tags = {{"Project", "scv"}, {"Name", "default"}};
  auto config = lab.Config("aws_vpc");
  config.At("tags") = Value(Value::Object{{"Name", Value("own")}});
  const auto state = lab.Create("aws_vpc", config).state;
  EXPECT_EQ(state["tags_all"],
            Value(Value::Object{{"Project", Value("scv")}, {"Name", Value("own")}}));
}

}  // namespace
}  // namespace scv::provider
