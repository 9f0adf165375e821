#include "control/database_plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "control/topology_fixture.h"

namespace scv::control {
namespace {

constexpr const char* kTokyo = "ap-northeast-1";

const lab::DatabaseSpec* SpecOf(const LabPlan& plan, const lab::PartKey& key) {
  const auto* part = plan.Find(key);
  return part == nullptr ? nullptr : &std::get<lab::DatabaseSpec>(part->spec);
}

// The fixture's database with a standby, and a replica of it in the other region.
class DatabasePlan : public testing::Test {
 protected:
  DatabasePlan() {
    auto database = fixture_.Get("aws_db_instance", "db-1");
    database.attributes["multi_az"] = true;
    fixture_.state.Put(std::move(database));
    fixture_.Put("aws_vpc", "vpc-2", "{'cidr_block':'10.20.0.0/16'}", kTokyo);
    fixture_.Put("aws_subnet", "subnet-db-t",
                 "{'vpc_id':'vpc-2','availability_zone':'ap-northeast-1a',"
                 "'cidr_block':'10.20.48.0/24'}",
                 kTokyo);
    fixture_.Put("aws_db_subnet_group", "db-t", "{'name':'db-t','subnet_ids':['subnet-db-t']}",
                 kTokyo);
    fixture_.Put("aws_db_instance", "db-2",
                 "{'identifier':'copy','db_subnet_group_name':'db-t','engine':'mariadb',"
                 "'port':3306,'address':'copy.c2.ap-northeast-1.rds.amazonaws.com',"
                 "'replicate_source_db':'arn:aws:rds:ap-northeast-2:123456789012:db:memo'}",
                 kTokyo);
    fixture_.environment.regions = RegionIndexes(fixture_.state);
    for (const auto& key : {first_, second_, copy_}) fixture_.environment.database_roles[key] = {};
  }

  RegionFixture fixture_;
  const lab::PartKey first_ = DatabaseKey(kSeoul, "memo", 0);
  const lab::PartKey second_ = DatabaseKey(kSeoul, "memo", 1);
  const lab::PartKey copy_ = DatabaseKey(kTokyo, "copy", 0);
};

TEST_F(DatabasePlan, MultiAzHasANodeInASecondZone) {
  const auto plan = fixture_.Plan();
  const auto* first = SpecOf(plan, first_);
  const auto* second = SpecOf(plan, second_);
  ASSERT_TRUE(first != nullptr && second != nullptr);
  EXPECT_EQ(first->zone, "ap-northeast-2a");
  EXPECT_EQ(second->zone, "ap-northeast-2b");
  EXPECT_NE(first->interface.address, second->interface.address);
  EXPECT_NE(first->server_id, second->server_id);
  EXPECT_EQ(first->endpoint, second->endpoint);
}

TEST_F(DatabasePlan, SitesThatReplicateAreOneCluster) {
  const auto plan = fixture_.Plan();
  ASSERT_EQ(plan.databases.size(), 1U);
  const auto& cluster = plan.databases.front();
  EXPECT_EQ(cluster.name, "ap-northeast-2/memo");
  ASSERT_EQ(cluster.sites.size(), 2U);
  EXPECT_EQ(cluster.sites[0].name, "ap-northeast-1/copy");
  EXPECT_EQ(cluster.sites[0].source, "ap-northeast-2/memo");
  EXPECT_EQ(cluster.sites[1].nodes.size(), 2U);
}

TEST_F(DatabasePlan, AReplicaWhoseSourceIsNotThereIsNamedByIt) {
  fixture_.MarkDeleting("aws_db_instance", "db-1");
  const auto plan = fixture_.Plan();
  ASSERT_EQ(plan.databases.size(), 1U);
  EXPECT_EQ(plan.databases.front().name, "ap-northeast-2/memo");
  EXPECT_EQ(plan.databases.front().sites.size(), 1U);
}

TEST_F(DatabasePlan, NodesReachEachOtherAcrossRegions) {
  const auto plan = fixture_.Plan();
  const auto* copy = SpecOf(plan, copy_);
  ASSERT_NE(copy, nullptr);
  const auto to = SpecOf(plan, second_)->interface.address + "/32";
  EXPECT_TRUE(std::ranges::any_of(copy->firewall.egress,
                                  [&](const auto& rule) { return rule.cidr == to; }));
  const auto from = copy->interface.address + "/32";
  EXPECT_TRUE(std::ranges::any_of(SpecOf(plan, second_)->firewall.ingress,
                                  [&](const auto& rule) { return rule.cidr == from; }));
  EXPECT_EQ(copy->master_username, "") << "accounts come from the source";
}

TEST_F(DatabasePlan, ANodeWithoutARoleWaits) {
  fixture_.environment.database_roles.erase(copy_);
  const auto plan = fixture_.Plan();
  EXPECT_EQ(SpecOf(plan, copy_), nullptr);
  EXPECT_TRUE(plan.missing.contains(fixture_.Get("aws_db_instance", "db-2", kTokyo).key));
}

TEST_F(DatabasePlan, TheEndpointLeadsToTheLead) {
  const auto address_of = [&](const LabPlan& plan) {
    const auto& names = std::get<lab::NamesSpec>(plan.Find(NamesKey())->spec);
    for (const auto& [zone, records] : names.zones) {
      for (const auto& record : records) {
        if (record.name == "memo.c1.ap-northeast-2.rds.amazonaws.com") return record.values.front();
      }
    }
    return std::string();
  };
  auto plan = fixture_.Plan();
  EXPECT_EQ(address_of(plan), SpecOf(plan, first_)->interface.address);
  fixture_.environment.database_endpoints["ap-northeast-2/memo"] = second_;
  plan = fixture_.Plan();
  EXPECT_EQ(address_of(plan), SpecOf(plan, second_)->interface.address);
}

}  // namespace
}  // namespace scv::control
