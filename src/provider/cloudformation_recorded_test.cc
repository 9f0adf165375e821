// Which types are recorded, and the names and ARNs that their resources get.
#include "provider/cloudformation_recorded.h"

#include <gtest/gtest.h>

#include "provider/cloudformation_solutions.h"

namespace scv::provider::cloudformation {
namespace {

const Owner kOwner{"arn:aws:cloudformation:us-east-1:123456789012:stack/costs/1", "costs",
                   "ap-northeast-2"};

Recorded Made(const std::string& type, boost::json::object properties = {}) {
  const auto made = Describe(kOwner, "Thing", type, std::move(properties));
  EXPECT_TRUE(made) << made.error().message;
  return made.value_or(Recorded{});
}

TEST(RecordedTypes, AreThoseOfAwsAndCustomOnes) {
  for (const auto* type : {"AWS::Budgets::Budget", "AWS::WAFv2::WebACL", "Custom::My_Thing@1-2",
                           "AWS::Cognito::UserPool::Part", "AWS::Route53Resolver::FirewallRule",
                           "AWS::CloudFormation::CustomResource"}) {
    EXPECT_TRUE(IsRecordedType(type)) << type;
  }
  const std::string custom = "Custom::";
  for (const auto& type :
       {std::string(), std::string("AWS::Route53::HostedZone"),
        std::string("AWS::Route53::RecordSet"), std::string("AWS::Route53RecoveryControl::Cluster"),
        std::string("AWS::S3"), std::string("AWS::S3::"), std::string("AWS::S3::Bucket::"),
        std::string("AWS::A::B::C::D"), std::string("AWS::S3::Buck et"), custom,
        std::string("Custom::A::B"), std::string("MongoDB::Atlas::Cluster"), std::string("::::"),
        custom + std::string(100, 'x'), std::string("AWS::S3::Bucket\n")}) {
    EXPECT_FALSE(IsRecordedType(type)) << type;
  }
}

TEST(Recorded, HasANameThatStaysUnlessItIsGiven) {
  const auto queue = Made("AWS::Kinesis::Stream");
  EXPECT_TRUE(queue.key.id.starts_with("costs-Thing-")) << queue.key.id;
  EXPECT_EQ(queue.key.id.size(), std::string("costs-Thing-").size() + 12);
  EXPECT_EQ(queue.key.id, Made("AWS::Kinesis::Stream").key.id);
  EXPECT_EQ(queue.key.region, "ap-northeast-2");
  EXPECT_EQ(Made("AWS::IAM::Role", {{"RoleName", "reader"}}).key.id, "reader");
  EXPECT_EQ(Made("AWS::Budgets::Budget", {{"Budget", {{"BudgetName", "month"}}}}).key.id, "month");
  EXPECT_TRUE(Made("AWS::S3::Bucket").key.id.starts_with("costs-thing-")) << "lower-case";
  const auto wrong = Describe(kOwner, "R", "AWS::IAM::Role", {{"RoleName", {1}}});
  EXPECT_NE(wrong.error().message.find("RoleName must be a text"), std::string::npos);
  const auto large = Describe(kOwner, "R", "AWS::X::Y", {{"Large", std::string(70'000, 'x')}});
  EXPECT_NE(large.error().message.find("65,536"), std::string::npos);
}

TEST(Recorded, GivesIdsAndArnsAsAwsDoes) {
  const auto topic = Made("AWS::SNS::Topic", {{"TopicName", "alarms"}});
  EXPECT_EQ(topic.key.id, "arn:aws:sns:ap-northeast-2:123456789012:alarms");
  EXPECT_EQ(topic.Attribute("TopicArn"), topic.key.id);
  EXPECT_EQ(topic.Attribute("TopicName"), "alarms");
  EXPECT_EQ(Made("AWS::IAM::Role", {{"RoleName", "r"}}).Attribute("Arn"),
            "arn:aws:iam::123456789012:role/r");
  EXPECT_EQ(Made("AWS::SQS::Queue", {{"QueueName", "q"}}).key.id,
            std::string("https://") + "sqs.ap-northeast-2.amazonaws.com/123456789012/q");
  const auto acl = Made("AWS::WAFv2::WebACL", {{"Name", "front"}, {"Scope", "REGIONAL"}});
  const auto id = acl.Attribute("Id");
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(acl.key.id, "front|" + id + "|REGIONAL");
  EXPECT_EQ(acl.Attribute("Arn"),
            "arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/front/" + id);
  const auto edge = Made("AWS::WAFv2::WebACL", {{"Name", "front"}, {"Scope", "CLOUDFRONT"}});
  EXPECT_TRUE(edge.Attribute("Arn").starts_with(
      "arn:aws:wafv2:us-east-1:123456789012:global/webacl/front/"));
  const auto other = Made("AWS::CodeBuild::Project");
  EXPECT_EQ(other.Attribute("Arn"),
            "arn:aws:codebuild:ap-northeast-2:123456789012:project/" + other.key.id);
  EXPECT_EQ(other.Attribute("Outputs.Any"), other.key.id + "-Outputs.Any");
  EXPECT_TRUE(other.Attribute("Outputs.AnyArn").starts_with("arn:aws:codebuild:"));
}

TEST(Recorded, StandsForTheTerraformTypeThatIsRecordedToo) {
  EXPECT_EQ(RecordedTypeOf("aws_wafv2_web_acl"), "AWS::WAFv2::WebACL");
  EXPECT_EQ(RecordedTypeOf("aws_s3_bucket"), "") << "the lab has real ones";
  EXPECT_EQ(RecordedTypeOf("aws_iam_role"), "");
  EXPECT_EQ(RecordedTypeOf(""), "");
}

TEST(Recorded, IsSaidInALineThatEnds) {
  EXPECT_EQ(SayRecorded(1, {"AWS::A::B"}), "1 resource that the lab only records: AWS::A::B");
  std::set<std::string> types;
  for (int i = 0; i < 500; ++i) types.insert("Custom::" + std::to_string(i));
  const auto said = SayRecorded(500, types);
  EXPECT_TRUE(said.ends_with(" and 480 more")) << said;
}

TEST(Solutions, AreFoundByTheNameOfTheirTemplate) {
  const std::string waf =
      "https://s3.amazonaws.com/solutions/v4.1.0/aws-waf-security-automations.template";
  EXPECT_EQ(SolutionOf(waf), "Security Automations for AWS WAF");
  EXPECT_EQ(SolutionOf(waf + "?versionId=1"), "Security Automations for AWS WAF");
  EXPECT_EQ(SolutionOf("https://s3.amazonaws.com/b/mine.yaml?x=/aws-waf.template"), "");
  EXPECT_EQ(TemplateName("https://s3.amazonaws.com/b/mine.yaml?x=1"), "mine.yaml");
  EXPECT_EQ(UrlProblem(waf), "");
  for (const auto& url : {std::string(), std::string("https://"), std::string("http://s3/x"),
                          std::string("file:///etc/passwd"), std::string("https://a b"),
                          "https://s3/" + std::string(5200, 'x')}) {
    EXPECT_NE(UrlProblem(url), "") << url;
  }
  EXPECT_NE(UrlProblem("https://u:p@s3.amazonaws.com/x").find("password"), std::string::npos);
}

}  // namespace
}  // namespace scv::provider::cloudformation
