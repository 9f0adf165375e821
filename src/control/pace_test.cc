#include "control/pace.h"

#include <gtest/gtest.h>

namespace scv::control {
namespace {

TEST(Pace, AMinuteOfAwsIsASecondOfTheLab) {
  const Pace lab{PaceKind::kLab}, aws{PaceKind::kAws};
  EXPECT_EQ(lab.MetricPeriod(), 1'000);
  EXPECT_EQ(aws.MetricPeriod(), 60'000);
  EXPECT_EQ(lab.Scaled(300'000), 5'000);
  EXPECT_EQ(aws.Scaled(300'000), 300'000);
}

TEST(Pace, BootsAndDrainsAreNotHurriedAsMuch) {
  const Pace lab{PaceKind::kLab}, aws{PaceKind::kAws};
  EXPECT_EQ(lab.Grace(30'000), 15'000);
  EXPECT_EQ(lab.Grace(300'000), 30'000);
  EXPECT_EQ(aws.Grace(300'000), 300'000);
  EXPECT_EQ(lab.Drain(300'000), 30'000);
  EXPECT_EQ(lab.Drain(10'000), 2'000);
  EXPECT_EQ(lab.Drain(1'000), 1'000);
  EXPECT_EQ(aws.Drain(300'000), 300'000);
}

TEST(Pace, BackoffDoublesToALimit) {
  const Pace lab{PaceKind::kLab}, aws{PaceKind::kAws};
  EXPECT_EQ(lab.LaunchBackoff(1), 0);
  EXPECT_EQ(lab.LaunchBackoff(2), 1'000);
  EXPECT_EQ(lab.LaunchBackoff(3), 2'000);
  EXPECT_EQ(lab.LaunchBackoff(100), 60'000);
  EXPECT_EQ(aws.LaunchBackoff(2), 10'000);
  EXPECT_EQ(aws.LaunchBackoff(100), 900'000);
}

}  // namespace
}  // namespace scv::control
