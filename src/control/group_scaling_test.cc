#include "control/group_scaling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "control/fleet_test_support.h"

namespace scv::control {
namespace {

using lab::Phase;
using lab::TargetHealth;

GroupDesired Tracked(int capacity, double target = 50) {
  auto desired = TestGroup(capacity);
  desired.min_size = 1;
  desired.max_size = 10;
  ScalingPolicy policy;
  policy.name = "cpu";
  policy.kind = PolicyKind::kTargetTracking;
  policy.tracking.metric = kCpuUtilization;
  policy.tracking.target = target;
  desired.policies = {policy};
  return desired;
}

ScalingPolicy OnAlarm(const char* name, PolicyKind kind) {
  ScalingPolicy policy;
  policy.name = policy.arn = name;
  policy.kind = kind;
  return policy;
}

AlarmRule Alarm(const char* policy, Comparison comparison, double threshold) {
  AlarmRule rule;
  rule.name = std::string(policy) + "-alarm";
  rule.metric = kCpuUtilization;
  rule.comparison = comparison;
  rule.threshold = threshold;
  rule.evaluation_periods = rule.datapoints_to_alarm = 2;
  rule.actions = {policy};
  return rule;
}

// A load of so many percent of one core, shared by who serves; a sighting every second.
void Load(TestFleet& fleet, double percent, int seconds, bool each = false) {
  static std::map<std::string, double> totals;
  for (int i = 0; i < seconds; ++i) {
    fleet.After(1'000);
    const auto serving = fleet.With(Lifecycle::kInService);
    for (const auto& [id, view] : fleet.Instances()) {
      if (view.record.lifecycle == Lifecycle::kTerminated) {
        fleet.engine.RemoveRecord(id);
        continue;
      }
      if (view.record.lifecycle == Lifecycle::kInService) {
        totals[id] += percent * 10'000.0 / (each ? 1.0 : static_cast<double>(serving.size()));
      }
      fleet.See(id, Phase::kRunning, std::llround(totals[id]));
    }
    fleet.Decide();
    fleet.SeeNodes(TargetHealth::kHealthy);
    fleet.Decide();
  }
}

TEST(TargetTracking, ScalesOutQuicklyAndInProportion) {
  TestFleet fleet(Tracked(2));
  fleet.Settle();
  Load(fleet, 180, 8);  // 90 % each
  EXPECT_EQ(fleet.Memory().capacity, 4);
  const auto& activities = fleet.Memory().activities;
  EXPECT_TRUE(std::any_of(activities.begin(), activities.end(), [](const auto& activity) {
    return activity.cause.find("policy cpu changing the desired capacity from 2 to 4") !=
           std::string::npos;
  }));
  Load(fleet, 180, 60);
  EXPECT_EQ(fleet.Memory().capacity, 4);  // 45 % each: as it should be
}

TEST(TargetTracking, ScalesInOnlyAfterALongCalm) {
  TestFleet fleet(Tracked(4));
  fleet.Settle();
  Load(fleet, 40, 12);
  EXPECT_EQ(fleet.Memory().capacity, 4);
  Load(fleet, 40, 12);
  EXPECT_EQ(fleet.Memory().capacity, 1);
  Load(fleet, 40, 60);
  EXPECT_EQ(fleet.Memory().capacity, 1);
}

TEST(TargetTracking, DisableScaleInStays) {
  auto desired = Tracked(4);
  desired.policies[0].tracking.disable_scale_in = true;
  TestFleet fleet(desired);
  fleet.Settle();
  Load(fleet, 40, 60);
  EXPECT_EQ(fleet.Memory().capacity, 4);
}

TEST(TargetTracking, InstancesThatWarmUpDoNotCount) {
  auto desired = Tracked(1);
  desired.default_warmup = 600'000;  // ten seconds of the lab
  TestFleet fleet(desired);
  fleet.Settle();
  Load(fleet, 95, 16);
  EXPECT_EQ(fleet.Memory().capacity, 2);
  Load(fleet, 95, 8);  // the first is at 48 % now, the second is not warm
  EXPECT_EQ(fleet.Memory().capacity, 2);
}

TEST(TargetTracking, AllPoliciesMustAgreeToScaleIn) {
  auto desired = Tracked(4);
  desired.policies.push_back(desired.policies[0]);
  desired.policies[1].name = "cpu-low";
  desired.policies[1].tracking.target = 10;
  TestFleet fleet(desired);
  fleet.Settle();
  Load(fleet, 40, 60);  // 10 %: calm for the first, just right for the second
  EXPECT_EQ(fleet.Memory().capacity, 4);
}

TEST(TargetTracking, FollowsRequestsPerTarget) {
  auto desired = Tracked(1);
  desired.policies[0].tracking = {.metric = MetricKey(kRequestCount, "tg"),
                                  .per_target = true,
                                  .target = 6'000};  // per minute of AWS: 100 in a lab second
  TestFleet fleet(desired);
  fleet.Settle();
  std::int64_t requests = 0;
  for (int i = 0; i < 8; ++i) {
    fleet.After(1'000);
    requests += 125;  // at each of two nodes
    for (const auto& [id, view] : fleet.Instances()) fleet.See(id, Phase::kRunning);
    if (fleet.Memory().capacity > 1) break;
    fleet.SeeNodes(TargetHealth::kHealthy, "", TargetHealth::kHealthy, requests);
    fleet.Decide();
  }
  EXPECT_EQ(fleet.Memory().capacity, 3);
}

TEST(StepScaling, ABreachAddsOnceWhileItWarmsUp) {
  auto desired = TestGroup(2);
  desired.min_size = 1;
  desired.default_warmup = 600'000;
  desired.policies = {OnAlarm("out", PolicyKind::kStep)};
  desired.policies[0].steps = {{0.0, 20.0, 1}, {20.0, {}, 3}};
  desired.alarms = {Alarm("out", Comparison::kGreaterOrEqual, 70)};
  TestFleet fleet(desired);
  fleet.Settle();
  Load(fleet, 50, 12, true);
  EXPECT_EQ(fleet.Memory().capacity, 2);
  Load(fleet, 75, 9, true);  // the third warms up meanwhile
  EXPECT_EQ(fleet.Memory().capacity, 3);
  EXPECT_EQ(fleet.Memory().alarms.at("out-alarm"), AlarmState::kAlarm);
}

TEST(StepScaling, ScalesInStepByStepToTheMinimum) {
  auto desired = TestGroup(4);
  desired.min_size = 2;
  desired.policies = {OnAlarm("in", PolicyKind::kStep)};
  desired.policies[0].steps = {{{}, 0.0, -1}};
  desired.alarms = {Alarm("in", Comparison::kLessOrEqual, 20)};
  TestFleet fleet(desired);
  fleet.Settle();
  Load(fleet, 10, 30);
  EXPECT_EQ(fleet.Memory().capacity, 2);
  EXPECT_EQ(fleet.With(Lifecycle::kInService).size(), 2u);
}

TEST(SimpleScaling, WaitsForItsCooldown) {
  auto desired = TestGroup(1);
  desired.policies = {OnAlarm("out", PolicyKind::kSimple)};
  desired.policies[0].adjustment = 1;
  desired.policies[0].cooldown = 600'000;  // ten seconds of the lab
  desired.alarms = {Alarm("out", Comparison::kGreaterOrEqual, 50)};
  TestFleet fleet(desired);
  fleet.Settle();
  Load(fleet, 500, 9);
  EXPECT_EQ(fleet.Memory().capacity, 2);
  Load(fleet, 500, 8);
  EXPECT_EQ(fleet.Memory().capacity, 3);
}

TEST(Scaling, SuspendedAlarmNotificationDoesNothing) {
  auto desired = Tracked(1);
  desired.suspended_processes = {"AlarmNotification"};
  TestFleet fleet(desired);
  fleet.Settle();
  Load(fleet, 500, 20);
  EXPECT_EQ(fleet.Memory().capacity, 1);
}

}  // namespace
}  // namespace scv::control
