#include "aws/ipv4.h"

#include <gtest/gtest.h>

namespace scv::aws {
namespace {

TEST(Ipv4, ReadsAddresses) {
  EXPECT_EQ(ParseAddress("10.0.1.5"), 0x0a000105U);
  EXPECT_EQ(ParseAddress("255.255.255.255"), 0xffffffffU);
  EXPECT_EQ(FormatAddress(0xcb007101U), "203.0.113.1");
  for (const char* text : {"", "10.0.1", "10.0.1.5.6", "10.0.1.256", "10.0.1.-1", "10.0.01.5",
                           "10.0.1.5 ", " 10.0.1.5", "10.0.1.", "a.b.c.d", "10.0.1.5/24"}) {
    EXPECT_FALSE(ParseAddress(text)) << text;
  }
}

TEST(Ipv4, ReadsPrefixes) {
  EXPECT_EQ(ParsePrefix("10.0.1.5/16"), (Prefix{0x0a000000U, 16})) << "host bits are cleared";
  EXPECT_EQ(ParsePrefix("0.0.0.0/0"), (Prefix{0, 0}));
  EXPECT_EQ(FormatPrefix({0x0a000000U, 8}), "10.0.0.0/8");
  for (const char* text : {"10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "/8"}) {
    EXPECT_FALSE(ParsePrefix(text)) << text;
  }
}

TEST(Ipv4, Compares) {
  const auto vpc = *ParsePrefix("10.10.0.0/16");
  const auto subnet = *ParsePrefix("10.10.3.0/24");
  EXPECT_TRUE(Contains(vpc, subnet));
  EXPECT_FALSE(Contains(subnet, vpc));
  EXPECT_TRUE(Contains(subnet, *ParseAddress("10.10.3.255")));
  EXPECT_FALSE(Contains(subnet, *ParseAddress("10.10.4.0")));
  EXPECT_TRUE(Overlap(subnet, vpc));
  EXPECT_FALSE(Overlap(subnet, *ParsePrefix("10.10.4.0/24")));
  EXPECT_TRUE(Contains(*ParsePrefix("0.0.0.0/0"), 0xffffffffU));
  EXPECT_EQ(LastAddress(subnet), *ParseAddress("10.10.3.255"));
}

TEST(Ipv4, CountsIntoAPrefix) {
  EXPECT_EQ(AddressAt("10.10.0.0/16", 2), "10.10.0.2");
  EXPECT_EQ(AddressAt("10.10.0.0/30", 3), "10.10.0.3");
  EXPECT_EQ(AddressAt("10.10.0.0/30", 4), "");
  EXPECT_EQ(AddressAt("nonsense", 1), "");
}

}  // namespace
}  // namespace scv::aws
