#include "drill/backoff.h"

#include <gtest/gtest.h>

namespace scv::drill {
namespace {

using std::chrono::milliseconds;

// The figures of web/src/sync/sync.test.ts' subject, backoff.ts.
TEST(DrillBackoff, DoublesFromHalfASecondToThirty) {
  EXPECT_EQ(Backoff(1, milliseconds(0), 0), milliseconds(250));
  EXPECT_EQ(Backoff(1, milliseconds(0), 1), milliseconds(500));
  EXPECT_EQ(Backoff(3, milliseconds(0), 0), milliseconds(1000));
  EXPECT_EQ(Backoff(7, milliseconds(0), 0), milliseconds(15'000));
  EXPECT_EQ(Backoff(1000, milliseconds(0), 1), milliseconds(30'000));
}

TEST(DrillBackoff, IsNeverSoonerThanTheServiceAsked) {
  EXPECT_EQ(Backoff(1, milliseconds(5'000), 0.5), milliseconds(5'000));
  EXPECT_EQ(Backoff(7, milliseconds(1'000), 0), milliseconds(15'000));
}

}  // namespace
}  // namespace scv::drill
