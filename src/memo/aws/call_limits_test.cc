#include "memo/aws/call_limits.h"

#include <gtest/gtest.h>

#include <thread>

namespace scv::memo {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(CallLimits, TimeLeftIsNeverNegative) {
  EXPECT_EQ(CallLimits::Within(milliseconds(-5)).Remaining().count(), 0);
  EXPECT_GT(CallLimits::Within(hours(1)).Remaining(), milliseconds(3'599'000));
}

TEST(CallLimits, NothingIsLeftOnceStopped) {
  std::stop_source source;
  const auto limits = CallLimits::Within(hours(1), source.get_token());
  source.request_stop();
  EXPECT_EQ(limits.Remaining().count(), 0);
}

TEST(Backoff, AttemptsAreCounted) {
  const auto limits = CallLimits::Within(hours(1));
  Backoff backoff(3, milliseconds(1));
  EXPECT_TRUE(backoff.Next(limits));
  EXPECT_TRUE(backoff.Next(limits));
  EXPECT_FALSE(backoff.Next(limits));
}

TEST(Backoff, GivesUpAtOnceWhenNoTimeIsLeft) {
  Backoff backoff(3, milliseconds(1000));
  EXPECT_FALSE(backoff.Next(CallLimits::Within(milliseconds(0))));
}

TEST(Backoff, APauseEndsWhenStopped) {
  std::stop_source source;
  const auto limits = CallLimits::Within(hours(1), source.get_token());
  std::jthread stopper([&source] { source.request_stop(); });
  Backoff backoff(1'000'000, milliseconds(500));
  while (backoff.Next(limits)) {
  }
  EXPECT_TRUE(source.stop_requested());
}

}  // namespace
}  // namespace scv::memo
