// Stacks whose templates are only named by their URL, and what refers to their outputs.
#include <gtest/gtest.h>

#include "provider/stack_test_support.h"

namespace scv::provider {
namespace {

constexpr const char* kWafUrl =
    "https://s3.amazonaws.com/solutions-reference/security-automations-for-aws-waf/v4.1.0/"
    "aws-waf-security-automations.template";

using UrlStackTest = RecordedStackTest;

TEST_F(UrlStackTest, AnUnknownUrlIsRecordedAsAWhole) {
  const auto config = UrlConfig("https://s3.amazonaws.com/bucket/mine.yaml?X-Amz-Signature=abc");
  const auto plan = lab_.Replan(kStackType, Value(), config);
  EXPECT_NE(Text(plan.diagnostics).find("mine.yaml as a whole"), std::string::npos)
      << Text(plan.diagnostics);
  EXPECT_EQ(Text(plan.diagnostics).find("Signature"), std::string::npos);
  const auto made = Made(config);
  EXPECT_TRUE(made.state["outputs"].Fields().empty());
  EXPECT_EQ(Standing("AWS::CloudFormation::Stack").size(), 1U);
  const auto wrong = lab_.provider.ValidateResource(kStackType, UrlConfig("http://x/y"));
  EXPECT_NE(Text(wrong).find("https://"), std::string::npos);

  const auto body = Config("Resources: {T: {Type: AWS::SNS::Topic}}");
  const auto changed = lab_.Update(kStackType, made.state, body);
  ASSERT_FALSE(HasError(changed.diagnostics)) << Text(changed.diagnostics);
  EXPECT_TRUE(Standing("AWS::CloudFormation::Stack").empty());
  EXPECT_EQ(Standing("AWS::SNS::Topic").size(), 1U);
  const auto back = lab_.Update(kStackType, changed.state, config);
  ASSERT_FALSE(HasError(back.diagnostics)) << Text(back.diagnostics);
  EXPECT_TRUE(back.state["template_body"].is_null());
  EXPECT_TRUE(Standing("AWS::SNS::Topic").empty());
}

class WafStackTest : public RecordedStackTest {
 protected:
  Value Association(const std::string& arn) {
    auto config = lab_.Config("aws_wafv2_web_acl_association");
    config.At("web_acl_arn") = Value(arn);
    return config;
  }
};

TEST_F(WafStackTest, TheSolutionHasItsOutputs) {
  const auto plan = lab_.Replan(kStackType, Value(), UrlConfig(kWafUrl));
  EXPECT_NE(Text(plan.diagnostics).find("Security Automations for AWS WAF"), std::string::npos);
  EXPECT_TRUE(plan.planned["outputs"].is_unknown());
  const auto made = Made(UrlConfig(kWafUrl, {{"EndpointType", Value("ALB")}}));
  const auto& outputs = made.state["outputs"];
  EXPECT_TRUE(outputs["WAFWebACLArn"].Text().starts_with("arn:aws:wafv2:ap-northeast-2:"));
  EXPECT_NE(outputs["WAFWebACLArn"].Text().find(":regional/webacl/"), std::string::npos);
  EXPECT_EQ(outputs["SolutionVersion"].Text(), "v4.1.0");
  EXPECT_TRUE(outputs["WAFWebACL"].Text().ends_with("|REGIONAL"));
  EXPECT_TRUE(outputs["BadBotHoneypotEndpoint"].Text().starts_with("https://"));
  EXPECT_FALSE(outputs["WafLogBucket"].Text().empty());
}

TEST_F(WafStackTest, HasNoOutputsOfWhatIsOff) {
  const auto config = UrlConfig(
      kWafUrl, {{"ActivateBadBotProtectionParam", Value("no")},
                {"ActivateHttpFloodProtectionParam", Value("yes - AWS WAF rate based rule")},
                {"Mail", Value("who@example.org")}});
  const auto made = Made(config);
  EXPECT_EQ(made.state["outputs"].Fields().size(), 3U);
  EXPECT_NE(made.state["outputs"]["WAFWebACLArn"].Text().find(":global/webacl/"),
            std::string::npos);
  EXPECT_EQ(Kept().find("who@example.org"), std::string::npos) << "nobody knows what NoEcho hides";
  EXPECT_EQ(lab_.provider.Read(lab_.session, kStackType, made.state).state, made.state);
}

TEST_F(WafStackTest, ItsWebAclCanBeAssociatedAndIsHeld) {
  const auto stack = Made(UrlConfig(kWafUrl, {{"EndpointType", Value("ALB")}}));
  const auto arn = stack.state["outputs"]["WAFWebACLArn"].Text();
  const auto association = lab_.Create("aws_wafv2_web_acl_association", Association(arn));
  ASSERT_FALSE(HasError(association.diagnostics)) << Text(association.diagnostics);
  EXPECT_NE(Text(lab_.Create("aws_wafv2_web_acl_association", Association(arn + "x")).diagnostics)
                .find("does not exist"),
            std::string::npos);

  EXPECT_NE(Text(lab_.Delete(kStackType, stack.state).diagnostics).find("still in use"),
            std::string::npos);
  const auto replaced =
      lab_.Update(kStackType, stack.state, Config("Resources: {T: {Type: AWS::SNS::Topic}}"));
  EXPECT_NE(Text(replaced.diagnostics).find("still in use"), std::string::npos);
  EXPECT_EQ(Standing("AWS::WAFv2::WebACL").size(), 1U);

  ASSERT_FALSE(
      HasError(lab_.Delete("aws_wafv2_web_acl_association", association.state).diagnostics));
  const auto deleted = lab_.Delete(kStackType, stack.state);
  EXPECT_FALSE(HasError(deleted.diagnostics)) << Text(deleted.diagnostics);
  EXPECT_TRUE(Standing("AWS::WAFv2::WebACL").empty());
}

TEST_F(WafStackTest, AWebAclOfATemplateDoesAsWell) {
  const auto stack =
      Made(Config("Resources: {Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: REGIONAL}}}\n"
                  "Outputs: {Arn: {Value: !GetAtt Acl.Arn}}\n"));
  const auto association = lab_.Create("aws_wafv2_web_acl_association",
                                       Association(stack.state["outputs"]["Arn"].Text()));
  EXPECT_FALSE(HasError(association.diagnostics)) << Text(association.diagnostics);
}

}  // namespace
}  // namespace scv::provider
