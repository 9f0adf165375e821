#include "render/nftables.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace scv::render {
namespace {

lab::FirewallRule Rule(std::string protocol, int from, int to, std::string cidr,
                       std::string group = "") {
  return {std::move(protocol), from, to, std::move(cidr), std::move(group)};
}

lab::FirewallSpec WasFirewall() {
  lab::FirewallSpec spec;
  spec.ingress = {Rule("tcp", 9000, 9000, "", "sg-web"), Rule("udp", 1000, 2000, "10.9.8.7/16"),
                  Rule("icmp", -1, -1, "10.0.0.0/16"), Rule("tcp", 0, 65535, "192.0.2.1/32")};
  spec.egress = {Rule("-1", 0, 0, "0.0.0.0/0")};
  spec.members = {{"sg-web", {"10.0.1.6", "10.0.1.5"}}, {"sg-unused", {"10.0.7.7"}}};
  spec.resolver = "10.0.0.2";
  return spec;
}

TEST(Nftables, WritesAFirewall) {
  const auto rules = FirewallRules(WasFirewall());
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  EXPECT_EQ(rules->table, "sg");
  const std::string web = SetName("sg-web");
  std::string expected = R"(  set WEB {
    type ipv4_addr
  }
  chain local {
    ip daddr 169.254.169.254 tcp dport 80 tcp dport set 61680
    ip saddr 169.254.169.254 tcp sport 61680 tcp sport set 80
    accept
  }
  chain segments_input {
    ip saddr @WEB tcp dport 9000 accept
    ip saddr 192.0.2.1/32 meta l4proto tcp accept
    ip saddr 10.0.0.2/32 tcp sport 53 accept
    tcp dport { 9000 } drop
    meta nfproto ipv4 accept
    drop
  }
  chain segments_output {
    ip daddr @WEB tcp sport 9000 accept
    ip daddr 192.0.2.1/32 meta l4proto tcp accept
    ip daddr 10.0.0.2/32 tcp dport 53 accept
    tcp sport { 9000 } drop
    meta nfproto ipv4 accept
    drop
  }
  chain input {
    type filter hook input priority filter; policy drop;
    iif "lo" goto local
    tcp flags & (fin | syn | rst | ack) != syn goto segments_input
    meta l4proto != tcp ct state vmap { established : accept, related : accept, invalid : drop }
    icmp type { destination-unreachable, time-exceeded, parameter-problem } accept
    ip saddr 10.0.0.2 udp sport 53 accept
    ip daddr { 127.0.0.0/8, 169.254.0.0/16 } drop
    ip saddr @WEB tcp dport 9000 accept
    ip saddr 10.9.0.0/16 udp dport 1000-2000 accept
    ip saddr 10.0.0.0/16 meta l4proto icmp accept
    ip saddr 192.0.2.1/32 meta l4proto tcp accept
  }
  chain output {
    type filter hook output priority filter; policy drop;
    oif "lo" goto local
    tcp flags & (fin | syn | rst | ack) != syn goto segments_output
    meta l4proto != tcp ct state vmap { established : accept, related : accept, invalid : drop }
    icmp type { destination-unreachable, time-exceeded, parameter-problem } accept
    ip daddr 10.0.0.2/32 udp dport 53 accept
    ip daddr 10.0.0.2/32 tcp dport 53 accept
    meta nfproto ipv4 accept
  }
)";
  for (auto at = expected.find("WEB"); at != expected.npos; at = expected.find("WEB")) {
    expected.replace(at, 3, web);
  }
  EXPECT_EQ(rules->body, expected);
  EXPECT_EQ(rules->elements,
            (std::map<std::string, std::set<std::string>>{{web, {"10.0.1.5", "10.0.1.6"}}}));
}

TEST(Nftables, TracksNothingWhereTheRulesAreForTcp) {
  lab::FirewallSpec spec;
  spec.ingress = {Rule("tcp", 443, 443, "0.0.0.0/0")};
  spec.egress = {Rule("tcp", 8080, 8081, "", "sg-was")};
  spec.resolver = "10.0.0.2";
  EXPECT_FALSE(TracksConnections(spec));
  EXPECT_EQ(FirewallRules(spec)->body.find("ct state"), std::string::npos);
  spec.egress.push_back(Rule("udp", 123, 123, "0.0.0.0/0"));
  EXPECT_TRUE(TracksConnections(spec));
  EXPECT_NE(FirewallRules(spec)->body.find("ct state"), std::string::npos);
}

TEST(Nftables, ServicesWhosePortsOverlapAreNamedOnce) {
  lab::FirewallSpec spec;
  spec.ingress = {Rule("tcp", 443, 443, "10.0.0.0/24"), Rule("tcp", 443, 443, "10.1.0.0/24"),
                  Rule("tcp", 80, 90, "0.0.0.0/0"), Rule("tcp", 85, 100, "0.0.0.0/0")};
  spec.egress = {Rule("tcp", 0, 65535, "0.0.0.0/0")};
  const std::string body = FirewallRules(spec)->body;
  EXPECT_NE(body.find("    tcp dport { 80-90, 91-100, 443 } drop\n"), std::string::npos) << body;
}

TEST(Nftables, ReplacesATableInOneTransaction) {
  const Ruleset rules{.table = "sg",
                      .body = "  set a {\n    type ipv4_addr\n  }\n",
                      .elements = {{"a", {"10.0.0.1", "10.0.0.2"}}, {"b", {}}},
                      .revision = "revision_1"};
  EXPECT_EQ(ReplaceTable(rules),
            "table inet sg\n"
            "delete table inet sg\n"
            "table inet sg {\n"
            "  chain revision_1 {\n"
            "  }\n"
            "  set a {\n"
            "    type ipv4_addr\n"
            "  }\n"
            "}\n"
            "add element inet sg a { 10.0.0.1, 10.0.0.2 }\n");
}

TEST(Nftables, ChangesOnlyTheElementsThatDiffer) {
  const Ruleset rules{.table = "sg",
                      .body = {},
                      .elements = {{"a", {"10.0.0.1", "10.0.0.3"}}, {"b", {"10.0.0.9"}}},
                      .revision = {}};
  EXPECT_EQ(ChangeElements(rules, {{"a", {"10.0.0.1", "10.0.0.2"}}}),
            "add element inet sg a { 10.0.0.3 }\n"
            "delete element inet sg a { 10.0.0.2 }\n"
            "add element inet sg b { 10.0.0.9 }\n");
  EXPECT_EQ(ChangeElements(rules, rules.elements), "");
}

TEST(Nftables, TheRevisionFollowsTheRulesAndNotTheMembers) {
  lab::FirewallSpec spec = WasFirewall();
  const std::string before = FirewallRules(spec)->revision;
  spec.members["sg-web"].insert("10.0.1.9");
  EXPECT_EQ(FirewallRules(spec)->revision, before);
  spec.ingress[0].to_port = 9001;
  EXPECT_NE(FirewallRules(spec)->revision, before);
}

TEST(Nftables, ReadsWhatLibnftablesLists) {
  const Ruleset found = ReadTable("sg",
                                  "table inet sg {\n"
                                  "\tset sg_1 {\n"
                                  "\t\ttype ipv4_addr\n"
                                  "\t\telements = { 10.0.1.5, 10.0.1.6,\n"
                                  "\t\t\t     10.0.1.7 }\n"
                                  "\t}\n"
                                  "\n"
                                  "\tset sg_2 {\n"
                                  "\t\ttype ipv4_addr\n"
                                  "\t}\n"
                                  "\n"
                                  "\tchain revision_00ff {\n"
                                  "\t}\n"
                                  "}\n");
  EXPECT_EQ(found.revision, "revision_00ff");
  EXPECT_EQ(found.elements, (std::map<std::string, std::set<std::string>>{
                                {"sg_1", {"10.0.1.5", "10.0.1.6", "10.0.1.7"}}, {"sg_2", {}}}));
}

TEST(Nftables, TakesForeignListingsForNone) {
  for (const char* listing : {"", "table inet sg {\n}\n", "\tset ", "\tset x", "chain revision_",
                              "\tset x {\n\t\telements = { 10.0.0.1"}) {
    EXPECT_EQ(ReadTable("sg", listing).revision, "") << listing;
  }
}

TEST(Nftables, RefusesFirewallsThatAreNone) {
  const std::vector<lab::FirewallRule> wrong = {
      Rule("tcp", 80, 79, "0.0.0.0/0"),
      Rule("tcp", -1, 80, "0.0.0.0/0"),
      Rule("udp", 80, 65536, "::/0"),
      Rule("sctp", 80, 80, "0.0.0.0/0"),
      Rule("tcp", 80, 80, ""),
      Rule("tcp", 80, 80, "0.0.0.0/0", "sg-1"),
      Rule("tcp", 80, 80, "10.0.0.0/8 accept; flush ruleset"),
  };
  for (const lab::FirewallRule& rule : wrong) {
    lab::FirewallSpec spec;
    spec.egress = {rule};
    EXPECT_EQ(FirewallRules(spec).error().kind, ErrorKind::kInvalid) << rule.cidr;
  }
  lab::FirewallSpec spec;
  spec.ingress = {Rule("tcp", 80, 80, "", "sg-1\"; flush")};
  spec.members["sg-1\"; flush"] = {"10.0.0.1 }; flush ruleset"};
  EXPECT_EQ(FirewallRules(spec).error().kind, ErrorKind::kInvalid);
  spec.members.clear();
  ASSERT_TRUE(FirewallRules(spec).has_value());
  EXPECT_EQ(FirewallRules(spec)->body.find("flush"), std::string::npos);
}

TEST(Nftables, KnowsWhatAFirewallAccepts) {
  const lab::FirewallSpec spec = WasFirewall();
  const Ipv4 web = *ParseIpv4("10.0.1.5"), other = *ParseIpv4("10.0.9.9");
  const Ipv4 far = *ParseIpv4("203.0.113.1"), trusted = *ParseIpv4("192.0.2.1");
  EXPECT_TRUE(Accepts(spec, {true, 6, web, 9000}));
  EXPECT_FALSE(Accepts(spec, {true, 6, web, 9001}));
  EXPECT_FALSE(Accepts(spec, {true, 17, web, 9000}));
  EXPECT_FALSE(Accepts(spec, {true, 6, other, 9000}));
  EXPECT_TRUE(Accepts(spec, {true, 1, other, 0}));
  EXPECT_TRUE(Accepts(spec, {true, 6, trusted, 1}));
  EXPECT_TRUE(Accepts(spec, {false, 6, far, 443}));
  EXPECT_TRUE(AcceptsNothing(spec, true, far));
  EXPECT_FALSE(AcceptsNothing(spec, true, web));
  EXPECT_TRUE(AcceptsEverything(spec, false, web));
  EXPECT_FALSE(AcceptsEverything(spec, true, web));
  lab::FirewallSpec closed;
  closed.resolver = "10.0.0.2";
  EXPECT_TRUE(Accepts(closed, {false, 17, *ParseIpv4("10.0.0.2"), 53}));
  EXPECT_FALSE(Accepts(closed, {false, 17, *ParseIpv4("10.0.0.2"), 54}));
  EXPECT_FALSE(AcceptsNothing(closed, false, *ParseIpv4("10.0.0.2")));
}

lab::RouterSpec Router() {
  lab::RouterSpec spec;
  spec.vpc_id = "vpc-1";
  spec.cidr = "10.0.0.0/16";
  spec.resolver = "10.0.0.2";
  spec.internet_gateway = true;
  const lab::RouteSpec nat{"0.0.0.0/0", lab::RouteTarget::kNatGateway, "203.0.113.10"};
  const lab::RouteSpec dead{"198.51.100.0/24", lab::RouteTarget::kBlackhole, ""};
  spec.subnets = {
      {"subnet-public",
       "a",
       "10.0.0.0/24",
       "10.0.0.1",
       {{"0.0.0.0/0", lab::RouteTarget::kInternetGateway, ""}}},
      {"subnet-web", "a", "10.0.1.0/24", "10.0.1.1", {nat, dead}},
      {"subnet-db",
       "a",
       "10.0.2.0/24",
       "10.0.2.1",
       {{"10.0.0.0/16", lab::RouteTarget::kLocal, ""}}},
  };
  spec.public_addresses = {{"203.0.113.5", "10.0.0.5"}, {"203.0.113.6", "10.0.0.6"}};
  spec.nat_addresses = {"203.0.113.10"};
  return spec;
}

TEST(Nftables, WritesARouter) {
  const auto rules = RouterRules(Router());
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  EXPECT_EQ(rules->table, "router");
  EXPECT_TRUE(rules->elements.empty());
  EXPECT_EQ(rules->body,
            "  chain input {\n"
            "    type filter hook input priority filter; policy drop;\n"
            "    iifname \"lo\" accept\n"
            "    ct state established,related accept\n"
            "    iifname \"br-*\" ip saddr 10.0.0.0/16 ip daddr 10.0.0.2 udp dport 53 accept\n"
            "    iifname \"br-*\" ip saddr 10.0.0.0/16 ip daddr 10.0.0.2 tcp dport 53 accept\n"
            "  }\n"
            "  chain prerouting {\n"
            "    type nat hook prerouting priority dstnat; policy accept;\n"
            "    dnat ip to ip daddr map { 203.0.113.5 : 10.0.0.5, 203.0.113.6 : 10.0.0.6 }\n"
            "  }\n"
            "  chain translate {\n"
            "    ip saddr 10.0.0.0/24 snat ip to ip saddr map "
            "{ 10.0.0.5 : 203.0.113.5, 10.0.0.6 : 203.0.113.6 }\n"
            "    ip saddr 10.0.1.0/24 snat ip to 203.0.113.10\n"
            "  }\n"
            "  chain postrouting {\n"
            "    type nat hook postrouting priority srcnat; policy accept;\n"
            "    oifname \"uplink\" ip saddr 10.0.0.0/16 goto translate\n"
            "    oifname \"br-*\" ip saddr 10.0.0.0/16 ct status dnat goto translate\n"
            "  }\n"
            "  chain internet_gateway {\n"
            "    ip saddr { 10.0.0.5, 10.0.0.6 } accept\n"
            "    drop\n"
            "  }\n"
            "  chain out {\n"
            "    ip saddr 10.0.0.0/24 goto internet_gateway\n"
            "    ip saddr 10.0.1.0/24 ct original ip daddr 198.51.100.0/24 drop\n"
            "    ip saddr 10.0.1.0/24 accept\n"
            "    drop\n"
            "  }\n"
            "  chain forward {\n"
            "    type filter hook forward priority filter; policy drop;\n"
            "    ct state established,related accept\n"
            "    ct state invalid drop\n"
            "    iifname \"uplink\" oifname \"br-*\" ct status dnat accept\n"
            "    iifname \"br-*\" ct status dnat goto out\n"
            "    iifname \"br-*\" oifname \"br-*\" accept\n"
            "    iifname \"br-*\" oifname \"uplink\" goto out\n"
            "  }\n");
}

TEST(Nftables, WithoutAnInternetGatewayNothingLeavesOrEnters) {
  lab::RouterSpec spec = Router();
  spec.internet_gateway = false;
  const auto rules = RouterRules(spec);
  ASSERT_TRUE(rules.has_value());
  for (const char* text : {"dnat ip to", "snat ip to", "ip saddr 10.0.1.0/24"}) {
    EXPECT_EQ(rules->body.find(text), std::string::npos) << text;
  }
}

TEST(Nftables, RefusesRoutersThatAreNone) {
  lab::RouterSpec spec = Router();
  spec.public_addresses.push_back({"203.0.113.5", "10.0.0.9"});
  EXPECT_EQ(RouterRules(spec).error().kind, ErrorKind::kInvalid);
  spec = Router();
  spec.subnets[1].routes[0].nat_address = "203.0.113.10 accept";
  EXPECT_EQ(RouterRules(spec).error().kind, ErrorKind::kInvalid);
  spec = Router();
  spec.resolver = "";
  EXPECT_EQ(RouterRules(spec).error().kind, ErrorKind::kInvalid);
}

TEST(Nftables, NamesFitTheKernelAndHideIds) {
  const std::string hostile = "subnet-\"; flush ruleset #" + std::string(300, 'x');
  for (const std::string& name :
       {BridgeName(hostile), InternetLinkName(hostile), SetName(hostile), PortName(0xffffffff)}) {
    EXPECT_LE(name.size(), 15U) << name;
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_"), name.npos) << name;
  }
  EXPECT_NE(BridgeName("subnet-1"), BridgeName("subnet-2"));
  EXPECT_EQ(BridgeName("subnet-1"), BridgeName("subnet-1"));
}

}  // namespace
}  // namespace scv::render
