#include <gtest/gtest.h>

#include "render/nftables.h"

namespace scv::render {
namespace {

lab::RouterSpec Router() {
  lab::RouterSpec spec;
  spec.vpc_id = "vpc-1";
  spec.region = "ap-northeast-2";
  spec.subnets = {{"subnet-1", "ap-northeast-2a", "10.0.1.0/24", "10.0.1.1", {}},
                  {"subnet-2", "ap-northeast-2a", "10.0.2.0/24", "10.0.2.1", {}},
                  {"subnet-3", "ap-northeast-2b", "10.0.3.0/24", "10.0.3.1", {}}};
  return spec;
}

TEST(NftablesFaults, ACutZoneTalksToItselfAlone) {
  lab::NetworkFaults faults;
  faults.zones = {{"ap-northeast-2", "ap-northeast-2a"}, {"ap-northeast-1", "ap-northeast-2b"}};
  const Ruleset rules = RouterFaultRules(Router(), faults);
  EXPECT_EQ(rules.table, "faults");
  const std::string zone =
      "{ \"" + BridgeName("subnet-1") + "\", \"" + BridgeName("subnet-2") + "\" }";
  EXPECT_EQ(rules.body,
            "  chain passing {\n"
            "    type filter hook forward priority -400; policy accept;\n"
            "    iifname " +
                zone + " oifname != " + zone + " drop\n" + "    oifname " + zone +
                " iifname != " + zone + " drop\n" +
                "  }\n"
                "  chain own_in {\n"
                "    type filter hook input priority -400; policy accept;\n"
                "    iifname " +
                zone + " drop\n" +
                "  }\n"
                "  chain own_out {\n"
                "    type filter hook output priority -400; policy accept;\n"
                "    oifname " +
                zone + " drop\n" + "  }\n");
}

TEST(NftablesFaults, ACutRegionHasNeitherInternetNorWideArea) {
  lab::NetworkFaults faults;
  faults.regions = {"ap-northeast-2"};
  EXPECT_EQ(RouterFaultRules(Router(), faults).body,
            "  chain arriving {\n"
            "    type filter hook prerouting priority -400; policy accept;\n"
            "    iifname \"uplink\" drop\n"
            "    iifname \"wa-*\" drop\n"
            "  }\n"
            "  chain passing {\n"
            "    type filter hook forward priority -400; policy accept;\n"
            "    oifname \"uplink\" drop\n"
            "    oifname \"wa-*\" drop\n"
            "  }\n");
  EXPECT_EQ(InternetFaultRules({"vpc-1"}).body,
            "  chain arriving {\n"
            "    type filter hook prerouting priority -400; policy accept;\n"
            "    iifname \"" +
                InternetLinkName("vpc-1") + "\" drop\n" + "  }\n");
}

TEST(NftablesFaults, WithoutAZoneAllOfTheRegionsAreCut) {
  lab::NetworkFaults faults;
  faults.zones = {{"ap-northeast-2", ""}};
  const std::string body = RouterFaultRules(Router(), faults).body;
  EXPECT_NE(body.find("iifname { \"" + BridgeName("subnet-3") + "\" } drop"), std::string::npos);
  EXPECT_NE(body.find("\", \"" + BridgeName("subnet-2") + "\" } drop"), std::string::npos);
}

TEST(NftablesFaults, ACutHostHasNoMetadataEither) {
  EXPECT_EQ(HostFaultRules(true).body,
            "  chain arriving {\n"
            "    type filter hook prerouting priority -400; policy accept;\n"
            "    iifname \"eth0\" drop\n"
            "  }\n"
            "  chain leaving {\n"
            "    type filter hook output priority -400; policy accept;\n"
            "    oifname \"eth0\" drop\n"
            "    ip daddr 169.254.169.254 drop\n"
            "  }\n");
}

TEST(NftablesFaults, WithoutFaultsNothingIsSaid) {
  EXPECT_EQ(RouterFaultRules(Router(), {}).body, "");
  EXPECT_EQ(HostFaultRules(false).body, "");
  EXPECT_EQ(InternetFaultRules({}).body, "");
  EXPECT_NE(HostFaultRules(false).revision, HostFaultRules(true).revision);
}

TEST(NftablesShortcuts, LeadFromASubnetsOwnAddressesToTheOthersBridges) {
  auto spec = Router();
  spec.resolver = "10.0.0.2";
  const std::string one = BridgeName("subnet-1"), three = BridgeName("subnet-3");
  const auto rules = RouterShortcuts(spec, {}, {{one, 4}, {three, 7}});
  ASSERT_TRUE(rules.has_value());
  EXPECT_EQ(rules->family, "netdev");
  EXPECT_EQ(rules->body,
            "  set own {\n"
            "    type ipv4_addr\n"
            "    elements = { 10.0.0.2, 10.0.1.1, 10.0.3.1 }\n"
            "  }\n"
            "  map ways {\n"
            "    type ipv4_addr : iface_index\n"
            "    flags interval\n"
            "    elements = { 10.0.1.0/24 : \"" +
                one + "\", 10.0.3.0/24 : \"" + three +
                "\" }\n"
                "  }\n"
                "  chain from_" +
                one +
                " {\n"
                "    type filter hook ingress device \"" +
                one +
                "\" priority filter; policy accept;\n"
                "    ip saddr != 10.0.1.0/24 accept\n"
                "    ip daddr @own accept\n"
                "    fwd ip to ip daddr device ip daddr map @ways\n"
                "  }\n"
                "  chain from_" +
                three +
                " {\n"
                "    type filter hook ingress device \"" +
                three +
                "\" priority filter; policy accept;\n"
                "    ip saddr != 10.0.3.0/24 accept\n"
                "    ip daddr @own accept\n"
                "    fwd ip to ip daddr device ip daddr map @ways\n"
                "  }\n");
  EXPECT_TRUE(ReplaceTable(*rules).starts_with(
      "table netdev shortcuts\ndelete table netdev shortcuts\ntable netdev shortcuts {\n"));
}

TEST(NftablesShortcuts, FollowBridgesThatAreMadeAnew) {
  auto spec = Router();
  spec.resolver = "10.0.0.2";
  const std::string bridge = BridgeName("subnet-1");
  const auto first = RouterShortcuts(spec, {}, {{bridge, 4}});
  const auto second = RouterShortcuts(spec, {}, {{bridge, 5}});
  EXPECT_EQ(first->body, second->body);
  EXPECT_NE(first->revision, second->revision);
  EXPECT_EQ(RouterShortcuts(spec, {}, {})->body, "");
}

TEST(NftablesShortcuts, GiveWayToAFaultOfAnyOfTheRegionsZones) {
  auto spec = Router();
  spec.resolver = "10.0.0.2";
  lab::NetworkFaults faults;
  faults.zones = {{"ap-northeast-1", "ap-northeast-1a"}};
  EXPECT_NE(RouterShortcuts(spec, faults, {{BridgeName("subnet-1"), 4}})->body, "");
  faults.zones.insert({"ap-northeast-2", "ap-northeast-2b"});
  EXPECT_EQ(RouterShortcuts(spec, faults, {{BridgeName("subnet-1"), 4}})->body, "");
}

}  // namespace
}  // namespace scv::render
