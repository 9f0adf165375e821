#include "aws/arn.h"

#include <gtest/gtest.h>

#include "aws/base64.h"

namespace scv::aws {
namespace {

TEST(Arn, TakesItApartAndTogether) {
  const std::string text =
      "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/app/front/50dc6c49";
  const auto arn = ParseArn(text);
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->service, "elasticloadbalancing");
  EXPECT_EQ(arn->region, "ap-northeast-2");
  EXPECT_EQ(arn->resource, "loadbalancer/app/front/50dc6c49");
  EXPECT_EQ(ToString(*arn), text);
  EXPECT_EQ(LastPart(text), "50dc6c49");
  EXPECT_EQ(ParseArn("arn:aws:iam::123456789012:role/was")->region, "");
  EXPECT_EQ(ParseArn("arn:aws:s3:::bucket/key:1")->resource, "bucket/key:1");
  EXPECT_EQ(LastPart("plain"), "plain");
  for (const char* none :
       {"", "arn", "arn:aws:s3", "ARN:aws:s3:::x", "arn:aws:s3:::", "arn::s3:::x"}) {
    EXPECT_FALSE(ParseArn(none)) << none;
  }
}

TEST(Base64, DecodesUserData) {
  EXPECT_EQ(DecodeBase64("IyEvYmluL3NoCg=="), "#!/bin/sh\n");
  EXPECT_EQ(DecodeBase64("IyEvYmlu\nL3NoCg"), "#!/bin/sh\n") << "wrapped, without padding";
  EXPECT_EQ(DecodeBase64("AAEC/w=="), std::string("\x00\x01\x02\xff", 4));
  EXPECT_EQ(DecodeBase64(""), "");
  for (const char* none : {"a", "ab=c", "a b", "====", "IyE-"}) {
    EXPECT_FALSE(DecodeBase64(none)) << none;
  }
}

}  // namespace
}  // namespace scv::aws
