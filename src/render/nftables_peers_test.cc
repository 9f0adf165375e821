#include "render/nftables_peers.h"

#include <gtest/gtest.h>

#include "render/nftables.h"

namespace scv::render {
namespace {

lab::RouterSpec Router() {
  const lab::RouteSpec local{"10.0.0.0/16", lab::RouteTarget::kLocal, ""};
  const lab::RouteSpec nat{"0.0.0.0/0", lab::RouteTarget::kNatGateway, "203.0.113.10"};
  const lab::RouteSpec peering{"10.20.0.0/16", lab::RouteTarget::kPeering, ""};
  const lab::RouteSpec dead{"10.20.9.0/24", lab::RouteTarget::kBlackhole, ""};
  lab::RouterSpec spec;
  spec.vpc_id = "vpc-1";
  spec.cidr = "10.0.0.0/16";
  spec.resolver = "10.0.0.2";
  spec.internet_gateway = true;
  spec.subnets = {{"subnet-web", "a", "10.0.1.0/24", "10.0.1.1", {nat, local}},
                  {"subnet-was", "a", "10.0.2.0/24", "10.0.2.1", {nat, local, peering, dead}},
                  {"subnet-db", "a", "10.0.3.0/24", "10.0.3.1", {local}}};
  spec.nat_addresses = {"203.0.113.10"};
  lab::PeerSpec peer;
  peer.vpc_id = "vpc-2";
  peer.cidr = "10.20.0.0/16";
  peer.address = "100.65.1.1/30";
  peer.peer_address = "100.65.1.2/30";
  peer.replication_hosts = {"10.0.3.6", "10.0.3.5"};
  peer.replication_peers = {"10.20.3.5"};
  spec.peers = {peer};
  return spec;
}

TEST(NftablesPeers, LetsThroughWhatHasARouteAndReplication) {
  const auto rules = PeerRulesOf(Router());
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  const std::string link = WideAreaLinkName("vpc-2");
  const std::string chain = "peer_" + link.substr(3);
  EXPECT_EQ(rules->chains,
            "  chain " + chain +
                " {\n"
                "    ct state invalid drop\n"
                "    ct state related meta l4proto icmp accept\n"
                "    ip saddr 10.0.2.0/24 ip daddr 10.20.9.0/24 drop\n"
                "    ip saddr 10.20.9.0/24 ip daddr 10.0.2.0/24 drop\n"
                "    ip saddr 10.0.2.0/24 ip daddr 10.20.0.0/16 accept\n"
                "    ip saddr 10.20.0.0/16 ip daddr 10.0.2.0/24 accept\n"
                "    ip saddr { 10.0.3.5, 10.0.3.6 } ip daddr { 10.20.3.5 } tcp dport 3306 accept\n"
                "    ip saddr { 10.0.3.5, 10.0.3.6 } ip daddr { 10.20.3.5 } tcp sport 3306 "
                "ct state established accept\n"
                "    ip saddr { 10.20.3.5 } ip daddr { 10.0.3.5, 10.0.3.6 } tcp dport 3306 accept\n"
                "    ip saddr { 10.20.3.5 } ip daddr { 10.0.3.5, 10.0.3.6 } tcp sport 3306 "
                "ct state established accept\n"
                "    drop\n"
                "  }\n");
  EXPECT_EQ(rules->jumps, "    iifname \"br-*\" oifname \"" + link + "\" goto " + chain +
                              "\n"
                              "    iifname \"" +
                              link + "\" oifname \"br-*\" goto " + chain +
                              "\n"
                              "    iifname \"wa-*\" drop\n"
                              "    oifname \"wa-*\" drop\n");
}

TEST(NftablesPeers, ComeBeforeTheConnectionsThatAreKnownAndAreNeverTranslated) {
  const auto rules = RouterRules(Router());
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  const std::string& body = rules->body;
  const std::size_t forward = body.find("chain forward");
  ASSERT_NE(forward, body.npos);
  EXPECT_LT(body.find("goto peer_", forward), body.find("established", forward));
  const std::size_t translate = body.find("chain translate");
  EXPECT_EQ(body.substr(translate, body.find("chain postrouting") - translate).find("10.20."),
            std::string::npos);
  // Nor does it leave by the internet while the link is missing.
  EXPECT_NE(body.find("ip saddr 10.0.2.0/24 ct original ip daddr 10.20.0.0/16 drop"), body.npos);
}

TEST(NftablesPeers, AWiderRouteReachesNoFurtherThanThePeer) {
  lab::RouterSpec spec = Router();
  spec.subnets[1].routes = {{"10.0.0.0/8", lab::RouteTarget::kPeering, ""}};
  spec.peers[0].replication_peers.clear();
  const auto rules = PeerRulesOf(spec);
  ASSERT_TRUE(rules.has_value());
  EXPECT_NE(rules->chains.find("ip daddr 10.20.0.0/16 accept"), std::string::npos);
  EXPECT_EQ(rules->chains.find("10.0.0.0/8"), std::string::npos);
  EXPECT_EQ(rules->chains.find("3306"), std::string::npos) << "without both ends no replication";
}

TEST(NftablesPeers, RoutersWithoutPeersAreAsBefore) {
  lab::RouterSpec spec = Router();
  spec.peers.clear();
  const auto rules = RouterRules(spec);
  ASSERT_TRUE(rules.has_value());
  EXPECT_EQ(rules->body.find("wa-"), std::string::npos);
}

TEST(NftablesPeers, RefusesPeersThatAreNone) {
  lab::RouterSpec spec = Router();
  spec.peers[0].replication_hosts = {"10.0.3.5 accept"};
  EXPECT_EQ(RouterRules(spec).error().kind, ErrorKind::kInvalid);
  spec = Router();
  spec.peers[0].cidr = "10.0.128.0/17";
  EXPECT_EQ(RouterRules(spec).error().kind, ErrorKind::kInvalid);
  spec = Router();
  spec.peers[0].replication_port = 0;
  EXPECT_EQ(RouterRules(spec).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace scv::render
