// Stacks with resources that the lab only records: what they leave in the account, what the plan
// says of them, and that no secret of theirs is kept.
#include <gtest/gtest.h>

#include "provider/stack_test_support.h"

namespace scv::provider {
namespace {

constexpr const char* kAlarms = R"(
Parameters:
  Address: {Type: String, AllowedPattern: '.+@.+'}
  Key: {Type: String, NoEcho: true, Default: none}
Conditions:
  Keyed: !Not [!Equals [!Ref Key, none]]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    DeletionPolicy: Retain
    Properties:
      TopicName: !Sub '${AWS::StackName}-alarms'
      Subscription: [{Protocol: email, Endpoint: !Ref Address}]
  Budget:
    Type: AWS::Budgets::Budget
    Properties:
      Budget: {BudgetType: COST, TimeUnit: MONTHLY, BudgetLimit: {Amount: 100, Unit: USD}}
      NotificationsWithSubscribers: [{Subscribers: [{SubscriptionType: SNS, Address: !Ref Topic}]}]
  Hook:
    Type: Custom::Hook
    Condition: Keyed
    Properties: {ServiceToken: !GetAtt Topic.TopicArn, Key: !Ref Key}
Outputs:
  Topic: {Value: !Ref Topic}
  Secret: {Condition: Keyed, Value: !Sub 'key=${Key}'}
)";

TEST_F(RecordedStackTest, ItsResourcesComeChangeAndGoWithIt) {
  const auto made = Made(Config(kAlarms, {{"Address", Value("a@b.example")}}));
  const auto topic = Standing("AWS::SNS::Topic").at("Topic");
  EXPECT_EQ(made.state["outputs"]["Topic"].Text(), topic.key.id);
  EXPECT_TRUE(topic.key.id.starts_with("arn:aws:sns:")) << topic.key.id;
  EXPECT_EQ(aws::String(topic.attributes, "_stack"), made.state["id"].Text());
  const auto budget = Standing("AWS::Budgets::Budget").at("Budget");
  EXPECT_NE(boost::json::serialize(budget.attributes).find("\"Address\":\"" + topic.key.id),
            std::string::npos)
      << boost::json::serialize(budget.attributes);
  EXPECT_TRUE(Standing("Custom::Hook").empty());

  const auto more =
      lab_.Update(kStackType, made.state,
                  Config(kAlarms, {{"Address", Value("c@d.example")}, {"Key", Value("k")}}));
  ASSERT_FALSE(HasError(more.diagnostics)) << Text(more.diagnostics);
  EXPECT_EQ(Standing("Custom::Hook").size(), 1U);
  const auto changed = Standing("AWS::SNS::Topic").at("Topic");
  EXPECT_EQ(changed.key, topic.key);
  EXPECT_NE(boost::json::serialize(changed.attributes).find("c@d.example"), std::string::npos);

  const auto less =
      lab_.Update(kStackType, more.state, Config("Resources: {Topic: {Type: AWS::SNS::Topic}}"));
  ASSERT_FALSE(HasError(less.diagnostics)) << Text(less.diagnostics);
  EXPECT_TRUE(Standing("Custom::Hook").empty());
  EXPECT_TRUE(Standing("AWS::Budgets::Budget").empty());
  ASSERT_EQ(Standing("AWS::SNS::Topic").size(), 1U) << "under its new name, the old one gone";
  EXPECT_NE(Standing("AWS::SNS::Topic").at("Topic").key, topic.key);

  const auto deleted = lab_.Delete(kStackType, less.state);
  ASSERT_FALSE(HasError(deleted.diagnostics)) << Text(deleted.diagnostics);
  EXPECT_TRUE(Standing("AWS::SNS::Topic").empty()) << "DeletionPolicy keeps nothing in the lab";
}

TEST_F(RecordedStackTest, ItMayHaveRecordsAndHealthChecksBesides) {
  const auto zone = lab_.Make("aws_route53_zone")["id"].Text();
  const auto made = Made(Config(
      "Resources:\n"
      "  Up: {Type: AWS::Route53::HealthCheck, Properties: {HealthCheckConfig: "
      "{Type: TCP, IPAddress: 192.0.2.1, Port: 443}}}\n"
      "  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {Dimensions: "
      "[{Name: HealthCheckId, Value: !Ref Up}]}}\n"
      "  Name: {Type: AWS::Route53::RecordSet, DependsOn: Alarm, Properties: {HostedZoneId: " +
      zone +
      ", Name: a.scv.localhost, Type: TXT, TTL: 1, ResourceRecords: "
      "[!Sub '\"${Alarm}\"']}}\n"));
  const auto check = Standing("aws_route53_health_check").at("Up");
  const auto alarm = Standing("AWS::CloudWatch::Alarm").at("Alarm");
  EXPECT_NE(boost::json::serialize(alarm.attributes).find(check.key.id), std::string::npos);
  const auto records = Standing("aws_route53_record").at("Name");
  EXPECT_NE(boost::json::serialize(records.attributes).find(alarm.key.id), std::string::npos);
  ASSERT_FALSE(HasError(lab_.Delete(kStackType, made.state).diagnostics));
  EXPECT_TRUE(Standing("AWS::CloudWatch::Alarm").empty());
  EXPECT_TRUE(Standing("aws_route53_health_check").empty());
}

TEST_F(RecordedStackTest, AllOfItIsMadeOrNothing) {
  const auto before = lab_.account.State()->all().size();
  const auto refused =
      lab_.Create(kStackType, Config("Resources:\n  A: {Type: AWS::SNS::Topic}\n"
                                     "  B: {Type: AWS::IAM::Role, Properties: {RoleName: [x]}}\n"));
  EXPECT_NE(Text(refused.diagnostics).find("RoleName"), std::string::npos);
  EXPECT_EQ(lab_.account.State()->all().size(), before);
}

TEST_F(RecordedStackTest, WhatIsNotItsOwnStandsInItsWay) {
  const std::string body =
      "Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: alarms}}}";
  auto topic = lab_.Config("aws_sns_topic");
  topic.At("name") = Value("alarms");
  const auto first = lab_.Create("aws_sns_topic", topic);
  ASSERT_FALSE(HasError(first.diagnostics)) << Text(first.diagnostics);
  EXPECT_NE(Text(lab_.Create(kStackType, Config(body)).diagnostics).find("aws_sns_topic"),
            std::string::npos);
  ASSERT_FALSE(HasError(lab_.Delete("aws_sns_topic", first.state).diagnostics));
  Made(Config(body));
  auto second = Config(body);
  second.At("name") = Value("second");
  EXPECT_NE(Text(lab_.Create(kStackType, second).diagnostics).find("not this stack's"),
            std::string::npos);
  EXPECT_NE(Text(lab_.Create(kStackType,
                             [&] {
                               auto twice = Config(
                                   "Resources:\n  A: {Type: AWS::SNS::Topic, Properties: "
                                   "{TopicName: x}}\n  B: {Type: AWS::SNS::Topic, Properties: "
                                   "{TopicName: x}}\n");
                               twice.At("name") = Value("third");
                               return twice;
                             }())
                     .diagnostics)
                .find("another resource of the template"),
            std::string::npos);
}

// --- Hostile templates ---------------------------------------------------------------------------

// Damaged in two places each: refused, or made and taken away again; never a crash, nothing left.
TEST_F(RecordedStackTest, SurvivesDamagedTemplates) {
  const std::string whole = std::string(kAlarms) +
                            "Mappings: {M: {a: {b: [x, y], c: z}}}\n"
                            "Rules: {R: {RuleCondition: !Equals [!Ref Key, x], Assertions: "
                            "[{Assert: {'Fn::Contains': [[a, b], !Ref Address]}}]}}\n";
  constexpr std::string_view kPieces[] = {
      "!Ref ", "!GetAtt ", "!Sub ", "!Select [", "!Split ['', ", "!GetAZs ",     "[",
      "]",     "{",        "}",     ": ",        "\n",           "  ",           "${",
      "*",     "Fn::If",   "AWS::", "'",         "\xff",         "!If [Keyed, 1"};
  std::uint64_t random = 88172645463325252U;  // xorshift, the same every time
  const auto next = [&](std::size_t below) {
    random ^= random << 13U;
    random ^= random >> 7U;
    random ^= random << 17U;
    return static_cast<std::size_t>(random % below);
  };
  const auto before = lab_.account.State()->all().size();
  int stood = 0;
  for (int i = 0; i < 1000; ++i) {
    auto text = whole;
    for (int j = 0; j < 1 + i % 2; ++j) {
      text.replace(next(text.size()), next(12), kPieces[next(std::size(kPieces))]);
    }
    const auto config = Config(text, {{"Address", Value("a@b.example")}, {"Key", Value("k")}});
    if (HasError(lab_.provider.ValidateResource(kStackType, config))) continue;
    const auto made = lab_.Create(kStackType, config);
    if (!HasError(made.diagnostics)) {
      ++stood;
      EXPECT_EQ(Kept().find("\"k\""), std::string::npos);
      ASSERT_FALSE(HasError(lab_.Delete(kStackType, made.state).diagnostics)) << text;
    }
    ASSERT_EQ(lab_.account.State()->all().size(), before) << text;
  }
  EXPECT_GT(stood, 50);
}

TEST_F(RecordedStackTest, FiveHundredResourcesInARowAreNoTrouble) {
  std::string body = "Resources:\n";
  for (int i = 0; i < 500; ++i) {
    body += "  R" + std::to_string(i) + ": {Type: AWS::X::Y" +
            (i < 499 ? ", DependsOn: R" + std::to_string(i + 1) : "") + "}\n";
  }
  const auto made = Made(Config(body));
  EXPECT_EQ(Standing("AWS::X::Y").size(), 500U);
  ASSERT_FALSE(HasError(lab_.Delete(kStackType, made.state).diagnostics));
  EXPECT_TRUE(Standing("AWS::X::Y").empty());
}

TEST_F(RecordedStackTest, WhatItMakesOfLittleIsLimited) {
  std::string list = "a";
  for (int i = 0; i < 2000; ++i) list += ",a";
  std::string body = "Parameters: {L: {Type: CommaDelimitedList}}\nResources:\n";
  for (int i = 0; i < 400; ++i) {
    body += "  R" + std::to_string(i) + ": {Type: AWS::X::Y, Properties: {P: !Ref L}}\n";
  }
  const auto refused = lab_.Create(kStackType, Config(body, {{"L", Value(list)}}));
  EXPECT_NE(Text(refused.diagnostics).find("4 MiB"), std::string::npos);
  const auto many = lab_.Create(
      kStackType,
      Config("Parameters: {L: {Type: CommaDelimitedList}}\nResources: {R: {Type: AWS::X::Y, "
             "Properties: {A: [!Ref L, !Ref L, !Ref L, !Ref L, !Ref L, !Ref L, !Ref L, !Ref L, "
             "!Ref L]}}}\n",
             {{"L", Value(list)}}));
  EXPECT_NE(Text(many.diagnostics).find("65,536"), std::string::npos) << Text(many.diagnostics);
}

// --- What the plan says --------------------------------------------------------------------------

TEST_F(RecordedStackTest, ThePlanNamesWhatIsOnlyRecorded) {
  const auto config = Config(kAlarms, {{"Address", Value("a@b.example")}});
  const auto plan = lab_.Replan(kStackType, Value(), config);
  const auto said = Text(plan.diagnostics);
  EXPECT_FALSE(HasError(plan.diagnostics)) << said;
  EXPECT_NE(said.find("2 resources that the lab only records: AWS::Budgets::Budget, "
                      "AWS::SNS::Topic"),
            std::string::npos)
      << said;
  const auto made = Made(config);
  EXPECT_TRUE(lab_.Replan(kStackType, made.state, config).diagnostics.empty());
  const auto keyed = Config(kAlarms, {{"Address", Value("a@b.example")}, {"Key", Value("k")}});
  EXPECT_NE(Text(lab_.Replan(kStackType, made.state, keyed).diagnostics).find("Custom::Hook"),
            std::string::npos);
  auto unknown = config;
  unknown.At("parameters").At("Key") = Value(Value::Unknown{});
  EXPECT_NE(Text(lab_.Replan(kStackType, Value(), unknown).diagnostics).find("3 resources"),
            std::string::npos)
      << "whatever the condition will be";
}

TEST_F(RecordedStackTest, ThePlanFailsWhereARuleOfTheTemplateDoes) {
  const std::string body =
      "Rules: {Edge: {Assertions: [{Assert: {'Fn::Contains': [[us-east-1], !Ref AWS::Region]}, "
      "AssertDescription: only in Virginia}]}}\n"
      "Resources: {T: {Type: AWS::SNS::Topic}}\n";
  const auto plan = lab_.Replan(kStackType, Value(), Config(body));
  EXPECT_TRUE(HasError(plan.diagnostics));
  EXPECT_NE(Text(plan.diagnostics).find("Rules.Edge: only in Virginia"), std::string::npos);
  lab_.session.region = "us-east-1";
  Made(Config(body));
}

TEST_F(RecordedStackTest, NothingIsSaidWhereNothingIsRecorded) {
  const auto plan = lab_.Replan(
      kStackType, Value(),
      Config("Resources: {Up: {Type: AWS::Route53::HealthCheck, Properties: {HealthCheckConfig: "
             "{Type: TCP, IPAddress: 192.0.2.1, Port: 443}}}}"));
  EXPECT_TRUE(plan.diagnostics.empty()) << Text(plan.diagnostics);
}

// --- What NoEcho hides ---------------------------------------------------------------------------

TEST_F(RecordedStackTest, ASecretParameterIsNowhereInTheAccount) {
  const auto config =
      Config(kAlarms, {{"Address", Value("a@b.example")}, {"Key", Value("hunter2")}});
  const auto made = Made(config);
  EXPECT_EQ(Kept().find("hunter2"), std::string::npos) << Kept();
  EXPECT_EQ(made.state["outputs"]["Secret"].Text(), "key=****");
  EXPECT_EQ(made.state["parameters"]["Key"].Text(), "hunter2") << "as Terraform planned it";
  const auto read = lab_.provider.Read(lab_.session, kStackType, made.state);
  EXPECT_EQ(read.state, made.state) << "and no plan sees a change";
  const auto again = lab_.Replan(kStackType, read.state, config);
  EXPECT_EQ(again.planned, read.state);

  const auto other = lab_.Update(
      kStackType, made.state,
      Config(kAlarms, {{"Address", Value("a@b.example")}, {"Key", Value("swordfish")}}));
  ASSERT_FALSE(HasError(other.diagnostics)) << Text(other.diagnostics);
  EXPECT_EQ(Kept().find("swordfish"), std::string::npos);
}

}  // namespace
}  // namespace scv::provider
