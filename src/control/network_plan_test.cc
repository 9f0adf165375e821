#include "control/network_plan.h"

#include <gtest/gtest.h>

#include "control/topology_fixture.h"

namespace scv::control {
namespace {

TEST(NetworkPlan, TheRouterHasTheRouteTables) {
  RegionFixture fixture;
  const auto plan = fixture.Plan();
  const auto& router = Router(plan);
  EXPECT_EQ(router.cidr, "10.10.0.0/16");
  EXPECT_EQ(router.resolver, "10.10.0.2");
  EXPECT_TRUE(router.internet_gateway);
  EXPECT_EQ(router.uplink_peer, "100.64.1.1/30");
  EXPECT_EQ(router.uplink_address, "100.64.1.2/30");
  ASSERT_EQ(router.subnets.size(), 8U);
  std::map<std::string, lab::SubnetSpec> subnets;
  for (const auto& subnet : router.subnets) subnets[subnet.id] = subnet;
  EXPECT_EQ(subnets["subnet-db-a"].routes.size(), 1U) << "the VPC alone";
  EXPECT_EQ(subnets["subnet-db-a"].gateway, "10.10.48.1");
  ASSERT_EQ(subnets["subnet-public-a"].routes.size(), 2U);
  EXPECT_EQ(subnets["subnet-public-a"].routes[0].destination, "0.0.0.0/0");
  EXPECT_EQ(subnets["subnet-public-a"].routes[0].target, lab::RouteTarget::kInternetGateway);
  EXPECT_EQ(subnets["subnet-web-b"].routes[0].target, lab::RouteTarget::kNatGateway);
  EXPECT_EQ(subnets["subnet-web-b"].routes[0].nat_address, "203.0.113.2");
  EXPECT_EQ(router.nat_addresses, (std::vector<std::string>{"203.0.113.1", "203.0.113.2"}));
  ASSERT_EQ(router.public_addresses.size(), 2U) << "the front's nodes";
  EXPECT_EQ(router.public_addresses[0].address, "203.0.113.125");
  EXPECT_EQ(router.public_addresses[1].address, "203.0.113.126");
}

TEST(NetworkPlan, ARouteIntoNothingIsABlackHole) {
  RegionFixture fixture;
  fixture.MarkDeleting("aws_nat_gateway", "nat-b");
  fixture.MarkDeleting("aws_internet_gateway", "igw-1");
  const auto plan = fixture.Plan();
  for (const auto& subnet : Router(plan).subnets) {
    for (const auto& route : subnet.routes) {
      if (route.destination != "0.0.0.0/0") continue;
      EXPECT_EQ(route.target, lab::RouteTarget::kBlackhole) << subnet.id;
    }
  }
  EXPECT_TRUE(Router(plan).nat_addresses.empty()) << "a NAT gateway needs a way out itself";
  EXPECT_TRUE(Router(plan).public_addresses.empty());
}

TEST(NetworkPlan, SubnetsWithoutATableFollowTheMainOne) {
  RegionFixture fixture;
  fixture.state.Remove(fixture.Get("aws_route_table_association", "rtbassoc-db-a").key);
  fixture.Put("aws_default_route_table", "rtb-main",
              "{'vpc_id':'vpc-1','route':[{'cidr_block':'0.0.0.0/0','gateway_id':'igw-1'}]}");
  const auto plan = fixture.Plan();
  for (const auto& subnet : Router(plan).subnets) {
    if (subnet.id != "subnet-db-a") continue;
    ASSERT_EQ(subnet.routes.size(), 2U);
    EXPECT_EQ(subnet.routes[0].target, lab::RouteTarget::kInternetGateway);
  }
}

TEST(NetworkPlan, FirewallsAreTheGroupsUnion) {
  RegionFixture fixture;
  const auto plan = fixture.Plan();
  const auto& web = Instance(plan, "i-web-1").firewall;
  ASSERT_EQ(web.ingress.size(), 1U);
  EXPECT_EQ(web.ingress[0].group, "sg-front-alb");
  EXPECT_EQ(web.ingress[0].from_port, 8080);
  ASSERT_EQ(web.egress.size(), 2U);
  EXPECT_EQ(web.resolver, "10.10.0.2");
  const auto& front_a = Node(plan, "front/ap-northeast-2a");
  const auto& front_b = Node(plan, "front/ap-northeast-2b");
  EXPECT_EQ(web.members.at("sg-front-alb"),
            (std::set<std::string>{front_a.interface.address, front_b.interface.address}));
  EXPECT_TRUE(web.members.contains("sg-back-alb"));
  EXPECT_EQ(web.members.size(), 2U) << "only groups that rules name";
  const auto& database = Database(plan).firewall;
  EXPECT_EQ(database.members.at("sg-was"),
            (std::set<std::string>{Instance(plan, "i-was-1").interface.address,
                                   Instance(plan, "i-was-2").interface.address}));
  EXPECT_TRUE(database.egress.empty());
}

TEST(NetworkPlan, ANewMemberTouchesFirewallsTargetsAndNamesOnly) {
  RegionFixture fixture;
  const auto before = fixture.Plan();
  fixture.Launch("i-was-3", "was", "a", "back");
  const auto after = fixture.Plan();
  for (const auto& part : after.parts) {
    const auto* old = before.Find(part.key);
    if (part.key.name == "i-was-3") continue;
    ASSERT_NE(old, nullptr);
    if (part.key.kind == lab::PartKind::kDatabase) {
      auto spec = std::get<lab::DatabaseSpec>(part.spec);
      EXPECT_EQ(spec.firewall.members.at("sg-was").size(), 3U);
      spec.firewall.members = std::get<lab::DatabaseSpec>(old->spec).firewall.members;
      EXPECT_TRUE(lab::Spec(spec) == old->spec) << "nothing but members";
    } else if (part.key.name.starts_with("back/")) {
      auto spec = std::get<lab::LoadBalancerNodeSpec>(part.spec);
      const auto& old_spec = std::get<lab::LoadBalancerNodeSpec>(old->spec);
      EXPECT_EQ(spec.target_groups[0].targets.size(), 3U);
      spec.target_groups = old_spec.target_groups;
      spec.firewall.members = old_spec.firewall.members;
      EXPECT_TRUE(spec == old_spec);
    } else if (part.key.kind != lab::PartKind::kNames) {
      EXPECT_TRUE(part.spec == old->spec) << part.key.name;
    }
  }
}

TEST(NetworkPlan, InlineRulesAndDefaultGroupsCountToo) {
  RegionFixture fixture;
  fixture.Put(
      "aws_security_group", "sg-inline",
      "{'vpc_id':'vpc-1','ingress':[{'from_port':22,'to_port':22,'protocol':'6',"
      "'cidr_blocks':['10.0.0.0/8'],'security_groups':[],'self':true}],"
      "'egress':[{'from_port':0,'to_port':0,'protocol':'-1','cidr_blocks':['0.0.0.0/0']}]}");
  fixture.Put("aws_security_group_rule", "sgrule-1",
              "{'type':'ingress','security_group_id':'sg-inline','protocol':'udp','from_port':1194,"
              "'to_port':1194,'source_security_group_id':'sg-web'}");
  fixture.Put("aws_instance", "i-vpn",
              "{'subnet_id':'subnet-public-a','instance_type':'t3.nano','user_data':'#!/bin/sh',"
              "'vpc_security_group_ids':['sg-inline'],'associate_public_ip_address':true}");
  fixture.Put("aws_instance", "i-bare", "{'subnet_id':'subnet-public-a','instance_type':'x9.odd'}");
  const auto plan = fixture.Plan();
  const auto& vpn = Instance(plan, "i-vpn");
  ASSERT_EQ(vpn.firewall.ingress.size(), 3U);
  EXPECT_EQ(vpn.firewall.ingress[0].protocol, "tcp");
  EXPECT_EQ(vpn.firewall.members.at("sg-inline"), (std::set<std::string>{vpn.interface.address}));
  EXPECT_EQ(vpn.firewall.egress.size(), 1U);
  EXPECT_EQ(Router(plan).public_addresses.size(), 3U);
  const auto& bare = Instance(plan, "i-bare");
  EXPECT_TRUE(bare.firewall.ingress.empty()) << "the default group is managed and has no rules";
  EXPECT_EQ(bare.limits, lab::Limits());
  EXPECT_EQ(bare.user_data, "");
  EXPECT_EQ(vpn.user_data, "#!/bin/sh");
  fixture.state.Remove(fixture.Get("aws_default_security_group", "sg-default").key);
  const auto unmanaged = fixture.Plan();
  EXPECT_EQ(Instance(unmanaged, "i-bare").firewall.egress.at(0).cidr, "0.0.0.0/0");
}

}  // namespace
}  // namespace scv::control
