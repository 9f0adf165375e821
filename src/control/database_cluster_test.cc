// Clusters that change, memory that is read again.
#include <gtest/gtest.h>

#include "control/database.h"
#include "control/database_test_support.h"

namespace scv::control {
namespace {

class DatabaseClusterTest : public testing::Test {
 protected:
  void Redundant() {
    t.Run(8);
    ASSERT_TRUE(t.plan.redundant) << t.plan.redundancy << "\n" << t.story;
    t.story = "";
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

TEST_F(DatabaseClusterTest, MultiAzIsSwitchedOffAndOn) {
  Redundant();
  t.cluster = TestCluster(1);
  t.Decide();
  EXPECT_FALSE(t.memory.waiting);
  EXPECT_FALSE(t.Role(kA1).wait_for_standby);
  EXPECT_EQ(t.Role(kB1).source_address, "10.0.0.1");
  EXPECT_FALSE(t.watch.nodes.contains(kA2));
  t.observed.nodes.erase(kA2);
  t.Run(3);
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
  t.cluster = TestCluster();
  t.Run(8);
  EXPECT_TRUE(t.memory.synchronised);
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
}

TEST_F(DatabaseClusterTest, ARemovedPrimaryIsReplacedWhenItIsGone) {
  Redundant();
  t.Die(kA1);
  t.Run(10);
  ASSERT_EQ(t.memory.leads.at("seoul/memo"), "seoul/memo/2");
  t.cluster = TestCluster(1);
  t.Decide();
  EXPECT_EQ(Writable(), 0);  // the former one may still run
  t.observed.nodes.erase(kA2);
  t.Decide();
  EXPECT_EQ(t.memory.leads.at("seoul/memo"), "seoul/memo");
  EXPECT_EQ(Writable(), 1);
  EXPECT_FALSE(t.Role(kA1).read_only);
  EXPECT_FALSE(t.memory.must_discard.contains("seoul/memo/2"));
}

// What could not be written down is not done, and not forgotten either.
TEST_F(DatabaseClusterTest, AStandbyThatDiedStaysSuspectUntilThatIsWrittenDown) {
  Redundant();
  const auto written = t.memory;
  t.Die(kA2);
  t.Decide();
  EXPECT_FALSE(t.memory.synchronised);
  t.memory = written;
  t.Phase(kA2, lab::Phase::kRunning);
  t.Die(kA1);
  t.Decide();
  EXPECT_EQ(t.memory.promoting_node, "");
  EXPECT_FALSE(t.memory.synchronised);
  EXPECT_EQ(t.Role(kA1).kind, Kind::kPrimary);
}

TEST_F(DatabaseClusterTest, AReplicaIsAddedAndRemoved) {
  t.cluster = TestCluster(2, 0);
  Redundant();
  t.cluster = TestCluster(2, 2);
  t.Decide();
  EXPECT_EQ(t.Role(kB1).source_address, "10.0.0.2");
  EXPECT_EQ(t.Role(kB2).source_address, "10.1.0.1");
  Redundant();
  t.memory.clones["tokyo/memo"] = 1;
  t.cluster = TestCluster(2, 0);
  t.Decide();
  EXPECT_FALSE(t.memory.leads.contains("tokyo/memo"));
  EXPECT_TRUE(t.memory.clones.empty());
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
}

TEST_F(DatabaseClusterTest, TheOtherNodeOfAReplicaLeadsWhenTheFirstDies) {
  t.cluster = TestCluster(2, 2);
  Redundant();
  t.Die(kB1);
  t.Decide();
  EXPECT_EQ(t.plan.endpoints.at("tokyo/memo"), kB2);
  EXPECT_EQ(t.Role(kB2).source_address, "10.0.0.2");
  EXPECT_EQ(t.Role(kB1).source_address, "10.1.0.2");
}

// A replica that Terraform made a DB instance of its own is a cluster without memory.
TEST_F(DatabaseClusterTest, AWriterThatBecomesAClusterOfItsOwnStaysPrimary) {
  t.cluster = TestCluster(2, 2);
  Redundant();
  ASSERT_TRUE(OrderSwitch(t.cluster, t.memory, "tokyo/memo", true));
  t.Run(10);
  ASSERT_EQ(t.memory.writer, "tokyo/memo");
  t.Die(kB1);
  t.Run(10);
  ASSERT_EQ(t.memory.leads.at("tokyo/memo"), "tokyo/memo/2");
  DatabaseCluster alone;
  alone.name = "tokyo/memo";
  alone.sites.push_back(t.cluster.sites[1]);
  alone.sites[0].source = "";
  t.cluster = alone;
  t.memory = {};
  t.watch = {};
  t.Decide();
  EXPECT_EQ(t.memory.leads.at("tokyo/memo"), "tokyo/memo/2");
  EXPECT_EQ(t.Role(kB2).kind, Kind::kPrimary);
  EXPECT_EQ(t.Role(kB1).kind, Kind::kReplica);
}

TEST_F(DatabaseClusterTest, ANewProcessDecidesFromMemory) {
  Redundant();
  const auto restart = [&] {
    const auto read = ParseDatabaseMemory(ToJson(t.memory));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, t.memory);
    t.memory = *read;
    t.watch = {};
    for (auto& [key, node] : t.observed.nodes) node.standing.reset();
  };
  const auto roles = t.plan.roles;
  restart();
  t.Decide();
  EXPECT_EQ(t.plan.roles, roles);
  EXPECT_FALSE(t.plan.memory_changed);
  t.Run(3);
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
  // In the middle of a promotion.
  t.Die(kA1);
  t.Decide();
  restart();
  t.Decide();
  EXPECT_EQ(t.Role(kA1).kind, Kind::kFenced);
  EXPECT_TRUE(t.Role(kA2).read_only);
  t.Run(10);
  EXPECT_TRUE(t.plan.redundant) << t.plan.redundancy;
  EXPECT_EQ(t.memory.leads.at("seoul/memo"), "seoul/memo/2");
}

TEST(DatabaseMemoryJson, RefusesWhatItDoesNotKnow) {
  EXPECT_FALSE(ParseDatabaseMemory("[]"));
  EXPECT_FALSE(ParseDatabaseMemory("{\"step\":\"dancing\"}"));
  EXPECT_FALSE(ParseDatabaseMemory("{\"step\":\"steady\",\"leads\":{\"a\":1}}"));
  DatabaseMemory memory;
  memory.term = 7;
  memory.fenced = {"a", "b"};
  memory.must_discard = {"c"};
  memory.joined = {"e"};
  memory.clones = {{"d", 3}};
  memory.step = DatabaseStep::kDraining;
  EXPECT_EQ(*ParseDatabaseMemory(ToJson(memory)), memory);
}

TEST(DatabaseLimitsTest, TheAwsPaceTakesWhatAwsDocuments) {
  EXPECT_EQ(LimitsFor({PaceKind::kLab}).least_failover, 0);
  EXPECT_EQ(LimitsFor({PaceKind::kAws}).least_failover, 60'000);
}

}  // namespace
}  // namespace scv::control
