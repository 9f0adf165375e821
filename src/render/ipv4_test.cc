#include "render/ipv4.h"

#include <gtest/gtest.h>

namespace scv::render {
namespace {

TEST(Ipv4, ReadsAndWritesAddresses) {
  for (const char* text : {"0.0.0.0", "10.0.0.1", "169.254.169.254", "255.255.255.255"}) {
    const auto address = ParseIpv4(text);
    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_EQ(ToText(*address), text);
  }
  EXPECT_EQ(*ParseIpv4("10.0.0.1"), 0x0a000001U);
}

TEST(Ipv4, RefusesEverythingElse) {
  for (const char* text :
       {"", "10", "10.0.0", "10.0.0.", "10.0.0.1.", "10.0.0.1.2", "10.0.0.256", "10.0.0.01",
        "10.0.0.-1", "10.0.0.+1", " 10.0.0.1", "10.0.0.1 ", "10..0.1", "0x0a.0.0.1", "1000.0.0.1",
        "10.0.0.1; drop", "::1", "a.b.c.d"}) {
    EXPECT_EQ(ParseIpv4(text).error().kind, ErrorKind::kInvalid) << text;
  }
  for (const char* text : {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08",
                           "/8", "10.0.0/8", "10.0.0.0/8/8"}) {
    EXPECT_EQ(ParseIpv4Prefix(text).error().kind, ErrorKind::kInvalid) << text;
  }
}

TEST(Ipv4, MasksPrefixes) {
  const auto prefix = ParseIpv4Prefix("10.1.2.3/20");
  ASSERT_TRUE(prefix.has_value());
  EXPECT_EQ(ToText(prefix->address), "10.1.2.3");
  EXPECT_EQ(ToText(*prefix), "10.1.0.0/20");
  EXPECT_TRUE(Contains(*prefix, *ParseIpv4("10.1.15.255")));
  EXPECT_FALSE(Contains(*prefix, *ParseIpv4("10.1.16.0")));
  EXPECT_TRUE(Contains({0, 0}, *ParseIpv4("203.0.113.9")));
}

}  // namespace
}  // namespace scv::render
