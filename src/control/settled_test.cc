#include "control/settled.h"

#include <gtest/gtest.h>

#include "control/topology_fixture.h"

namespace scv::control {
namespace {

using aws::Status;

class Settled : public ::testing::Test {
 protected:
  // Carries out what is decided, except for parts whose name is `but`.
  void Converge(const std::string& but = "nothing") {
    plan_ = fixture_.Plan();
    for (int round = 0; round < 20; ++round) {
      now_ += 60'000;
      for (const auto& action : Reconcile(plan_.parts, observed_, now_).actions) {
        lab::Sighting sighting;
        sighting.key = action.part.key;
        sighting.revision = action.revision;
        sighting.at = now_;
        sighting.phase = action.kind == lab::Action::Kind::kTakeDown ? lab::Phase::kAbsent
                                                                     : lab::Phase::kRunning;
        if (action.part.key.name == but) {
          sighting.phase = lab::Phase::kFailed;
          sighting.detail = "no room";
        }
        observed_.Fold(sighting);
      }
    }
  }
  SettledStatus Of(const std::string& type, const std::string& id,
                   const std::string& region = kSeoul) {
    return StatusOf(fixture_.Get(type, id, region), plan_, observed_, groups_);
  }

  RegionFixture fixture_;
  LabPlan plan_ = fixture_.Plan();
  ObservedParts observed_;
  GroupStatuses groups_;
  Millis now_ = 0;
};

TEST_F(Settled, PendingSaysWhatIsMissing) {
  const auto database = Of("aws_db_instance", "db-1");
  EXPECT_EQ(database.status, Status::kPending);
  EXPECT_EQ(database.reason, "the database memo waits for the router vpc-1");
  EXPECT_EQ(Of("aws_vpc", "vpc-1").reason, "the router vpc-1 waits for the internet");
}

TEST_F(Settled, EverythingOfARegionSettles) {
  Converge();
  for (const auto& [key, resource] : fixture_.state.all()) {
    const auto status = StatusOf(*resource, plan_, observed_, groups_);
    EXPECT_EQ(status.status, Status::kAvailable) << key.type << ' ' << key.id << status.reason;
    EXPECT_FALSE(status.gone);
  }
}

TEST_F(Settled, WhatFailsSaysWhyAndOthersStand) {
  Converge("memo");
  const auto database = Of("aws_db_instance", "db-1");
  EXPECT_EQ(database.status, Status::kFailed);
  EXPECT_EQ(database.reason, "the database memo failed: no room");
  EXPECT_EQ(Of("aws_subnet", "subnet-db-a").status, Status::kAvailable);
  EXPECT_EQ(Of("aws_security_group", "sg-db").status, Status::kAvailable) << "not its failure";
}

TEST_F(Settled, AChangeIsPendingUntilItStands) {
  Converge();
  fixture_.Put("aws_route", "r-db-a",
               "{'route_table_id':'rtb-db-a','destination_cidr_block':'0.0.0.0/0',"
               "'nat_gateway_id':'nat-a'}");
  plan_ = fixture_.Plan();
  const auto route = Of("aws_route", "r-db-a");
  EXPECT_EQ(route.status, Status::kPending);
  EXPECT_EQ(route.reason, "the router vpc-1 is being changed");
  Converge();
  EXPECT_EQ(Of("aws_route", "r-db-a").status, Status::kAvailable);
}

TEST_F(Settled, ARuleStandsWhenEveryMemberHasIt) {
  Converge();
  fixture_.Put("aws_vpc_security_group_ingress_rule", "sgr-new",
               "{'security_group_id':'sg-db','cidr_ipv4':'10.0.0.0/8','ip_protocol':'tcp',"
               "'from_port':22,'to_port':22}");
  plan_ = fixture_.Plan();
  EXPECT_EQ(Of("aws_vpc_security_group_ingress_rule", "sgr-new").status, Status::kPending);
  Converge();
  EXPECT_EQ(Of("aws_vpc_security_group_ingress_rule", "sgr-new").status, Status::kAvailable);
}

TEST_F(Settled, DeletedIsGoneWhenNoPartHasIt) {
  Converge();
  fixture_.MarkDeleting("aws_db_instance", "db-1");
  fixture_.MarkDeleting("aws_vpc_security_group_ingress_rule", "sgr-ingress-clients");
  plan_ = fixture_.Plan();
  const auto before = Of("aws_db_instance", "db-1");
  EXPECT_EQ(before.status, Status::kDeleting);
  EXPECT_FALSE(before.gone);
  EXPECT_EQ(before.reason, "the database memo still has it");
  EXPECT_FALSE(Of("aws_vpc_security_group_ingress_rule", "sgr-ingress-clients").gone);
  Converge();
  EXPECT_TRUE(Of("aws_db_instance", "db-1").gone);
  EXPECT_TRUE(Of("aws_vpc_security_group_ingress_rule", "sgr-ingress-clients").gone);
}

TEST_F(Settled, TheWholeRegionCanGo) {
  Converge();
  std::vector<aws::ResourceKey> keys;
  for (const auto& [key, resource] : fixture_.state.all()) keys.push_back(key);
  for (const auto& key : keys) fixture_.MarkDeleting(key.type, key.id, key.region);
  fixture_.records.clear();
  Converge();
  for (const auto& [key, resource] : fixture_.state.all()) {
    EXPECT_TRUE(StatusOf(*resource, plan_, observed_, groups_).gone) << key.type << ' ' << key.id;
  }
  EXPECT_TRUE(plan_.parts.empty());
  EXPECT_TRUE(observed_.all().empty());
}

TEST_F(Settled, FleetsAnswerForTheirGroups) {
  fixture_.Put("aws_autoscaling_group", "web", "{}");
  EXPECT_EQ(Of("aws_autoscaling_group", "web").status, Status::kPending);
  auto& group = groups_[fixture_.Get("aws_autoscaling_group", "web").key];
  group.missing = "1 of 2 instances in service";
  EXPECT_EQ(Of("aws_autoscaling_group", "web").reason, group.missing);
  group.failed = true;
  EXPECT_EQ(Of("aws_autoscaling_group", "web").status, Status::kFailed);
  group.settled = true;
  EXPECT_EQ(Of("aws_autoscaling_group", "web").status, Status::kAvailable);
  fixture_.MarkDeleting("aws_autoscaling_group", "web");
  EXPECT_FALSE(Of("aws_autoscaling_group", "web").gone);
  group.gone = true;
  EXPECT_TRUE(Of("aws_autoscaling_group", "web").gone);
}

TEST_F(Settled, TypesWithoutPartsSettleAtOnce) {
  fixture_.Put("aws_flow_log", "fl-1", "{}");
  fixture_.Put("aws_kms_key", "key-1", "{}");
  fixture_.Put("AWS::Budgets::Budget", "month", "{}", "us-east-1");
  fixture_.Put("aws_cloudformation_stack", "stack", "{}", "us-east-1");
  fixture_.Put("aws_iam_role", "role", "{}", "global");
  fixture_.Put("aws_s3_bucket", "bucket", "{}");
  EXPECT_EQ(Of("aws_flow_log", "fl-1").status, Status::kRecorded);
  EXPECT_EQ(Of("aws_kms_key", "key-1").status, Status::kRecorded);
  const auto budget = Of("AWS::Budgets::Budget", "month", "us-east-1");
  EXPECT_EQ(budget.status, Status::kRecorded) << "a stack has it";
  EXPECT_NE(budget.reason.find("AWS::Budgets::Budget"), std::string::npos);
  EXPECT_EQ(Of("aws_cloudformation_stack", "stack", "us-east-1").status, Status::kAvailable);
  EXPECT_EQ(Of("aws_iam_role", "role", "global").status, Status::kAvailable);
  EXPECT_EQ(Of("aws_s3_bucket", "bucket").status, Status::kAvailable);
  fixture_.MarkDeleting("aws_flow_log", "fl-1");
  EXPECT_TRUE(Of("aws_flow_log", "fl-1").gone);
}

TEST_F(Settled, WhatCannotBeHonouredIsRecordedWithTheReason) {
  fixture_.Put("aws_db_instance", "db-2", "{'identifier':'copy','engine':'postgres'}");
  plan_ = fixture_.Plan();
  const auto other = Of("aws_db_instance", "db-2");
  EXPECT_EQ(other.status, Status::kRecorded);
  EXPECT_EQ(other.reason, "the lab's databases are MariaDB; engine is postgres");
}

}  // namespace
}  // namespace scv::control
