// Replicas that are cloned, the writer that moves between regions.
#include <gtest/gtest.h>

#include "control/database.h"
#include "control/database_test_support.h"

namespace scv::control {
namespace {

class DatabaseSwitchTest : public testing::Test {
 protected:
  void Redundant() {
    t.Run(8);
    ASSERT_TRUE(t.plan.redundant) << t.plan.redundancy << "\n" << t.story;
    t.story = "";
  }
  void LoseSeoul() {
    t.observed.lost_regions = {"seoul"};
    t.Die(kA1);
    t.Die(kA2);
  }
  void StandbyTakesAMinute() {
    t.limits.least_failover = 60'000;
    Redundant();
    t.Die(kA1);
    t.Run(1, {kA1});
    ASSERT_EQ(t.memory.promoting_node, "seoul/memo/2");
  }
  int Writable() {
    int writable = 0;
    for (const auto& [key, role] : t.plan.roles) {
      writable += role.kind == Kind::kPrimary && !role.read_only ? 1 : 0;
    }
    return writable;
  }
  TestDatabases t;
};

TEST_F(DatabaseSwitchTest, ARejoinWithError1236IsClonedAnew) {
  Redundant();
  t.Die(kA1);
  t.Run(1, {kA1});
  ASSERT_EQ(t.Role(kA1).source_address, "10.0.0.2");
  t.Carry();
  for (int i = 0; i < 3; ++i) {
    t.now += 200;
    t.Look(kA2);
    t.Look(kB1);
    t.AstrayLook(kA1, 1236);
    t.Decide();
  }
  EXPECT_EQ(t.memory.clones.at("seoul/memo"), 1U);
  EXPECT_EQ(t.Role(kA1).clone, 1U);
  EXPECT_FALSE(t.Role(kA1).discard_tail);
  EXPECT_TRUE(t.Told("seoul/memo is cloned anew"));
  EXPECT_EQ(t.plan.redundancy, "the standby seoul/memo is being cloned anew");
  t.Run(8);
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
  EXPECT_EQ(t.memory.clones.at("seoul/memo"), 1U);
}

TEST_F(DatabaseSwitchTest, ARejoinThatTakesTooLongIsClonedAnew) {
  Redundant();
  t.Die(kA1);
  t.Run(1, {kA1});
  t.Carry();
  int looks = 0;
  for (; t.memory.clones.empty() && looks < 100; ++looks) {
    t.now += 200;
    t.Look(kA2);
    t.Look(kB1);
    t.AstrayLook(kA1, 0);
    t.Decide();
  }
  EXPECT_GE(looks * 200, t.limits.rejoin_within);
  EXPECT_LE(looks * 200, t.limits.rejoin_within + 1000);
}

TEST_F(DatabaseSwitchTest, AReplicaAheadOfItsSourceIsClonedAnew) {
  Redundant();
  for (int i = 0; i < 30 && t.memory.clones.empty(); ++i) {
    t.now += 200;
    for (const auto& key : {kA1, kA2, kB1}) t.Look(key);
    t.observed.nodes[kB1].seen->executed = Gtid(105);
    t.Decide();
  }
  EXPECT_EQ(t.memory.clones.at("tokyo/memo"), 1U);
  EXPECT_TRUE(t.memory.synchronised);
}

TEST_F(DatabaseSwitchTest, AStandbyThatIsClonedIsGivenUpFirst) {
  Redundant();
  for (int i = 0; i < 3; ++i) {
    t.Look(kA1);
    t.AstrayLook(kA2, 1236);
    t.Decide();
  }
  EXPECT_FALSE(t.memory.synchronised);
  EXPECT_EQ(t.Role(kA2).clone, 1U);
  EXPECT_FALSE(t.Role(kA1).wait_for_standby);
}

TEST_F(DatabaseSwitchTest, ALostRegionIsReplacedOnceItsNodesAreDead) {
  Redundant();
  t.position = 130;
  t.Look(kA1);
  t.Decide();
  LoseSeoul();
  t.observed.nodes[kA2].idle = false;
  t.Decide();
  EXPECT_EQ(t.memory.promoting_node, "tokyo/memo");
  EXPECT_EQ(t.Role(kA1).kind, Kind::kFenced);
  EXPECT_EQ(t.Role(kA2).kind, Kind::kFenced);
  EXPECT_EQ(t.Role(kB1).kind, Kind::kPrimary);
  EXPECT_TRUE(t.Role(kB1).read_only);
  t.Carry({kA1, kA2});
  t.Decide();
  EXPECT_EQ(Writable(), 0);
  t.observed.nodes[kA2].idle = true;
  t.Decide();
  EXPECT_EQ(Writable(), 1);
  EXPECT_FALSE(t.Role(kB1).read_only);
  EXPECT_EQ(t.memory.writer, "tokyo/memo");
  EXPECT_EQ(t.plan.endpoints.at("tokyo/memo"), kB1);
  EXPECT_TRUE(t.Told("up to 30 transactions"));
  // The region comes back: its nodes follow.
  EXPECT_EQ(t.Role(kA1).kind, Kind::kReplica);
  EXPECT_EQ(t.Role(kA1).source_address, "10.1.0.1");
  EXPECT_TRUE(t.Role(kA1).discard_tail);
  EXPECT_EQ(t.Role(kA2).source_address, "10.0.0.1");
  EXPECT_FALSE(t.Role(kA2).acknowledges);
  t.observed.lost_regions.clear();
  t.Run(6);
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
  EXPECT_EQ(t.memory.writer, "tokyo/memo");
}

// A node that came back and has not followed yet may have another history: its position is no
// measure.
TEST_F(DatabaseSwitchTest, WhatNeverFollowedTheWriterIsPromotedByOrderOnly) {
  Redundant();
  LoseSeoul();
  t.Run(1);
  t.Carry();
  t.Decide();
  ASSERT_EQ(t.memory.writer, "tokyo/memo");
  t.observed.lost_regions = {"tokyo"};
  t.Carry();
  t.Die(kB1);
  t.Decide();
  EXPECT_EQ(t.memory.promoting_node, "");
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "seoul/memo", true));
  t.Decide();
  EXPECT_NE(t.memory.promoting_node, "");
  EXPECT_TRUE(t.Told("it was not seen to follow tokyo/memo"));
}

TEST_F(DatabaseSwitchTest, ARegionThatIsLostFromOutsideOnlyIsNotReplaced) {
  Redundant();
  t.observed.lost_regions = {"seoul"};
  t.Run(10);
  EXPECT_EQ(t.memory.writer, "seoul/memo");
  EXPECT_EQ(Writable(), 1);
}

// At AWS's pace a standby takes a minute, and health checks see the service down sooner.
TEST_F(DatabaseSwitchTest, ARegionWhoseStandbyTakesOverIsNotReplacedMeanwhile) {
  StandbyTakesAMinute();
  t.observed.lost_regions = {"seoul"};
  for (int i = 0; i < 10; ++i) {
    t.Run(1, {kB1});
    t.AstrayLook(kB1, 2003);
  }
  EXPECT_EQ(t.memory.promoting_node, "seoul/memo/2");
  t.now += 60'000;
  t.Run(1);
  EXPECT_EQ(t.memory.writer, "seoul/memo");
  EXPECT_EQ(Writable(), 1);
  t.Run(10);
  EXPECT_EQ(t.memory.writer, "seoul/memo");
  EXPECT_FALSE(t.Told("region seoul is lost")) << t.story;
}

TEST_F(DatabaseSwitchTest, AStandbyThatIsLostAsWellLeavesTheRegionToTheOther) {
  StandbyTakesAMinute();
  LoseSeoul();
  t.Decide();
  EXPECT_EQ(t.memory.promoting_node, "tokyo/memo");
}

TEST_F(DatabaseSwitchTest, WithAManualPolicyALostRegionIsWaitedFor) {
  t.cluster.region_failover = RegionFailover::kManual;
  Redundant();
  LoseSeoul();
  t.Decide();
  EXPECT_EQ(t.memory.writer, "seoul/memo");
  EXPECT_EQ(t.memory.promoting_site, "");
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "tokyo/memo", true));
  t.Decide();
  EXPECT_EQ(t.memory.promoting_node, "tokyo/memo");
}

TEST_F(DatabaseSwitchTest, AForcedSwitchFencesNodesThatRun) {
  Redundant();
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "tokyo/memo", true));
  t.Decide();
  EXPECT_EQ(t.Role(kA1).kind, Kind::kFenced);
  EXPECT_EQ(t.Role(kA2).kind, Kind::kFenced);
  t.Carry({kA1});
  t.Decide();
  EXPECT_EQ(Writable(), 0);
  t.Carry();
  t.Decide();
  EXPECT_EQ(t.memory.writer, "tokyo/memo");
  EXPECT_EQ(Writable(), 1);
}

TEST_F(DatabaseSwitchTest, ACandidateThatNeverComesBackIsAbandoned) {
  Redundant();
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "tokyo/memo", true));
  t.Decide();
  t.Die(kB1);
  t.Decide();
  EXPECT_EQ(t.memory.step, DatabaseStep::kPromoting);
  t.now += t.limits.drain_within;
  t.Decide();
  EXPECT_EQ(t.memory.step, DatabaseStep::kRestarting);
  EXPECT_EQ(t.Role(kA1).kind, Kind::kPrimary);
  EXPECT_FALSE(t.Role(kA1).read_only);
  t.Run(8);
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
}

// It stands as fenced, of an attempt that was abandoned, and is being started right now.
TEST_F(DatabaseSwitchTest, ADeadNodeThatIsBeingStartedIsNotDead) {
  Redundant();
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "tokyo/memo", true));
  t.Decide();
  t.Carry({kB1});
  t.Die(kB1);
  t.now += t.limits.drain_within;
  t.Decide();
  ASSERT_EQ(t.Role(kA1).kind, Kind::kPrimary);
  t.observed.nodes[kA1].idle = false;
  t.Phase(kB1, lab::Phase::kRunning);
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "tokyo/memo", true));
  t.Decide();
  t.Carry({kA1});
  t.Decide();
  EXPECT_EQ(Writable(), 0);
  t.Carry();
  t.Decide();
  EXPECT_EQ(Writable(), 1);
  EXPECT_EQ(t.memory.writer, "tokyo/memo");
}

TEST_F(DatabaseSwitchTest, APlannedSwitchDrainsFirst) {
  Redundant();
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "tokyo/memo", false));
  t.Decide();
  EXPECT_EQ(t.memory.step, DatabaseStep::kDraining);
  EXPECT_TRUE(t.Role(kA1).read_only);
  EXPECT_EQ(t.Role(kA1).term, 1U);
  EXPECT_EQ(t.Role(kB1).kind, Kind::kReplica);
  t.Carry();
  t.position = 150;
  for (int i = 0; i < 2; ++i) {
    t.Look(kA1);
    t.Look(kB1);
    t.observed.nodes[kB1].seen->executed = Gtid(149);
    t.Decide();
    EXPECT_EQ(t.memory.step, DatabaseStep::kDraining);
  }
  t.Look(kB1);
  t.Decide();
  EXPECT_EQ(t.memory.step, DatabaseStep::kSwitching);
  EXPECT_TRUE(t.Role(kB1).read_only);
  EXPECT_EQ(Writable(), 0);
  t.Carry();
  t.Decide();
  EXPECT_EQ(t.memory.writer, "tokyo/memo");
  EXPECT_EQ(t.Role(kB1).term, 2U);
  EXPECT_FALSE(t.Role(kB1).read_only);
  EXPECT_EQ(t.Role(kA1).kind, Kind::kReplica);
  EXPECT_FALSE(t.Role(kA1).discard_tail);
  EXPECT_EQ(t.Role(kA2).source_address, "10.0.0.1");
  EXPECT_TRUE(t.Told("nothing is lost"));
  t.Run(6);
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
  // And back.
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "seoul/memo", false));
  t.Run(12);
  EXPECT_EQ(t.memory.writer, "seoul/memo");
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
  EXPECT_TRUE(t.memory.synchronised);
}

TEST_F(DatabaseSwitchTest, APlannedSwitchThatTakesTooLongIsCalledOff) {
  Redundant();
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "tokyo/memo", false));
  t.Decide();
  t.Carry({kA1});
  t.now += t.limits.drain_within;
  for (const auto& key : {kA1, kA2, kB1}) t.Look(key);
  t.Decide();
  EXPECT_EQ(t.memory.step, DatabaseStep::kSteady);
  EXPECT_FALSE(t.Role(kA1).read_only);
  EXPECT_TRUE(t.Told("called off"));
  EXPECT_EQ(t.memory.switch_to, "");
}

TEST_F(DatabaseSwitchTest, APrimaryThatDiesWhileItDrainsIsReplacedInTheRegion) {
  Redundant();
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "tokyo/memo", false));
  t.Decide();
  t.Die(kA1);
  t.Decide();
  EXPECT_EQ(t.memory.promoting_node, "seoul/memo/2");
  EXPECT_EQ(t.memory.switch_to, "");
}

TEST_F(DatabaseSwitchTest, OrdersThatMakeNoSense) {
  Redundant();
  const auto order = [&](std::string_view site, bool force = false) {
    const auto ordered = OrderSwitch(t.cluster, t.memory, site, force);
    return ordered ? ErrorKind::kInternal : ordered.error().kind;
  };
  EXPECT_EQ(order("paris/memo"), ErrorKind::kNotFound);
  EXPECT_EQ(order("seoul/memo"), ErrorKind::kConflict);
  EXPECT_EQ(order("tokyo/memo"), ErrorKind::kInternal);  // done
  EXPECT_EQ(order("tokyo/memo"), ErrorKind::kConflict);
  EXPECT_EQ(order("tokyo/memo", true), ErrorKind::kInternal);  // forced instead
  EXPECT_EQ(order("tokyo/memo", true), ErrorKind::kConflict);
  t.Decide();
  EXPECT_EQ(order("tokyo/memo", true), ErrorKind::kConflict);
}

TEST_F(DatabaseSwitchTest, ASwitchToASiteThatDoesNotFollowIsRefused) {
  Redundant();
  t.Die(kB1);
  t.Decide();
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "tokyo/memo", false));
  t.Decide();
  EXPECT_EQ(t.memory.step, DatabaseStep::kSteady);
  EXPECT_EQ(t.memory.switch_to, "");
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "tokyo/memo", true));
  t.Decide();
  EXPECT_EQ(t.memory.promoting_node, "");
  EXPECT_EQ(Writable(), 1);
}

}  // namespace
}  // namespace scv::control
