#include "base/time.h"

#include <gtest/gtest.h>

namespace scv {
namespace {

TEST(Time, FormatsRfc3339) {
  EXPECT_EQ(FormatRfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatRfc3339(1795327200123), "2026-11-22T06:00:00.123Z");
  EXPECT_EQ(FormatRfc3339(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Time, ParsesWhatItFormats) {
  for (Millis t :
       {Millis{0}, Millis{1795327200123}, Millis{-62167219200000}, Millis{253402300799999}}) {
    EXPECT_EQ(ParseRfc3339(FormatRfc3339(t)), t);
  }
}

TEST(Time, ParsesOffsetsAndFractions) {
  EXPECT_EQ(ParseRfc3339("2026-11-22T15:00:00+09:00"), ParseRfc3339("2026-11-22T06:00:00Z"));
  EXPECT_EQ(ParseRfc3339("2026-11-22T06:00:00.123456Z"), 1795327200123);
  EXPECT_EQ(ParseRfc3339("2026-11-22T06:00:00.1Z"), 1795327200100);
}

TEST(Time, RefusesWhatIsNotATime) {
  for (const char* text : {"", "2026", "2026-02-30T00:00:00Z", "2026-11-22 06:00:00Z",
                           "2026-11-22T24:00:00Z", "2026-11-22T06:00:00", "2026-11-22T06:00:00Zx",
                           "2026-11-22T06:00:00.Z", "2026-11-22T06:60:00Z"}) {
    EXPECT_EQ(ParseRfc3339(text), std::nullopt) << text;
  }
}

TEST(Time, FormatsHttpDate) {
  EXPECT_EQ(FormatHttpDate(784111777000), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace scv
