#include "control/database.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "control/database_test_support.h"

namespace scv::control {
namespace {

lab::DatabaseRole Primary(std::uint64_t term, bool waits, bool read_only = false) {
  lab::DatabaseRole role;
  role.term = term;
  role.wait_for_standby = waits;
  role.read_only = read_only;
  return role;
}

lab::DatabaseRole Replica(std::uint64_t term, const std::string& source, bool acknowledges = false,
                          bool discard = false, std::uint64_t clone = 0) {
  lab::DatabaseRole role;
  role.kind = Kind::kReplica;
  role.term = term;
  role.source_address = source;
  role.source_port = 3306;
  role.acknowledges = acknowledges;
  role.discard_tail = discard;
  role.clone = clone;
  return role;
}

lab::DatabaseRole Fenced(std::uint64_t term) {
  lab::DatabaseRole role;
  role.kind = Kind::kFenced;
  role.term = term;
  return role;
}

class DatabaseTest : public testing::Test {
 protected:
  void Redundant() {
    t.Run(8);
    ASSERT_TRUE(t.plan.redundant) << t.plan.redundancy << "\n" << t.story;
    ASSERT_TRUE(t.memory.synchronised);
    t.story = "";
  }
  TestDatabases t;
};

TEST(DatabasePositions, SequenceOfDomainZero) {
  EXPECT_EQ(GtidSequence("0-1-42"), 42U);
  EXPECT_EQ(GtidSequence(""), 0U);
  EXPECT_EQ(GtidSequence("1-1-7,0-2-9"), 9U);
  EXPECT_EQ(GtidSequence("1-1-7"), 0U);
  EXPECT_EQ(GtidSequence("0-1-"), 0U);
  EXPECT_EQ(GtidSequence("nonsense"), 0U);
}

TEST_F(DatabaseTest, FirstStartIsAloneUntilTheStandbyHasEverything) {
  t.Decide();
  EXPECT_TRUE(t.plan.memory_changed);
  EXPECT_EQ(t.memory.term, 1U);
  EXPECT_EQ(t.memory.writer, "seoul/memo");
  EXPECT_EQ(t.Role(kA1), Primary(1, false));
  EXPECT_EQ(t.Role(kA2), Replica(1, "10.0.0.1", true));
  EXPECT_EQ(t.Role(kB1), Replica(1, "10.0.0.1"));
  EXPECT_EQ(t.plan.endpoints.at("seoul/memo"), kA1);
  EXPECT_EQ(t.plan.endpoints.at("tokyo/memo"), kB1);
  t.Carry();
  // The standby follows and is behind.
  for (int i = 0; i < 3; ++i) {
    for (const auto& key : {kA1, kA2, kB1}) t.Look(key);
    t.observed.nodes[kA2].seen->received = Gtid(90);
    t.Decide();
    EXPECT_FALSE(t.memory.waiting);
  }
  t.Look(kA2);
  t.Decide();
  EXPECT_TRUE(t.memory.waiting);
  EXPECT_FALSE(t.memory.synchronised);
  EXPECT_EQ(t.Role(kA1), Primary(1, true));
  EXPECT_EQ(t.Role(kB1), Replica(1, "10.0.0.1"));
  t.Carry();
  // What the primary had when it began to wait the standby must have received.
  t.position = 120;
  t.Look(kA1);
  t.Decide();
  EXPECT_FALSE(t.memory.synchronised);
  t.Look(kA2);
  t.observed.nodes[kA2].seen->received = Gtid(119);
  t.Decide();
  EXPECT_FALSE(t.memory.synchronised);
  t.Look(kA2);
  t.Decide();
  EXPECT_TRUE(t.memory.synchronised);
  EXPECT_EQ(t.Role(kB1), Replica(1, "10.0.0.2"));
  t.Run(2);
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
  EXPECT_FALSE(t.plan.memory_changed);
}

TEST_F(DatabaseTest, APrimaryThatSaysNothingOfAStandbyIsNotSynchronised) {
  t.Decide();
  t.Carry();
  for (int i = 0; i < 8; ++i) {
    for (const auto& key : {kA1, kA2, kB1}) t.Look(key);
    t.observed.nodes[kA1].seen->standbys = 0;
    t.Decide();
    t.Carry();
    EXPECT_FALSE(t.memory.synchronised);
  }
  EXPECT_TRUE(t.Told("does not acknowledge"));
}

TEST_F(DatabaseTest, ADeadPrimaryIsReplacedByTheSynchronisedStandby) {
  Redundant();
  t.Die(kA1);
  t.Decide();
  EXPECT_TRUE(t.plan.memory_changed);
  EXPECT_EQ(t.memory.step, DatabaseStep::kPromoting);
  EXPECT_EQ(t.Role(kA1), Fenced(2));
  EXPECT_EQ(t.Role(kA2), Primary(2, false, true));
  EXPECT_EQ(t.Role(kB1), Replica(1, "10.0.0.2"));
  EXPECT_EQ(t.plan.endpoints.at("seoul/memo"), kA1);
  t.Carry();
  t.Decide();
  EXPECT_EQ(t.Role(kA2), Primary(2, false));
  EXPECT_EQ(t.Role(kA1), Replica(2, "10.0.0.2", true, true));
  EXPECT_EQ(t.Role(kB1), Replica(2, "10.0.0.2"));
  EXPECT_EQ(t.plan.endpoints.at("seoul/memo"), kA2);
  EXPECT_FALSE(t.memory.synchronised);
  t.Carry();
  t.Run(8);
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
  EXPECT_EQ(t.Role(kA2), Primary(2, true));
  EXPECT_EQ(t.Role(kB1), Replica(2, "10.0.0.1"));
  EXPECT_TRUE(t.Told("restored"));
}

TEST_F(DatabaseTest, NobodyIsWritableWhileTheOldPrimaryMayRun) {
  Redundant();
  t.Die(kA1);
  t.Decide();
  t.Carry({kA1});
  t.observed.nodes[kA1].idle = false;  // an action that began before may start it yet
  t.Decide();
  EXPECT_EQ(t.Role(kA2), Primary(2, false, true));
  t.observed.nodes[kA1].idle = true;
  t.observed.nodes[kA1].seen->ended = false;  // it failed to take a role on; it may run
  t.Decide();
  EXPECT_EQ(t.Role(kA2), Primary(2, false, true));
  t.observed.nodes[kA1].seen->ended = true;
  t.Decide();
  EXPECT_EQ(t.Role(kA2), Primary(2, false));
}

TEST_F(DatabaseTest, AStandbyThatDiesBeforeItTookOverIsNotPromoted) {
  Redundant();
  t.Die(kA1);
  t.Decide();
  t.Die(kA2);
  t.Decide();
  EXPECT_EQ(t.Role(kA1), Primary(2, false));
  EXPECT_EQ(t.Role(kA2), Replica(2, "10.0.0.1", true));
  EXPECT_FALSE(t.memory.synchronised);
  t.Run(8);
  EXPECT_TRUE(t.plan.redundant);
  EXPECT_EQ(t.Role(kA1), Primary(2, true));
}

// Its process is another one although its phase is the same: what it had received is gone.
TEST_F(DatabaseTest, AStandbyThatBlinkedIsNotPromoted) {
  Redundant();
  t.Die(kA1);
  t.Decide();
  t.Carry();
  t.Phase(kA2, lab::Phase::kRunning);
  t.observed.nodes[kA2].standing = t.Role(kA2);
  t.Decide();
  EXPECT_EQ(t.Role(kA1), Primary(2, false));
}

TEST_F(DatabaseTest, WithoutASynchronisedStandbyThePrimaryIsRestartedInPlace) {
  t.Decide();
  t.Carry();
  for (const auto& key : {kA1, kA2, kB1}) t.Look(key);
  t.Die(kA1);
  t.Decide();
  EXPECT_EQ(t.memory.step, DatabaseStep::kRestarting);
  EXPECT_EQ(t.Role(kA1), Primary(1, false));
  EXPECT_EQ(t.Role(kA2), Replica(1, "10.0.0.1", true));
  EXPECT_TRUE(t.Told("nobody is promoted"));
  EXPECT_NE(t.plan.redundancy.find("may lack"), std::string::npos);
  t.story = "";
  t.Decide();
  EXPECT_EQ(t.story, "");
  t.Run(8);
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
}

TEST_F(DatabaseTest, AHungPrimaryIsFencedFirst) {
  Redundant();
  for (int i = 0; i < 2; ++i) {
    t.BadLook(kA1);
    t.Look(kA2);
    t.Decide();
    EXPECT_EQ(t.memory.step, DatabaseStep::kSteady);
  }
  t.BadLook(kA1);
  t.Decide();
  EXPECT_EQ(t.Role(kA1), Fenced(2));
  EXPECT_EQ(t.Role(kA2), Primary(2, false, true));
  t.Carry({kA1});
  t.Decide();
  EXPECT_EQ(t.Role(kA2), Primary(2, false, true));
  t.Carry();
  t.Decide();
  EXPECT_EQ(t.Role(kA2), Primary(2, false));
  EXPECT_EQ(t.Role(kA1), Replica(2, "10.0.0.2", true, true));
}

TEST_F(DatabaseTest, AnIsolatedPrimaryIsFencedToo) {
  Redundant();
  for (int i = 0; i < 3; ++i) {
    t.BadLook(kA1, true);
    t.AstrayLook(kA2, 2003);
    t.Decide();
    EXPECT_TRUE(t.memory.synchronised) << "it is the primary's fault";
  }
  EXPECT_EQ(t.Role(kA1), Fenced(2));
  EXPECT_TRUE(t.Told("cut off"));
}

TEST_F(DatabaseTest, LooksThatStopComeToTheSame) {
  Redundant();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(t.memory.step, DatabaseStep::kSteady);
    t.now += 1000;
    t.Look(kA2);
    t.Look(kB1);
    t.Decide();
  }
  EXPECT_EQ(t.Role(kA1), Fenced(2));
}

TEST_F(DatabaseTest, AClockThatJumpsIsNoFailure) {
  Redundant();
  for (const Millis jump : {3'600'000, -7'200'000}) {
    t.now += jump;
    t.Decide();
    t.Decide();
    t.Run(3);
    EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
    EXPECT_EQ(t.memory.term, 1U);
  }
}

TEST_F(DatabaseTest, BothUnreachableIsNotDecidedInTheRegion) {
  Redundant();
  for (int i = 0; i < 10; ++i) {
    t.BadLook(kA1);
    t.BadLook(kA2);
    t.Look(kB1);
    t.Decide();
  }
  EXPECT_EQ(t.memory.step, DatabaseStep::kSteady);
  EXPECT_TRUE(t.memory.synchronised);
  EXPECT_EQ(t.Role(kA1), Primary(1, true));
  EXPECT_FALSE(t.plan.redundant);
}

TEST_F(DatabaseTest, ADeadStandbyIsGivenUpAtOnce) {
  Redundant();
  t.Die(kA2);
  t.Decide();
  EXPECT_TRUE(t.plan.memory_changed);
  EXPECT_FALSE(t.memory.synchronised);
  EXPECT_EQ(t.Role(kA1), Primary(1, false));
  EXPECT_EQ(t.Role(kB1), Replica(1, "10.0.0.1"));
  EXPECT_EQ(t.Role(kA2), Replica(1, "10.0.0.1", true));
  EXPECT_TRUE(t.Told("degraded"));
  t.Run(8);
  EXPECT_TRUE(t.plan.redundant);
  EXPECT_EQ(t.Role(kB1), Replica(1, "10.0.0.2"));
}

TEST_F(DatabaseTest, AStandbyWithoutItsLinkIsGivenUpAfterAWhile) {
  Redundant();
  for (int i = 0; i < 2; ++i) {
    t.Look(kA1);
    t.AstrayLook(kA2, 2003);
    t.Decide();
    EXPECT_TRUE(t.memory.synchronised);
  }
  t.Look(kA1);
  t.AstrayLook(kA2, 2003);
  t.Decide();
  EXPECT_FALSE(t.memory.synchronised);
  EXPECT_EQ(t.Role(kA1), Primary(1, false));
  // It is connected badly, not broken: it is not cloned.
  for (int i = 0; i < 60; ++i) {
    t.now += 200;
    t.Carry();
    t.Look(kA1);
    t.Look(kB1);
    t.AstrayLook(kA2, 2003);
    t.Decide();
  }
  EXPECT_TRUE(t.memory.clones.empty());
  t.Run(6);
  EXPECT_TRUE(t.plan.redundant);
}

TEST_F(DatabaseTest, AHungOrUnreachableStandbyIsGivenUp) {
  for (const bool answers : {false, true}) {
    Redundant();
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(t.memory.synchronised);
      t.Look(kA1);
      t.BadLook(kA2, answers);
      t.Decide();
    }
    EXPECT_FALSE(t.memory.synchronised);
    EXPECT_EQ(t.Role(kA1), Primary(1, false));
  }
}

}  // namespace
}  // namespace scv::control
