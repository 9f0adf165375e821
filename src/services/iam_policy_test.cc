#include "services/iam_policy.h"

#include <gtest/gtest.h>

namespace scv::services {
namespace {

IamRequest Asks(std::string action, std::string resource) {
  return {
      std::move(action),
      std::move(resource),
      {"arn:aws:iam::123456789012:role/was"},
      "123456789012",
      {{"aws:securetransport", {"true"}}, {"aws:userid", {"AROA1:i-1"}}, {"s3:max-keys", {"5"}}}};
}

Verdict ByStatement(const std::string& statement, const IamRequest& request) {
  return Evaluate({R"({"Version":"2012-10-17","Statement":[)" + statement + "]}"}, {}, request);
}

std::string Allow(const std::string& condition) {
  return R"({"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":)" + condition + "}";
}

TEST(IamPolicy, AllowsWhatIsNamed) {
  const std::string get =
      R"({"Effect":"Allow","Action":["s3:Get*"],"Resource":"arn:aws:s3:::b/memo/*"})";
  EXPECT_EQ(ByStatement(get, Asks("s3:GetObject", "arn:aws:s3:::b/memo/x")), Verdict::kAllowed);
  EXPECT_EQ(ByStatement(get, Asks("S3:getobject", "arn:aws:s3:::b/memo/x")), Verdict::kAllowed);
  EXPECT_EQ(ByStatement(get, Asks("s3:PutObject", "arn:aws:s3:::b/memo/x")), Verdict::kNotAllowed);
  EXPECT_EQ(ByStatement(get, Asks("s3:GetObject", "arn:aws:s3:::b/other")), Verdict::kNotAllowed);
}

TEST(IamPolicy, DenyWins) {
  const auto request = Asks("s3:GetObject", "arn:aws:s3:::b/x");
  const std::string allow = R"({"Effect":"Allow","Action":"*","Resource":"*"})";
  const std::string deny = R"({"Effect":"Deny","NotAction":"s3:PutObject","Resource":"*"})";
  EXPECT_EQ(ByStatement(allow + "," + deny, request), Verdict::kDenied);
  EXPECT_EQ(ByStatement(deny + "," + allow, request), Verdict::kDenied);
}

TEST(IamPolicy, Conditions) {
  const auto request = Asks("s3:ListBucket", "arn:aws:s3:::b");
  const auto verdict = [&](const std::string& condition) {
    return ByStatement(Allow(condition), request);
  };
  EXPECT_EQ(verdict(R"({"Bool":{"aws:SecureTransport":"true"}})"), Verdict::kAllowed);
  EXPECT_EQ(verdict(R"({"Bool":{"aws:SecureTransport":false}})"), Verdict::kNotAllowed);
  EXPECT_EQ(verdict(R"({"NumericLessThan":{"s3:max-keys":"6"}})"), Verdict::kAllowed);
  EXPECT_EQ(verdict(R"({"NumericLessThan":{"s3:max-keys":"5"}})"), Verdict::kNotAllowed);
  EXPECT_EQ(verdict(R"({"StringLike":{"aws:userid":"*:i-?"}})"), Verdict::kAllowed);
  EXPECT_EQ(verdict(R"({"StringEquals":{"absent":"x"}})"), Verdict::kNotAllowed);
  EXPECT_EQ(verdict(R"({"StringEqualsIfExists":{"absent":"x"}})"), Verdict::kAllowed);
  EXPECT_EQ(verdict(R"({"StringNotEquals":{"absent":"x"}})"), Verdict::kAllowed);
  EXPECT_EQ(verdict(R"({"Null":{"absent":"true"}})"), Verdict::kAllowed);
  EXPECT_EQ(verdict(R"({"Unheard":{"aws:userid":"x"}})"), Verdict::kNotAllowed);
}

TEST(IamPolicy, AnUnknownOperatorInADenyDenies) {
  const std::string both =
      R"({"Effect":"Allow","Action":"*","Resource":"*"},)"
      R"({"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Unheard":{"a":"b"}}})";
  EXPECT_EQ(ByStatement(both, Asks("s3:GetObject", "x")), Verdict::kDenied);
}

TEST(IamPolicy, ResourcePolicies) {
  const auto by = [](const std::string& principal, const IamRequest& request) {
    return Evaluate({},
                    {R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":)" +
                     principal + "}}"},
                    request);
  };
  const auto request = Asks("s3:GetObject", "x");
  EXPECT_EQ(by(R"("*")", request), Verdict::kAllowed);
  EXPECT_EQ(by(R"({"AWS":["arn:aws:iam::123456789012:role/was"]})", request), Verdict::kAllowed);
  EXPECT_EQ(by(R"({"AWS":"arn:aws:iam::123456789012:role/web"})", request), Verdict::kNotAllowed);
  EXPECT_EQ(by(R"({"Service":"ec2.amazonaws.com"})", request), Verdict::kNotAllowed);
  EXPECT_EQ(by(R"({"AWS":"arn:aws:iam::123456789012:root"})", request), Verdict::kNotAllowed);
}

TEST(IamPolicy, Variables) {
  const std::string own =
      R"({"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:userid}/*"})";
  EXPECT_EQ(ByStatement(own, Asks("s3:GetObject", "arn:aws:s3:::b/AROA1:i-1/x")),
            Verdict::kAllowed);
  EXPECT_EQ(ByStatement(own, Asks("s3:GetObject", "arn:aws:s3:::b/other/x")), Verdict::kNotAllowed);
}

TEST(IamPolicy, WhatIsNoPolicyAllowsNothing) {
  for (const std::string text : {"", "[]", "{", R"({"Statement":[1]})"}) {
    EXPECT_EQ(Evaluate({text}, {text}, Asks("a:b", "c")), Verdict::kNotAllowed);
  }
}

TEST(Wildcard, Matches) {
  EXPECT_TRUE(MatchesWildcard("a*c?", "abbbcd"));
  EXPECT_FALSE(MatchesWildcard("a*c?", "abbbc"));
  EXPECT_TRUE(MatchesWildcard("**", ""));
}

}  // namespace
}  // namespace scv::services
