#include <gtest/gtest.h>

#include "provider/test_support.h"

namespace scv::provider {
namespace {

Value ScopedConfig(TestLab& lab, const std::string& scope, const std::string& region) {
  auto config = lab.Config("aws_wafv2_web_acl");
  config.At("scope") = Value(scope);
  config.At("region") = Value(region);
  return config;
}

TEST(Firewall, TheOneBeforeCloudFrontIsGlobalAndMadeInOneRegion) {
  TestLab lab;
  const auto made = lab.Create("aws_wafv2_web_acl", ScopedConfig(lab, "CLOUDFRONT", "us-east-1"));
  ASSERT_FALSE(HasError(made.diagnostics)) << Text(made.diagnostics);
  const std::string arn = made.state["arn"].Text();
  EXPECT_TRUE(arn.starts_with("arn:aws:wafv2:us-east-1:")) << arn;
  EXPECT_NE(arn.find(":global/webacl/"), std::string::npos) << arn;
  const auto elsewhere =
      lab.Create("aws_wafv2_web_acl", ScopedConfig(lab, "CLOUDFRONT", "ap-northeast-2"));
  ASSERT_TRUE(HasError(elsewhere.diagnostics));
  EXPECT_NE(Text(elsewhere.diagnostics).find("us-east-1"), std::string::npos);
}

TEST(Firewall, AnyOtherIsTheRegions) {
  TestLab lab;
  const auto made =
      lab.Create("aws_wafv2_web_acl", ScopedConfig(lab, "REGIONAL", "ap-northeast-2"));
  ASSERT_FALSE(HasError(made.diagnostics)) << Text(made.diagnostics);
  EXPECT_NE(made.state["arn"].Text().find(":regional/webacl/"), std::string::npos);
}

}  // namespace
}  // namespace scv::provider
