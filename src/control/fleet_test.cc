#include "control/fleet.h"

#include <gtest/gtest.h>

#include "control/fleet_test_support.h"

namespace scv::control {
namespace {

using lab::Phase;
using lab::TargetHealth;

TEST(Fleet, DecidesOnlyWhatWasTouched) {
  TestFleet fleet(TestGroup(2));
  auto other = TestGroup(3);
  other.key.name = "other";
  fleet.engine.PutGroup(other);
  EXPECT_EQ(fleet.engine.touched(), 1u);
  fleet.Settle();
  EXPECT_EQ(fleet.engine.touched(), 0u);
  fleet.engine.PutGroup(other);  // nothing new
  fleet.See("i-00001", Phase::kRunning);
  fleet.SeeNodes(TargetHealth::kHealthy);
  EXPECT_EQ(fleet.engine.touched(), 0u);
  fleet.See("i-00001", Phase::kFailed);
  EXPECT_EQ(fleet.engine.touched(), 1u);
  const auto plans = fleet.Decide();
  for (const auto& plan : plans) EXPECT_EQ(plan.key.name, "g");
}

TEST(Fleet, AnInstanceNeverComesBackFromTheDead) {
  TestFleet fleet(TestGroup(1));
  fleet.Settle();
  fleet.engine.Decide(fleet.now);
  fleet.See("i-00001", Phase::kFailed);
  fleet.See("i-00001", Phase::kRunning);
  fleet.Decide();
  EXPECT_EQ(fleet.With(Lifecycle::kTerminated), std::vector<std::string>{"i-00001"});
}

TEST(Fleet, LateSightingsAreIgnored) {
  TestFleet fleet(TestGroup(1));
  fleet.Settle();
  lab::Sighting late;
  late.key = {lab::PartKind::kLoadBalancerNode, "r", "lb/za"};
  late.phase = Phase::kRunning;
  late.at = fleet.now - 5;
  fleet.engine.See(late);
  EXPECT_EQ(fleet.engine.Find(fleet.group.key)->observed.instances().begin()->second.elb,
            ElbHealth::kHealthy);
}

TEST(Fleet, RecordsWaitForTheirGroup) {
  FleetEngine engine{Pace{}};
  InstanceRecord record;
  record.id = "i-1";
  record.region = "r";
  record.group = "g";
  record.zone = "za";
  record.lifecycle = Lifecycle::kInService;
  record.launch_template_id = "lt-1";
  record.launch_template_version = 1;
  engine.PutRecord(record, 5);
  EXPECT_EQ(engine.FindRecord("i-1"), nullptr);
  engine.PutGroup(TestGroup(1));
  ASSERT_NE(engine.FindRecord("i-1"), nullptr);
  for (const auto& plan : engine.Decide(1'000)) EXPECT_TRUE(plan.launches.empty());
}

TEST(Fleet, TakesUpWhereAnEarlierProcessEnded) {
  TestFleet fleet(TestGroup(2));
  fleet.Settle();
  fleet.engine.SetCapacity(fleet.group.key, 3, "a user request", fleet.now);
  fleet.Decide();
  fleet.Settle();
  FleetEngine again{Pace{}};
  again.PutGroup(fleet.group);
  again.Remember(fleet.group.key, *ParseGroupMemory(ToJson(fleet.Memory())));
  for (const auto& [id, view] : fleet.Instances()) again.PutRecord(view.record, fleet.now);
  for (const auto& plan : again.Decide(fleet.now)) {
    EXPECT_TRUE(plan.launches.empty());
    EXPECT_TRUE(plan.records.empty());
  }
  EXPECT_EQ(again.Find(fleet.group.key)->memory.capacity, 3);
  EXPECT_TRUE(again.Find(fleet.group.key)->status.settled);
}

TEST(Fleet, AFailedLaunchIsTriedElsewhereAndLater) {
  FleetEngine engine{Pace{}};
  const auto group = TestGroup(1);
  engine.PutGroup(group);
  auto plans = engine.Decide(1'000);
  ASSERT_EQ(plans.at(0).launches.size(), 1u);
  EXPECT_EQ(plans[0].launches[0].zone, "za");
  for (int i = 0; i < 2; ++i) {
    engine.LaunchFailed(group.key, "za", "no address is left in subnet-a", 1'000);
  }
  plans = engine.Decide(1'000);
  ASSERT_EQ(plans.at(0).launches.size(), 1u);
  EXPECT_EQ(plans[0].launches[0].zone, "zb");
  EXPECT_TRUE(plans[0].memory_changed);
  EXPECT_FALSE(plans[0].activities.empty());
}

TEST(Fleet, SetCapacityIsBoundedAndTold) {
  TestFleet fleet(TestGroup(2));
  fleet.engine.SetCapacity(fleet.group.key, 99, "a user request", fleet.now);
  const auto plans = fleet.Decide();
  EXPECT_EQ(fleet.Memory().capacity, 20);
  ASSERT_FALSE(plans.empty());
  EXPECT_TRUE(plans[0].memory_changed);
  EXPECT_NE(plans[0].activities[0].cause.find("from 2 to 20"), std::string::npos);
}

TEST(Fleet, ActivitiesAreBounded) {
  TestFleet fleet(TestGroup(2));
  for (int i = 0; i < 300; ++i) {
    fleet.engine.SetCapacity(fleet.group.key, i % 2 + 3, "a user request", fleet.now);
  }
  fleet.Decide();
  EXPECT_LE(fleet.Memory().activities.size(), GroupMemory::kActivities);
}

TEST(Fleet, AGroupThatIsRemovedLeavesNothing) {
  TestFleet fleet(TestGroup(2));
  fleet.engine.RemoveGroup(fleet.group.key);
  EXPECT_EQ(fleet.engine.NextWake(), std::nullopt);
  EXPECT_TRUE(fleet.engine.Registrations().empty());
  EXPECT_EQ(fleet.engine.FindRecord("i-00001"), nullptr);
}

}  // namespace
}  // namespace scv::control
