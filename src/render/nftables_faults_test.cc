#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

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

std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

lab::RouterSpec OpenRouter() {
  auto spec = Router();
  spec.cidr = "10.0.0.0/16";
  spec.internet_gateway = true;
  spec.uplink_peer = "100.64.1.1/30";
  spec.subnets[0].routes = {{"0.0.0.0/0", lab::RouteTarget::kInternetGateway, ""}};
  spec.public_addresses = {{"203.0.113.5", "10.0.1.5"}, {"203.0.113.6", "10.0.1.6"}};
  spec.nat_addresses = {"203.0.113.10"};
  return spec;
}
const std::map<std::string, int> kLinks{
    {"p-0a000105", 20}, {"p-0a000305", 21}, {"uplink", 3}, {"br-1", 4}, {"p-zz", 5}};

TEST(NftablesShortcuts, LeadFromHostToHostAndToTheInternetAndBack) {
  const auto rules = RouterShortcuts(OpenRouter(), {}, kLinks);
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  EXPECT_EQ(rules->family, "netdev");
  std::string expected = R"(  map hosts {
    type ipv4_addr : iface_index
    elements = { 10.0.1.5 : "p-0a000105", 10.0.3.5 : "p-0a000305" }
  }
  chain from_internet {
    type filter hook ingress device "uplink" priority filter; policy accept;
    ip saddr { 10.0.0.0/16, 203.0.113.10, 203.0.113.5, 203.0.113.6 } accept
    ip protocol tcp ip daddr set ip daddr map { 203.0.113.5 : 10.0.1.5 } TO_HOST
  }
  chain from_ONE {
    type filter hook ingress devices = { "p-0a000105" } priority filter; policy accept;
    ip saddr != 10.0.1.0/24 accept
    TO_HOST
    ip daddr { 10.0.0.0/16, 203.0.113.10, 203.0.113.5, 203.0.113.6 } accept
    ip protocol tcp ip saddr set ip saddr map { 10.0.1.5 : 203.0.113.5 } TO_UPLINK
  }
  chain from_THREE {
    type filter hook ingress devices = { "p-0a000305" } priority filter; policy accept;
    ip saddr != 10.0.3.0/24 accept
    TO_HOST
  }
)";
  expected = Replaced(expected, "from_ONE", "from_" + BridgeName("subnet-1"));
  expected = Replaced(expected, "from_THREE", "from_" + BridgeName("subnet-3"));
  expected = Replaced(expected, "TO_HOST", "fwd ip to ip daddr device ip daddr map @hosts");
  expected = Replaced(expected, "TO_UPLINK", "fwd ip to 100.64.1.1 device \"uplink\"");
  EXPECT_EQ(rules->body, expected);
  EXPECT_TRUE(ReplaceTable(*rules).starts_with(
      "table netdev shortcuts\ndelete table netdev shortcuts\ntable netdev shortcuts {\n"));
}

TEST(NftablesShortcuts, LeaveTheInternetToTheRouterWhereItsRoutesHaveExceptions) {
  const auto leads_out = [](const lab::RouterSpec& spec) {
    return RouterShortcuts(spec, {}, kLinks)->body.find("ip saddr set") != std::string::npos;
  };
  auto spec = OpenRouter();
  EXPECT_TRUE(leads_out(spec));
  spec.subnets[0].routes.push_back({"198.51.100.0/24", lab::RouteTarget::kBlackhole, ""});
  EXPECT_FALSE(leads_out(spec));
  spec = OpenRouter();
  spec.internet_gateway = false;
  EXPECT_FALSE(leads_out(spec));
  EXPECT_EQ(RouterShortcuts(spec, {}, kLinks)->body.find("from_internet"), std::string::npos);
}

TEST(NftablesShortcuts, LeaveAHostWithTwoPublicAddressesToTheRouter) {
  auto spec = OpenRouter();
  spec.public_addresses[1].private_address = "10.0.1.5";
  EXPECT_EQ(RouterShortcuts(spec, {}, kLinks)->body.find("from_internet"), std::string::npos);
}

TEST(NftablesShortcuts, FollowPortsThatAreMadeAnew) {
  auto links = kLinks;
  const auto first = RouterShortcuts(Router(), {}, links);
  links["p-0a000105"] = 30;
  const auto second = RouterShortcuts(Router(), {}, links);
  EXPECT_EQ(first->body, second->body);
  EXPECT_NE(first->revision, second->revision);
  EXPECT_EQ(RouterShortcuts(Router(), {}, {})->body, "");
}

TEST(NftablesShortcuts, GiveWayToAFaultOfTheRegionOrOfAnyOfItsZones) {
  lab::NetworkFaults faults;
  faults.zones = {{"ap-northeast-1", "ap-northeast-1a"}};
  faults.regions = {"ap-northeast-1"};
  EXPECT_NE(RouterShortcuts(OpenRouter(), faults, kLinks)->body, "");
  faults.zones.insert({"ap-northeast-2", "ap-northeast-2b"});
  EXPECT_EQ(RouterShortcuts(OpenRouter(), faults, kLinks)->body, "");
  faults = {};
  faults.regions = {"ap-northeast-2"};
  EXPECT_EQ(RouterShortcuts(OpenRouter(), faults, kLinks)->body, "");
}

}  // namespace
}  // namespace scv::render
