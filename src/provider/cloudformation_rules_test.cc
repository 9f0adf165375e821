// Rules of templates: when they apply, what they assert, and what hostile ones run into.
#include "provider/cloudformation_rules.h"

#include <gtest/gtest.h>

#include "provider/cloudformation_template.h"

namespace scv::provider::cloudformation {
namespace {

const std::map<std::string, boost::json::value> kValues{
    {"Size", "small"}, {"Key", "hunter2"}, {"Zones", {"a", "b"}}, {"AWS::Region", "us-east-1"}};

// Of the rules, written as YAML; "": they hold.
std::string WhyNot(const std::string& rules) {
  const auto source =
      ReadTemplate("Rules: " + rules + "\nResources: {T: {Type: AWS::SNS::Topic}}\n");
  if (!source) return source.error().message;
  const auto checked = CheckAssertions(source->rules, kValues);
  return checked ? "" : checked.error().message;
}

std::string Asserting(const std::string& assertion) {
  return WhyNot("{R: {Assertions: [{Assert: " + assertion + ", AssertDescription: said}]}}");
}

TEST(CloudFormationRules, HoldOrSayTheirDescription) {
  const std::string failed = "Rules.R: said";
  EXPECT_EQ(Asserting("!Equals [!Ref Size, small]"), "");
  EXPECT_EQ(Asserting("!Equals [!Ref Size, large]"), failed);
  EXPECT_EQ(Asserting("{'Fn::Contains': [[us-east-1, eu-west-1], !Ref AWS::Region]}"), "");
  EXPECT_EQ(Asserting("{'Fn::Contains': [[eu-west-1], !Ref AWS::Region]}"), failed);
  EXPECT_EQ(Asserting("{'Fn::EachMemberIn': [!Ref Zones, [a, b, c]]}"), "");
  EXPECT_EQ(Asserting("{'Fn::EachMemberIn': [!Ref Zones, [a, c]]}"), failed);
  EXPECT_EQ(Asserting("{'Fn::EachMemberEquals': [!Ref Zones, a]}"), failed);
  EXPECT_EQ(Asserting("!And [!Equals [a, a], !Not [!Or [!Equals [a, b], !Equals [b, c]]]]"), "");
}

TEST(CloudFormationRules, ApplyUnderTheirCondition) {
  const std::string assertions = ", Assertions: [{Assert: !Equals [a, b]}]}}";
  EXPECT_EQ(WhyNot("{R: {RuleCondition: !Equals [!Ref Size, large]" + assertions), "");
  EXPECT_EQ(WhyNot("{R: {RuleCondition: !Equals [!Ref Size, small]" + assertions),
            "Rules.R: the parameters do not satisfy it");
  EXPECT_EQ(Asserting("{'Fn::EachMemberIn': [{'Fn::ValueOfAll': [AWS::EC2::VPC::Id, Tags.x]}, "
                      "{'Fn::RefAll': AWS::EC2::VPC::Id}]}"),
            "")
      << "the lab cannot tell";
}

TEST(CloudFormationRules, AreRefusedWhereTheyAreWrong) {
  EXPECT_NE(Asserting("x").find("wants Fn::And"), std::string::npos);
  EXPECT_NE(Asserting("!Sub x").find("wants a list"), std::string::npos);
  EXPECT_NE(Asserting("!Join [a, b]").find("wants Fn::And"), std::string::npos);
  EXPECT_NE(Asserting("!Equals [a]").find("two values"), std::string::npos);
  EXPECT_NE(Asserting("!And [!Equals [a, a]]").find("2 to 10"), std::string::npos);
  EXPECT_NE(Asserting("!Equals [!Ref Nobody, a]").find("no parameter Nobody"), std::string::npos);
  EXPECT_NE(Asserting("!Equals [{a: b}, a]").find("a value is"), std::string::npos);
  EXPECT_NE(WhyNot("{R: {Assertions: x}}").find("up to 100"), std::string::npos);
  EXPECT_NE(WhyNot("{R: {Assertions: [{Assertion: x}]}}").find("with Assert"), std::string::npos);
  EXPECT_NE(WhyNot("{R: []}").find("must be a map"), std::string::npos);
  EXPECT_EQ(Asserting("!Equals [!Ref Key, x]").find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace scv::provider::cloudformation
