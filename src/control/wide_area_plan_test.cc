#include "control/wide_area_plan.h"

#include <gtest/gtest.h>

#include "control/topology_fixture.h"

namespace scv::control {
namespace {

constexpr const char* kTokyo = "ap-northeast-1";

// The fixture's region, and a small VPC in Tokyo.
class WideAreaPlan : public ::testing::Test {
 protected:
  WideAreaPlan() {
    PutTokyo("10.20.0.0/16");
    fixture_.Put("aws_db_instance", "db-2", "{'identifier':'memo-tokyo','engine':'mariadb'}",
                 kTokyo);
  }

  void PutTokyo(const std::string& cidr) {
    fixture_.Put("aws_vpc", "vpc-2", "{'cidr_block':'" + cidr + "'}", kTokyo);
    fixture_.Put("aws_subnet", "subnet-2",
                 "{'vpc_id':'vpc-2','availability_zone':'ap-northeast-1a','cidr_block':'" +
                     cidr.substr(0, cidr.find('/')) + "/24'}",
                 kTokyo);
    fixture_.Put("aws_route_table", "rtb-2",
                 "{'vpc_id':'vpc-2','route':[{'cidr_block':'10.10.0.0/16',"
                 "'vpc_peering_connection_id':'pcx-1'}]}",
                 kTokyo);
    fixture_.Put("aws_route_table_association", "rtbassoc-2",
                 "{'subnet_id':'subnet-2','route_table_id':'rtb-2'}", kTokyo);
  }
  void PutPeering(bool accepter) {
    fixture_.Put("aws_vpc_peering_connection", "pcx-1",
                 "{'vpc_id':'vpc-1','peer_vpc_id':'vpc-2','peer_region':'ap-northeast-1'}");
    fixture_.Put("aws_route", "r-peer",
                 "{'route_table_id':'rtb-was-a','destination_cidr_block':'10.20.0.0/16',"
                 "'vpc_peering_connection_id':'pcx-1'}");
    if (!accepter) return;
    fixture_.Put("aws_vpc_peering_connection_accepter", "pcx-1",
                 "{'vpc_peering_connection_id':'pcx-1','auto_accept':true}", kTokyo);
  }

  // `replicate`: the two databases are one cluster.
  LabPlan Plan(bool replicate) {
    LabPlan plan = fixture_.Plan();
    const auto index = ReadIndex(fixture_.state, fixture_.environment.regions);
    // An earlier plan has had its own.
    std::erase_if(plan.parts, [](const auto& p) { return p.key.kind == lab::PartKind::kWideArea; });
    for (auto& part : plan.parts) {
      if (auto* router = std::get_if<lab::RouterSpec>(&part.spec)) router->peers.clear();
    }
    PlanContext context{index, fixture_.environment, fixture_.book, plan, {}, {}};
    std::vector<ReplicationHosts> hosts;
    if (replicate) {
      const auto& seoul = index.regions.at(kSeoul).databases.at("memo");
      const auto& tokyo = index.regions.at(kTokyo).databases.at("memo-tokyo");
      hosts = {{"memo", kTokyo, "vpc-2", {"10.20.0.4"}, 3306, &tokyo},
               {"memo", kSeoul, "vpc-1", {"10.10.48.5", "10.10.48.4"}, 3306, &seoul}};
    }
    PlanWideAreas(context, hosts);
    std::ranges::sort(plan.parts, {}, &lab::Part::key);
    links_.clear();
    for (const auto& [resource, keys] : context.links) links_[resource->key.id] = keys;
    return plan;
  }
  static const lab::RouterSpec& Tokyo(const LabPlan& plan) {
    return SpecOf<lab::RouterSpec>(plan, lab::PartKind::kRouter, "vpc-2", kTokyo);
  }
  static std::vector<lab::RouteTarget> TargetsOf(const lab::RouterSpec& router,
                                                 const std::string& destination) {
    std::vector<lab::RouteTarget> targets;
    for (const auto& subnet : router.subnets) {
      for (const auto& route : subnet.routes) {
        if (route.destination == destination) targets.push_back(route.target);
      }
    }
    return targets;
  }

  RegionFixture fixture_;
  std::map<std::string, std::vector<lab::PartKey>> links_;
  const lab::PartKey key_{lab::PartKind::kWideArea, "", "vpc-1~vpc-2"};
};

TEST_F(WideAreaPlan, DatabasesOfOneClusterAreJoined) {
  const auto plan = Plan(true);
  const auto* part = plan.Find(key_);
  ASSERT_NE(part, nullptr);
  EXPECT_EQ(part->needs,
            (std::vector<lab::PartKey>{RouterKey(kSeoul, "vpc-1"), RouterKey(kTokyo, "vpc-2")}));
  const auto& spec = std::get<lab::WideAreaSpec>(part->spec);
  EXPECT_EQ(spec.a, (lab::WideAreaSpec::End{kSeoul, "vpc-1", "10.10.0.0/16", "100.65.2.1/30"}));
  EXPECT_EQ(spec.b, (lab::WideAreaSpec::End{kTokyo, "vpc-2", "10.20.0.0/16", "100.65.2.2/30"}));
  EXPECT_EQ(spec.delay, 35);
  EXPECT_EQ(spec.loss_percent, 0);

  ASSERT_EQ(Router(plan).peers.size(), 1U);
  const auto& seoul = Router(plan).peers[0];
  EXPECT_EQ(seoul.vpc_id, "vpc-2");
  EXPECT_EQ(seoul.cidr, "10.20.0.0/16");
  EXPECT_EQ(seoul.address, "100.65.2.1/30");
  EXPECT_EQ(seoul.peer_address, "100.65.2.2/30");
  EXPECT_EQ(seoul.replication_hosts, (std::vector<std::string>{"10.10.48.4", "10.10.48.5"}));
  EXPECT_EQ(seoul.replication_peers, (std::vector<std::string>{"10.20.0.4"}));
  ASSERT_EQ(Tokyo(plan).peers.size(), 1U);
  EXPECT_EQ(Tokyo(plan).peers[0].replication_hosts, seoul.replication_peers);
  EXPECT_EQ(Tokyo(plan).peers[0].replication_peers, seoul.replication_hosts);
  for (const char* database : {"db-1", "db-2"}) {
    ASSERT_FALSE(links_[database].empty()) << database;
    EXPECT_EQ(links_[database].front(), key_);
  }
  EXPECT_TRUE(SameParts(plan, Plan(true))) << "stable";
}

TEST_F(WideAreaPlan, NothingIsJoinedWithoutAReason) {
  EXPECT_EQ(Plan(false).Find(key_), nullptr);
  EXPECT_TRUE(Router(Plan(false)).peers.empty());
}

TEST_F(WideAreaPlan, APeeringCountsWhenItIsAccepted) {
  PutPeering(false);
  const auto pending = Plan(false);
  EXPECT_EQ(pending.Find(key_), nullptr);
  EXPECT_EQ(TargetsOf(Router(pending), "10.20.0.0/16"),
            (std::vector{lab::RouteTarget::kBlackhole}));
  PutPeering(true);
  const auto plan = Plan(false);
  ASSERT_NE(plan.Find(key_), nullptr);
  EXPECT_EQ(TargetsOf(Router(plan), "10.20.0.0/16"), (std::vector{lab::RouteTarget::kPeering}));
  EXPECT_EQ(TargetsOf(Tokyo(plan), "10.10.0.0/16"), (std::vector{lab::RouteTarget::kPeering}));
  EXPECT_TRUE(Router(plan).peers[0].replication_hosts.empty());
  EXPECT_EQ(links_["pcx-1"], (std::vector<lab::PartKey>{key_}));
  EXPECT_FALSE(plan.not_honoured.contains(fixture_.Get("aws_route", "r-peer").key));
  fixture_.MarkDeleting("aws_vpc_peering_connection", "pcx-1");
  EXPECT_EQ(Plan(false).Find(key_), nullptr);
}

TEST_F(WideAreaPlan, PeeringAndReplicationShareAPath) {
  PutPeering(true);
  const auto plan = Plan(true);
  ASSERT_EQ(Router(plan).peers.size(), 1U);
  EXPECT_EQ(Router(plan).peers[0].replication_peers.size(), 1U);
  EXPECT_EQ(TargetsOf(Router(plan), "10.20.0.0/16"), (std::vector{lab::RouteTarget::kPeering}));
}

TEST_F(WideAreaPlan, WithinARegionThereIsNoDistance) {
  fixture_.Put("aws_vpc", "vpc-0", "{'cidr_block':'10.30.0.0/16'}");
  fixture_.Put("aws_vpc_peering_connection", "pcx-2",
               "{'vpc_id':'vpc-1','peer_vpc_id':'vpc-0','auto_accept':true}");
  const auto plan = Plan(false);
  const auto* part = plan.Find({lab::PartKind::kWideArea, "", "vpc-0~vpc-1"});
  ASSERT_NE(part, nullptr);
  EXPECT_EQ(std::get<lab::WideAreaSpec>(part->spec).delay, 0);
}

TEST_F(WideAreaPlan, AddressesThatOverlapCannotBeJoined) {
  PutTokyo("10.10.0.0/16");
  PutPeering(true);
  const auto plan = Plan(true);
  EXPECT_EQ(plan.Find(key_), nullptr);
  EXPECT_TRUE(Router(plan).peers.empty());
  const auto why = plan.missing.find(fixture_.Get("aws_db_instance", "db-1").key);
  ASSERT_NE(why, plan.missing.end());
  EXPECT_NE(why->second.find("cidr_block"), std::string::npos);
  EXPECT_TRUE(plan.not_honoured.contains(fixture_.Get("aws_vpc_peering_connection", "pcx-1").key));
}

}  // namespace
}  // namespace scv::control
