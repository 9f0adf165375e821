#include "memo/service/rate_limiter.h"

#include <gtest/gtest.h>

namespace scv::memo {
namespace {

TEST(RateLimiter, BitesAfterTheBurstAndForgives) {
  RateLimiter limiter({.burst = 3, .per_second = 0.5, .keys_max = 10});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(limiter.WaitFor("hong", 1000), 0);
    limiter.Fail("hong", 1000);
  }
  EXPECT_EQ(limiter.WaitFor("hong", 1000), 2000);
  EXPECT_EQ(limiter.WaitFor("kim", 1000), 0);
  EXPECT_EQ(limiter.WaitFor("hong", 3000), 0);
}

TEST(RateLimiter, KeepsABoundedNumberOfKeys) {
  RateLimiter limiter({.burst = 1, .per_second = 0.1, .keys_max = 3});
  for (int i = 0; i < 100; ++i) limiter.Fail(std::to_string(i), 0);
  EXPECT_EQ(limiter.size(), 3u);
  EXPECT_GT(limiter.WaitFor("99", 0), 0);
  EXPECT_EQ(limiter.WaitFor("0", 0), 0);
}

TEST(RateLimiter, AClockSetBackForgivesNothing) {
  RateLimiter limiter({.burst = 1, .per_second = 1, .keys_max = 3});
  limiter.Fail("a", 10'000);
  EXPECT_GT(limiter.WaitFor("a", 5'000), 0);
}

}  // namespace
}  // namespace scv::memo
