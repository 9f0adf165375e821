#include "control/group_decide.h"

#include <gtest/gtest.h>

#include "control/fleet_test_support.h"

namespace scv::control {
namespace {

using lab::Phase;
using lab::TargetHealth;

TEST(Group, LaunchesWhatIsWantedBalancedOverTheZones) {
  TestFleet fleet(TestGroup(5, 3));
  EXPECT_EQ(fleet.launched.size(), 5u);
  EXPECT_EQ(fleet.Zones(), (std::map<std::string, int>{{"za", 2}, {"zb", 2}, {"zc", 1}}));
  EXPECT_FALSE(fleet.Status().settled);
  EXPECT_EQ(fleet.Status().missing, "0 of 5 instances in service");
  fleet.Settle();
  EXPECT_TRUE(fleet.Status().settled) << fleet.Status().missing;
  EXPECT_EQ(fleet.launched.size(), 5u);
}

TEST(Group, ServesOnlyWhenEveryNodeSaysHealthy) {
  TestFleet fleet(TestGroup(1));
  fleet.See("i-00001", Phase::kRunning);
  fleet.Decide();
  EXPECT_EQ(fleet.engine.Registrations().size(), 1u);
  fleet.SeeNode("lb/za", TargetHealth::kHealthy);
  fleet.SeeNode("lb/zb", TargetHealth::kInitial);
  fleet.Decide();
  EXPECT_EQ(fleet.With(Lifecycle::kPending).size(), 1u);
  ++fleet.now;
  fleet.SeeNode("lb/zb", TargetHealth::kHealthy);
  fleet.Decide();
  EXPECT_EQ(fleet.With(Lifecycle::kInService).size(), 1u);
}

TEST(Group, ReplacesADeadInstanceAtOnce) {
  TestFleet fleet(TestGroup(2));
  fleet.Settle();
  fleet.After(20'000);
  fleet.See("i-00001", Phase::kFailed);
  const auto plans = fleet.Decide();
  ASSERT_FALSE(plans.empty());
  EXPECT_EQ(plans[0].launches.size(), 1u);
  ASSERT_EQ(plans[0].records.size(), 1u);
  EXPECT_EQ(plans[0].records[0].lifecycle, Lifecycle::kTerminated);
  EXPECT_NE(plans[0].activities[0].cause.find("EC2 health check"), std::string::npos);
  EXPECT_EQ(plans[0].launches[0].zone, "za");
}

TEST(Group, ReplacesAnUnhealthyInstanceLaunchingFirst) {
  TestFleet fleet(TestGroup(2));
  fleet.Settle();
  ++fleet.now;
  fleet.SeeNodes(TargetHealth::kHealthy, "i-00002", TargetHealth::kUnhealthy);
  fleet.Decide();
  EXPECT_EQ(fleet.launched.size(), 3u);
  EXPECT_TRUE(fleet.With(Lifecycle::kTerminating).empty());
  EXPECT_EQ(fleet.launched[2].zone, "zb");  // where the leaving one is
  ++fleet.now;
  fleet.See("i-00003", Phase::kRunning);
  fleet.Decide();
  fleet.SeeNodes(TargetHealth::kHealthy, "i-00002", TargetHealth::kUnhealthy);
  fleet.Decide();
  EXPECT_EQ(fleet.With(Lifecycle::kTerminating), std::vector<std::string>{"i-00002"});
}

TEST(Group, OneNodesOpinionIsNotEnoughToReplace) {
  TestFleet fleet(TestGroup(2));
  fleet.Settle();
  ++fleet.now;
  fleet.SeeNode("lb/za", TargetHealth::kUnhealthy);
  fleet.Decide();
  EXPECT_EQ(fleet.launched.size(), 2u);
}

// A shared reason: the database is away, every target fails its check.
TEST(Group, DoesNotCascadeWhenEverythingIsUnhealthy) {
  TestFleet fleet(TestGroup(4));
  fleet.Settle();
  ++fleet.now;
  fleet.SeeNodes(TargetHealth::kUnhealthy);
  fleet.Decide();
  EXPECT_EQ(fleet.launched.size(), 5u);  // one more than wanted, no more
  EXPECT_TRUE(fleet.With(Lifecycle::kTerminating).empty());
  fleet.After(10'000);
  EXPECT_EQ(fleet.With(Lifecycle::kInService).size(), 4u);
  fleet.Settle();  // the database is back
  EXPECT_EQ(fleet.With(Lifecycle::kInService).size(), 4u);
  EXPECT_TRUE(fleet.Status().settled);
}

TEST(Group, HonoursTheGracePeriodAtAwsPace) {
  auto desired = TestGroup(1);
  desired.grace = 120'000;
  TestFleet fleet(desired, PaceKind::kAws);
  fleet.Settle();
  ++fleet.now;
  fleet.SeeNodes(TargetHealth::kUnhealthy);
  fleet.After(100'000);
  EXPECT_EQ(fleet.launched.size(), 1u);
  fleet.After(30'000);
  EXPECT_EQ(fleet.launched.size(), 2u);
}

TEST(Group, DrainsBeforeItTerminates) {
  TestFleet fleet(TestGroup(2));
  fleet.Settle();
  fleet.group.desired_capacity = 1;
  fleet.Put();
  const auto leaving = fleet.With(Lifecycle::kTerminating);
  ASSERT_EQ(leaving.size(), 1u);
  const auto registrations = fleet.engine.Registrations();
  ASSERT_EQ(registrations.size(), 2u);
  EXPECT_TRUE(registrations[0].draining != registrations[1].draining);
  EXPECT_TRUE(fleet.With(Lifecycle::kTerminated).empty());
  ++fleet.now;
  fleet.SeeNodes(TargetHealth::kHealthy);  // says draining of those that drain
  fleet.Decide();
  EXPECT_EQ(fleet.With(Lifecycle::kTerminated), leaving);
}

TEST(Group, TheDeregistrationDelayEndsADrain) {
  auto desired = TestGroup(1);
  desired.targets[0].deregistration_delay = 30'000;
  TestFleet fleet(desired, PaceKind::kAws);
  fleet.Settle();
  fleet.group.desired_capacity = 0;
  fleet.Put();
  fleet.After(29'000);
  EXPECT_EQ(fleet.With(Lifecycle::kTerminating).size(), 1u);
  fleet.After(1'100);
  EXPECT_EQ(fleet.With(Lifecycle::kTerminated).size(), 1u);
}

TEST(Group, ABrokenTemplateIsRetriedEverMoreRarely) {
  TestFleet fleet(TestGroup(2));
  std::vector<Millis> launches;
  for (int second = 0; second < 240; ++second) {
    const auto before = fleet.launched.size();
    for (const auto& id : fleet.With(Lifecycle::kPending)) fleet.See(id, Phase::kFailed);
    fleet.After(1'000);
    if (fleet.launched.size() > before) launches.push_back(second);
  }
  EXPECT_GT(fleet.launched.size(), 8u);
  EXPECT_LT(fleet.launched.size(), 30u);
  EXPECT_GE(launches.back() - launches[launches.size() - 3], 30);
  EXPECT_TRUE(fleet.Status().failed);
  EXPECT_NE(fleet.Status().missing.find("failed launches"), std::string::npos);
}

TEST(Group, AFailingZoneIsAvoidedAndComesBack) {
  TestFleet fleet(TestGroup(4));
  fleet.Settle();
  for (int round = 0; round < 3; ++round) {
    for (const auto& [id, view] : fleet.Instances()) {
      if (view.counted() && view.record.zone == "zb") fleet.See(id, Phase::kFailed);
    }
    fleet.Decide();
  }
  EXPECT_GE(fleet.Zones()["za"], 3);
  fleet.Settle();
  fleet.After(70'000);
  fleet.Settle();
  fleet.Settle();
  EXPECT_EQ(fleet.Zones(), (std::map<std::string, int>{{"za", 2}, {"zb", 2}}));
}

TEST(Group, BoundsFollowTerraform) {
  TestFleet fleet(TestGroup(2));
  fleet.Settle();
  fleet.group.min_size = 3;
  fleet.Put();
  EXPECT_EQ(fleet.Memory().capacity, 3);
  fleet.Settle();
  fleet.group.min_size = 0;
  fleet.group.max_size = 1;
  fleet.group.desired_capacity = 1;
  fleet.Put();
  fleet.Settle();
  EXPECT_EQ(fleet.With(Lifecycle::kInService).size(), 1u);
}

TEST(Group, DeletingTakesEverythingDown) {
  TestFleet fleet(TestGroup(3));
  fleet.Settle();
  fleet.group.deleting = true;
  fleet.Put();
  EXPECT_FALSE(fleet.Status().gone);
  fleet.Settle();
  EXPECT_TRUE(fleet.Status().gone);
  EXPECT_TRUE(fleet.Instances().empty());
}

TEST(Group, WithForceDeleteNothingIsDrained) {
  auto desired = TestGroup(3);
  desired.force_delete = true;
  TestFleet fleet(desired);
  fleet.Settle();
  fleet.group.deleting = true;
  fleet.Put();
  EXPECT_EQ(fleet.With(Lifecycle::kTerminated).size(), 3u);
}

TEST(Group, SaysWhatIsMissing) {
  auto desired = TestGroup(1);
  desired.wanted_version = 0;
  TestFleet fleet(desired);
  EXPECT_TRUE(fleet.launched.empty());
  EXPECT_TRUE(fleet.Status().failed);
  EXPECT_EQ(fleet.Status().missing, "launch template lt-1 has no version \"1\"");
  fleet.group.subnets.clear();
  fleet.Put();
  EXPECT_EQ(fleet.Status().missing, "no subnet of vpc_zone_identifier exists");
}

TEST(Group, SuspendedProcessesRest) {
  TestFleet fleet(TestGroup(2));
  fleet.Settle();
  fleet.After(20'000);
  fleet.group.suspended_processes = {"Launch"};
  fleet.Put();
  fleet.See("i-00001", Phase::kFailed);
  fleet.Decide();
  EXPECT_EQ(fleet.launched.size(), 2u);
  fleet.group.suspended_processes = {"Terminate"};
  fleet.group.desired_capacity = 0;
  fleet.Put();
  fleet.Settle();
  EXPECT_EQ(fleet.With(Lifecycle::kInService).size(), 1u);
}

TEST(Group, OldInstancesAreReplacedLaunchingFirst) {
  auto desired = TestGroup(1);
  desired.max_instance_lifetime = 86'400'000;
  TestFleet fleet(desired);
  fleet.Settle();
  fleet.After(86'400'000);
  EXPECT_EQ(fleet.launched.size(), 2u);
  fleet.Settle();
  EXPECT_EQ(fleet.With(Lifecycle::kInService), std::vector<std::string>{"i-00002"});
}

}  // namespace
}  // namespace scv::control
