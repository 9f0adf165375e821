#include "control/scaling_metric.h"

#include <gtest/gtest.h>

namespace scv::control {
namespace {

TEST(MetricHistory, AggregatesAPeriodAsCloudWatchDoes) {
  MetricHistory history(1'000, 10);
  history.Add("m", 5'100, 10);
  history.Add("m", 5'900, 30);
  history.Add("m", 6'500, 80);
  const auto point = history.Aggregate("m", 6'000, 1'000);
  EXPECT_EQ(point.Get("Average"), 20);
  EXPECT_EQ(point.Get("Sum"), 40);
  EXPECT_EQ(point.Get("Minimum"), 10);
  EXPECT_EQ(point.Get("Maximum"), 30);
  EXPECT_EQ(point.Get("SampleCount"), 2);
  EXPECT_EQ(point.Get("p99"), std::nullopt);
  EXPECT_EQ(history.Aggregate("m", 7'000, 2'000).Get("Average"), 40);
  EXPECT_EQ(history.Aggregate("m", 9'000, 1'000).Get("Average"), std::nullopt);
}

TEST(MetricHistory, SpreadsTotalsOverThePointsTheyCover) {
  MetricHistory history(1'000, 10);
  history.AddTotal("requests", 1'500, 3'500, 200);
  const auto series = history.Series("requests", "Sum", 4'000, 1'000, 4);
  ASSERT_EQ(series.size(), 4u);
  EXPECT_EQ(series[0], std::nullopt);
  EXPECT_EQ(series[1], 50);
  EXPECT_EQ(series[2], 100);
  EXPECT_EQ(series[3], 50);
}

TEST(MetricHistory, LevelsCountForTheTimeTheyHeld) {
  MetricHistory history(1'000, 10);
  history.AddLevel("hosts", 1'000, 1'500, 2);
  history.AddLevel("hosts", 1'500, 3'000, 4);
  EXPECT_EQ(history.Aggregate("hosts", 2'000, 1'000).Get("Average"), 3);
  EXPECT_EQ(history.Aggregate("hosts", 3'000, 1'000).Get("Average"), 4);
}

TEST(MetricHistory, IsBounded) {
  MetricHistory history(1'000, 5);
  for (Millis at = 0; at < 100'000; at += 500) history.Add("m", at, 1);
  EXPECT_EQ(history.points().size(), 5u);
  history.Add("m", 10'000, 1);  // too old
  EXPECT_EQ(history.points().size(), 5u);
  EXPECT_EQ(history.points().front().start, 95'000);
  history.AddLevel("m", 0, 1'000'000'000, 1);  // a long silence costs what is kept, no more
  EXPECT_EQ(history.points().size(), 5u);
  history.Configure(60'000, 5);
  EXPECT_TRUE(history.points().empty());
}

TEST(MetricHistory, TakesLatePointsBeforeItsFirst) {
  MetricHistory history(1'000, 5);
  history.Add("m", 5'000, 1);
  history.Add("m", 3'000, 2);
  EXPECT_EQ(history.Aggregate("m", 4'000, 1'000).Get("Sum"), 2);
  EXPECT_EQ(history.Aggregate("m", 6'000, 1'000).Get("Sum"), 1);
}

}  // namespace
}  // namespace scv::control
