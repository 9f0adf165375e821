// Parameters of templates: their types, what they may be, and that no value gets into a message.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "provider/cloudformation_template.h"

namespace scv::provider::cloudformation {
namespace {

// Of the parameters, written as YAML's flow; the error where they are wrong.
Result<Parameters> Read(const std::string& parameters) {
  auto source =
      ReadTemplate("Parameters: {" + parameters + "}\nResources: {T: {Type: AWS::SNS::Topic}}\n");
  if (!source) return std::unexpected(source.error());
  return source->parameters;
}

// What is wrong with the value of one parameter P; "": nothing.
std::string Against(const std::string& parameter, const std::string& value) {
  const auto read = Read("P: {" + parameter + "}");
  if (!read) return read.error().message;
  const auto values = ParameterValues(*read, {{"P", value}});
  return values ? "" : values.error().message;
}

TEST(CloudFormationParameters, AreGivenOrHaveADefault) {
  const auto read = Read("Size: {Type: Number, Default: 3}, Mode: {Type: String}");
  ASSERT_TRUE(read) << read.error().message;
  const auto values = ParameterValues(*read, {{"Mode", "on"}});
  ASSERT_TRUE(values);
  EXPECT_EQ(values->at("Size"), "3");
  const auto missing = ParameterValues(*read, {});
  EXPECT_NE(missing.error().message.find("Mode: must have a value"), std::string::npos);
  const auto unknown = ParameterValues(*read, {{"Mode", "on"}, {"Other", ""}});
  EXPECT_NE(unknown.error().message.find("Other: does not exist"), std::string::npos);
}

TEST(CloudFormationParameters, AreCheckedAsCloudFormationDoes) {
  EXPECT_EQ(Against("Type: String, AllowedValues: [a, b]", "b"), "");
  EXPECT_EQ(Against("Type: String, AllowedValues: [a, b], ConstraintDescription: a or b", "c"),
            "the parameter P: must be one of AllowedValues (failed to satisfy constraint: a or b)");
  EXPECT_NE(Against("Type: String, MinLength: 3", "ab").find("at least 3 characters"),
            std::string::npos);
  EXPECT_NE(Against("Type: String, MaxLength: 3", "abcd").find("at most 3 characters"),
            std::string::npos);
  EXPECT_NE(Against("Type: String", std::string(4097, 'x')).find("at most 4096"),
            std::string::npos);
  EXPECT_EQ(Against("Type: Number, MinValue: -1.5, MaxValue: 10", "-1.5"), "");
  EXPECT_NE(Against("Type: Number, MinValue: 1", "0").find("not less than MinValue, 1"),
            std::string::npos);
  EXPECT_NE(Against("Type: Number, MaxValue: 10", "11").find("not greater than MaxValue, 10"),
            std::string::npos);
  for (const auto* wrong : {"3x", "", "nan", "inf", "1e999"}) {
    EXPECT_NE(Against("Type: Number", wrong).find("must be a number"), std::string::npos) << wrong;
  }
}

TEST(CloudFormationParameters, MustMatchTheirPatternAsAWhole) {
  EXPECT_EQ(Against("Type: String, AllowedPattern: '[a-z]+'", "abc"), "");
  EXPECT_EQ(Against("Type: String, AllowedPattern: '^[a-z]*$'", ""), "");
  EXPECT_NE(
      Against("Type: String, AllowedPattern: '[a-z]+'", "abc1").find("must match pattern [a-z]+"),
      std::string::npos);
  EXPECT_EQ(Against("Type: String, AllowedPattern: '^(?!x).*$'", "x"), "") << "RE2 looks not ahead";
  EXPECT_EQ(Against("Type: String, AllowedPattern: '(((a{255}){255}){255}'", "x"), "");
  // One that a matcher which tries out would never finish.
  EXPECT_NE(
      Against("Type: String, AllowedPattern: '(a|aa)+b'", std::string(4000, 'a')).find("pattern"),
      std::string::npos);
  EXPECT_NE(
      Against("Type: String, AllowedPattern: '" + std::string(2001, 'a') + "'", "a").find("2,000"),
      std::string::npos);
}

TEST(CloudFormationParameters, MayBeLists) {
  const auto read = Read(
      "L: {Type: CommaDelimitedList, Default: ' a, b ,c'}, "
      "N: {Type: List<Number>, MaxValue: 5, Default: '1,2'}, "
      "S: {Type: 'List<AWS::EC2::Subnet::Id>', Default: ''}, "
      "V: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /ami/latest}");
  ASSERT_TRUE(read) << read.error().message;
  const auto values = ParameterValues(*read, {});
  ASSERT_TRUE(values) << values.error().message;
  const auto ref = [&](const std::string& name) {
    return boost::json::serialize(ReferredTo(read->at(name), values->at(name)));
  };
  EXPECT_EQ(ref("L"), R"(["a","b","c"])");
  EXPECT_EQ(ref("N"), R"(["1","2"])");
  EXPECT_EQ(ref("S"), "[]");
  EXPECT_EQ(ref("V"), R"("/ami/latest")");
  EXPECT_NE(Against("Type: List<Number>, MaxValue: 5", "1,6").find("MaxValue"), std::string::npos);
  EXPECT_NE(Against("Type: CommaDelimitedList, AllowedValues: [a, b]", "a,c").find("AllowedValues"),
            std::string::npos);
}

TEST(CloudFormationParameters, HaveTypesOfCloudFormation) {
  for (const auto* type : {"Text", "List<List<Number>>", "'AWS::'", "'AWS::EC2::VPC::Id>'",
                           "'AWS::SSM::Parameter::Value<Thing>'", "Boolean"}) {
    EXPECT_NE(Against("Type: " + std::string(type), "x").find("Type must be"), std::string::npos)
        << type;
  }
  EXPECT_NE(Against("Type: String, MinLength: many", "x").find("MinLength"), std::string::npos);
  EXPECT_NE(Against("Type: String, Colour: red", "x").find("Colour"), std::string::npos);
}

TEST(CloudFormationParameters, AreNotNamedInMessages) {
  for (const auto* rule :
       {"AllowedValues: [a]", "AllowedPattern: x", "MinLength: 40", "MaxLength: 2"}) {
    const auto why = Against("NoEcho: true, Type: String, " + std::string(rule), "hunter2");
    EXPECT_FALSE(why.empty());
    EXPECT_EQ(why.find("hunter2"), std::string::npos) << why;
  }
  EXPECT_EQ(Against("NoEcho: true, Type: Number", "hunter2").find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace scv::provider::cloudformation
