#include "control/scaling_policy.h"

#include <gtest/gtest.h>

#include <vector>

namespace scv::control {
namespace {

// as-scaling-simple-step.html's rounding: 12.7 → 12, .67 → 1, -.58 → -1, -6.67 → -6.
TEST(ScalingPolicy, PercentagesRoundAsDocumented) {
  EXPECT_EQ(Adjust(AdjustmentType::kPercent, 127, 0, 10), 22);
  EXPECT_EQ(Adjust(AdjustmentType::kPercent, 67, 0, 1), 2);
  EXPECT_EQ(Adjust(AdjustmentType::kPercent, -58, 0, 1), 0);
  EXPECT_EQ(Adjust(AdjustmentType::kPercent, -667, 0, 1), 0);
  EXPECT_EQ(Adjust(AdjustmentType::kPercent, -67, 0, 10), 4);
}

// "If the current capacity is 4 and MinAdjustmentMagnitude is 2: 25 percent adds 2, not 1."
TEST(ScalingPolicy, MinimumMagnitude) {
  EXPECT_EQ(Adjust(AdjustmentType::kPercent, 25, 2, 4), 6);
  EXPECT_EQ(Adjust(AdjustmentType::kPercent, -25, 2, 4), 2);
  EXPECT_EQ(Adjust(AdjustmentType::kPercent, 100, 2, 4), 8);
}

TEST(ScalingPolicy, ChangeAndExact) {
  EXPECT_EQ(Adjust(AdjustmentType::kChange, 5, 0, 3), 8);
  EXPECT_EQ(Adjust(AdjustmentType::kChange, -5, 0, 3), 0);
  EXPECT_EQ(Adjust(AdjustmentType::kExact, 5, 0, 3), 5);
}

// The documented example: threshold 60 out with 10 and 30 %, threshold 40 in.
TEST(ScalingPolicy, DocumentedStepExample) {
  const std::vector<StepAdjustment> out{{0.0, 10.0, 0}, {10.0, 20.0, 10}, {20.0, {}, 30}};
  const std::vector<StepAdjustment> in{{-10.0, 0.0, 0}, {-20.0, -10.0, -10}, {{}, -20.0, -30}};
  const auto apply = [](const std::vector<StepAdjustment>& steps, double difference, int capacity) {
    const auto* step = StepFor(steps, difference);
    return step == nullptr ? -1 : Adjust(AdjustmentType::kPercent, step->adjustment, 0, capacity);
  };
  EXPECT_EQ(apply(out, 60 - 50, 10), 11);  // the metric rises to 60
  EXPECT_EQ(apply(out, 70 - 50, 11), 14);
  EXPECT_EQ(apply(out, 59 - 50, 10), 10);
  EXPECT_EQ(apply(in, 40 - 50, 14), 13);  // and falls to 40
  EXPECT_EQ(apply(in, 30 - 50, 13), 10);
  EXPECT_EQ(apply(in, 41 - 50, 13), 13);
}

TEST(ScalingPolicy, StepsHaveTheirBoundsOnTheRightSide) {
  const std::vector<StepAdjustment> out{{0.0, 15.0, 1}, {15.0, {}, 2}};
  EXPECT_EQ(StepFor(out, 0)->adjustment, 1);
  EXPECT_EQ(StepFor(out, 14.9)->adjustment, 1);
  EXPECT_EQ(StepFor(out, 15)->adjustment, 2);
  EXPECT_EQ(StepFor(out, -1), nullptr);
  const std::vector<StepAdjustment> in{{-15.0, 0.0, -1}, {{}, -15.0, -2}};
  EXPECT_EQ(StepFor(in, 0)->adjustment, -1);
  EXPECT_EQ(StepFor(in, -15)->adjustment, -2);
  EXPECT_EQ(StepFor(in, 1), nullptr);
}

TEST(ScalingPolicy, TargetTrackingIsProportionalAndRoundsUp) {
  const TargetTracking cpu{.metric = "CPUUtilization", .target = 50};
  EXPECT_EQ(TrackedCapacity(cpu, 50, 2), 2);
  EXPECT_EQ(TrackedCapacity(cpu, 51, 2), 3);
  EXPECT_EQ(TrackedCapacity(cpu, 100, 2), 4);
  EXPECT_EQ(TrackedCapacity(cpu, 10, 4), 1);
  const TargetTracking requests{.metric = "RequestCount/web", .per_target = true, .target = 1000};
  EXPECT_EQ(TrackedCapacity(requests, 4500, 1), 5);
}

}  // namespace
}  // namespace scv::control
