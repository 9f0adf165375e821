#include "control/refresh.h"

#include <gtest/gtest.h>

#include "control/fleet_test_support.h"

namespace scv::control {
namespace {

using lab::Phase;
using lab::TargetHealth;

GroupDesired Refreshing(int capacity) {
  auto desired = TestGroup(capacity);
  desired.refresh_on_change = true;
  desired.refresh.auto_rollback = true;
  desired.latest_version = 2;
  return desired;
}

void WantVersion(TestFleet& fleet, int version) {
  ++fleet.now;
  fleet.group.wanted_version = version;
  fleet.group.launch_template_version = std::to_string(version);
  fleet.Put();
}

TEST(Refresh, BoundsByPercentage) {
  RefreshPreferences preferences;
  preferences.min_healthy_percentage = 90;
  EXPECT_EQ(BoundsOf(preferences, 10).floor, 9);
  EXPECT_EQ(BoundsOf(preferences, 10).ceiling, 10);
  EXPECT_EQ(BoundsOf(preferences, 2).floor, 2);
  EXPECT_EQ(BoundsOf(preferences, 2).ceiling, 3);  // no room: one more
  preferences.min_healthy_percentage = 100;
  preferences.max_healthy_percentage = 150;
  EXPECT_EQ(BoundsOf(preferences, 4).floor, 4);
  EXPECT_EQ(BoundsOf(preferences, 4).ceiling, 6);
  EXPECT_EQ(BoundsOf(preferences, 0).ceiling, 0);
}

TEST(Refresh, ReplacesEverythingWithoutFallingBelowTheMinimum) {
  TestFleet fleet(Refreshing(4));
  fleet.Settle();
  WantVersion(fleet, 2);
  EXPECT_EQ(fleet.Memory().refresh.status, RefreshStatus::kInProgress);
  for (int i = 0; i < 10; ++i) {
    EXPECT_GE(fleet.engine.Find(fleet.group.key)->observed.healthy(), 4);
    fleet.Settle();
  }
  EXPECT_EQ(fleet.Memory().refresh.status, RefreshStatus::kSuccessful);
  EXPECT_EQ(fleet.Memory().refresh.percentage, 100);
  EXPECT_EQ(fleet.Versions(), (std::map<int, int>{{2, 4}}));
  EXPECT_EQ(fleet.launched.size(), 8u);
}

TEST(Refresh, TerminatesFirstWhereThePercentageAllows) {
  auto desired = Refreshing(4);
  desired.refresh.min_healthy_percentage = 50;
  TestFleet fleet(desired);
  fleet.Settle();
  WantVersion(fleet, 2);
  EXPECT_EQ(fleet.With(Lifecycle::kTerminating).size(), 2u);
  EXPECT_EQ(fleet.launched.size(), 6u);
}

TEST(Refresh, ABrokenVersionRollsBackAndHarmsNothing) {
  TestFleet fleet(Refreshing(2));
  fleet.Settle();
  WantVersion(fleet, 2);
  for (int i = 0; i < 100 && fleet.Memory().version == 2; ++i) {
    for (const auto& id : fleet.With(Lifecycle::kPending)) fleet.See(id, Phase::kFailed);
    fleet.After(500);
  }
  EXPECT_EQ(fleet.Memory().version, 1);
  EXPECT_TRUE(fleet.Memory().rolled_back);
  EXPECT_EQ(fleet.With(Lifecycle::kInService), (std::vector<std::string>{"i-00001", "i-00002"}));
  fleet.Settle();
  EXPECT_EQ(fleet.Memory().refresh.status, RefreshStatus::kRollbackSuccessful);
  EXPECT_EQ(fleet.launched.size(), 5u);  // two, and three that came to nothing
  WantVersion(fleet, 2);                 // Terraform insists, or the artifact is mended
  EXPECT_EQ(fleet.Memory().refresh.status, RefreshStatus::kRollbackSuccessful);
}

TEST(Refresh, WithoutRollbackItFails) {
  auto desired = Refreshing(2);
  desired.refresh.auto_rollback = false;
  TestFleet fleet(desired);
  fleet.Settle();
  WantVersion(fleet, 2);
  for (int i = 0; i < 20; ++i) {
    for (const auto& id : fleet.With(Lifecycle::kPending)) fleet.See(id, Phase::kFailed);
    fleet.After(1'000);
  }
  EXPECT_EQ(fleet.Memory().refresh.status, RefreshStatus::kFailed);
  EXPECT_EQ(fleet.With(Lifecycle::kInService).size(), 2u);
}

TEST(Refresh, SilentInstancesEndItByTheGracePeriod) {
  TestFleet fleet(Refreshing(2));
  fleet.Settle();
  WantVersion(fleet, 2);
  for (int i = 0; i < 200 && !fleet.Memory().rolled_back; ++i) {
    for (const auto& id : fleet.With(Lifecycle::kPending)) fleet.See(id, Phase::kRunning);
    fleet.Decide();
    for (const char* node : {"lb/za", "lb/zb"}) {
      lab::Sighting sighting;
      sighting.key = {lab::PartKind::kLoadBalancerNode, "r", node};
      sighting.phase = Phase::kRunning;
      sighting.at = fleet.now;
      for (const auto& registration : fleet.engine.Registrations()) {
        const bool old = registration.instance <= "i-00002";
        lab::TargetSighting target;
        target.target_group = "tg";
        target.target = registration.instance;
        target.health = old ? TargetHealth::kHealthy : TargetHealth::kUnhealthy;
        sighting.targets.push_back(target);
      }
      fleet.engine.See(sighting);
    }
    fleet.After(1'000);
  }
  EXPECT_TRUE(fleet.Memory().rolled_back);
  EXPECT_EQ(fleet.With(Lifecycle::kInService), (std::vector<std::string>{"i-00001", "i-00002"}));
}

TEST(Refresh, WaitsAtCheckpoints) {
  auto desired = Refreshing(4);
  desired.refresh.checkpoint_percentages = {50, 100};
  desired.refresh.checkpoint_delay = 600'000;  // ten seconds of the lab
  TestFleet fleet(desired);
  fleet.Settle();
  WantVersion(fleet, 2);
  fleet.Settle();
  fleet.Settle();
  EXPECT_EQ(fleet.Versions(), (std::map<int, int>{{1, 2}, {2, 2}}));
  EXPECT_EQ(fleet.Memory().refresh.percentage, 50);
  fleet.After(9'000);
  EXPECT_EQ(fleet.Versions(), (std::map<int, int>{{1, 2}, {2, 2}}));
  fleet.After(2'000);
  for (int i = 0; i < 4; ++i) fleet.Settle();
  EXPECT_EQ(fleet.Versions(), (std::map<int, int>{{2, 4}}));
  EXPECT_EQ(fleet.Memory().refresh.status, RefreshStatus::kSuccessful);
}

TEST(Refresh, WaitsForTheWarmup) {
  auto desired = Refreshing(1);
  desired.refresh.instance_warmup = 300'000;  // five seconds of the lab
  TestFleet fleet(desired);
  fleet.Settle();
  WantVersion(fleet, 2);
  fleet.Settle();
  EXPECT_EQ(fleet.With(Lifecycle::kInService).size(), 2u);
  fleet.After(5'000);
  fleet.Settle();
  EXPECT_EQ(fleet.With(Lifecycle::kInService), std::vector<std::string>{"i-00002"});
}

TEST(Refresh, SkipMatchingKeepsWhatIsRight) {
  auto desired = Refreshing(2);
  desired.refresh.skip_matching = true;
  TestFleet fleet(desired);
  fleet.Settle();
  fleet.engine.StartRefresh(fleet.group.key, ++fleet.now);
  fleet.Decide();
  EXPECT_EQ(fleet.Memory().refresh.status, RefreshStatus::kSuccessful);
  EXPECT_EQ(fleet.launched.size(), 2u);
  fleet.group.refresh.skip_matching = false;
  fleet.Put();
  fleet.engine.StartRefresh(fleet.group.key, ++fleet.now);
  fleet.Decide();
  fleet.Settle();
  EXPECT_EQ(fleet.launched.size(), 4u);
}

TEST(Refresh, AnAlarmRollsItBack) {
  auto desired = Refreshing(2);
  desired.refresh.alarms = {"errors"};
  TestFleet fleet(desired);
  fleet.Settle();
  auto memory = fleet.Memory();
  memory.alarms["errors"] = AlarmState::kAlarm;
  fleet.engine.Remember(fleet.group.key, memory);
  WantVersion(fleet, 2);
  EXPECT_TRUE(fleet.Memory().rolled_back);
}

TEST(Refresh, CanBeCancelled) {
  TestFleet fleet(Refreshing(2));
  fleet.Settle();
  WantVersion(fleet, 2);
  fleet.engine.CancelRefresh(fleet.group.key, ++fleet.now);
  fleet.Decide();
  EXPECT_EQ(fleet.Memory().refresh.status, RefreshStatus::kCancelled);
  fleet.Settle();
  EXPECT_EQ(fleet.With(Lifecycle::kInService).size(), 2u);
}

TEST(Refresh, LatestFollowsWithoutARefresh) {
  auto desired = Refreshing(1);
  desired.launch_template_version = "$Latest";
  TestFleet fleet(desired);
  fleet.Settle();
  fleet.group.wanted_version = 2;
  fleet.Put();
  EXPECT_EQ(fleet.Memory().refresh.status, RefreshStatus::kNone);
  EXPECT_EQ(fleet.Memory().version, 2);
  fleet.group.desired_capacity = 2;
  fleet.Put();
  EXPECT_EQ(fleet.Versions(), (std::map<int, int>{{1, 1}, {2, 1}}));
}

}  // namespace
}  // namespace scv::control
