// The lab's networks with real namespaces, bridges, rules and sockets.
#include "world/linux/network.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <map>
#include <thread>
#include <vector>

#include "world/linux/network_test_lab.h"

namespace scv::world {
namespace {

class NetworkTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
    lab_ = std::make_unique<NetworkTestLab>();
    lab_->EnsureAll();
  }

  // Both ends of a connection.
  struct Flow {
    Connection client;
    Accepted server;
    bool Lives() const { return Arrives(client.fd, server.fd) && Arrives(server.fd, client.fd); }
  };
  Flow Open(std::string_view from, std::string_view to, std::string_view address, int port) {
    const UniqueFd listener = lab_->Listen(to, port);
    Flow flow{lab_->Connect(from, address, port), {}};
    EXPECT_EQ(flow.client.error_number, 0) << from << " to " << address << ":" << port;
    if (flow.client.error_number == 0) flow.server = AcceptAt(listener);
    return flow;
  }

  std::unique_ptr<NetworkTestLab> lab_;
};

TEST_F(NetworkTest, GroupsMayReachWhatTheirRulesSayAndNothingElse) {
  const Flow web_to_was = Open("web", "was", "10.0.2.5", 9000);
  EXPECT_TRUE(web_to_was.Lives());
  EXPECT_EQ(web_to_was.server.peer, "10.0.1.5");
  EXPECT_TRUE(Open("was", "db", "10.0.3.5", 3306).Lives());
  EXPECT_TRUE(Open("public", "web", "10.0.1.5", 80).Lives());

  const UniqueFd other = lab_->Listen("was", 9001), database = lab_->Listen("db", 3306);
  EXPECT_TRUE(lab_->IsDropped("web", "10.0.2.5", 9001));
  EXPECT_TRUE(lab_->IsDropped("web", "10.0.3.5", 3306));
  EXPECT_TRUE(lab_->IsDropped("public", "10.0.3.5", 3306));
  EXPECT_TRUE(lab_->IsDropped("db", "10.0.2.5", 9000));
}

TEST_F(NetworkTest, ARefusedPortIsSaidAtOnceWhereARuleAllowsIt) {
  EXPECT_EQ(lab_->Connect("web", "10.0.2.5", 9000).error_number, ECONNREFUSED);
}

TEST_F(NetworkTest, PrivateHostsLeaveWithTheNatGatewaysAddress) {
  const Flow flow = Open("was", "internet", "198.51.100.10", 443);
  EXPECT_EQ(flow.server.peer, "203.0.113.10");
  EXPECT_TRUE(flow.Lives());
  EXPECT_EQ(Open("public", "internet", "198.51.100.10", 443).server.peer, "203.0.113.5");
}

TEST_F(NetworkTest, DatabasesHaveNoWayOut) {
  const UniqueFd listener = lab_->Listen("internet", 443);
  const int error_number = lab_->Connect("db", "198.51.100.10", 443).error_number;
  EXPECT_TRUE(error_number == ENETUNREACH || error_number == EHOSTUNREACH) << error_number;
  // Nor through an own public address, which the router would translate.
  const UniqueFd inside = lab_->Listen("public", 443);
  EXPECT_TRUE(lab_->IsDropped("db", "203.0.113.5", 443));
}

TEST_F(NetworkTest, AHostWithoutAPublicAddressGetsNothingFromAnInternetGateway) {
  lab_->interfaces["bare"] = InterfaceAt(lab_->router, "public", 9);
  lab_->firewalls["bare"].egress = {Allow("-1", 0, "0.0.0.0/0")};
  ASSERT_EQ(lab_->EnsureHost("bare"), "");
  const UniqueFd listener = lab_->Listen("internet", 443);
  EXPECT_TRUE(lab_->IsDropped("bare", "198.51.100.10", 443));
}

TEST_F(NetworkTest, PublicAddressesAreTranslatedOneToOne) {
  const Flow flow = Open("internet", "public", "203.0.113.5", 443);
  EXPECT_EQ(flow.server.peer, "198.51.100.1");
  EXPECT_TRUE(flow.Lives());
  const UniqueFd other = lab_->Listen("public", 80);
  EXPECT_TRUE(lab_->IsDropped("internet", "203.0.113.5", 80));
  EXPECT_TRUE(lab_->IsDropped("internet", "203.0.113.10", 443));  // the NAT gateway lets nobody in
}

TEST_F(NetworkTest, OwnPublicAddressesWorkFromInside) {
  const Flow private_host = Open("was", "public", "203.0.113.5", 443);
  EXPECT_EQ(private_host.server.peer, "203.0.113.10");
  EXPECT_TRUE(private_host.Lives());
  // From the same subnet, where the answer would not pass the router by itself.
  lab_->interfaces["neighbour"] = InterfaceAt(lab_->router, "public", 6);
  lab_->firewalls["neighbour"].egress = {Allow("-1", 0, "0.0.0.0/0")};
  lab_->router.public_addresses.push_back({"203.0.113.6", "10.0.0.6"});
  lab_->EnsureAll();
  const Flow neighbour = Open("neighbour", "public", "203.0.113.5", 443);
  EXPECT_EQ(neighbour.server.peer, "203.0.113.6");
  EXPECT_TRUE(neighbour.Lives());
}

TEST_F(NetworkTest, MembershipTakesEffectAtOnceAndOnlyForThoseConcerned) {
  lab_->interfaces["web2"] = InterfaceAt(lab_->router, "web", 6);
  lab_->firewalls["web2"] = lab_->firewalls["web"];
  ASSERT_EQ(lab_->EnsureHost("web2"), "");
  const Flow stays = Open("web", "was", "10.0.2.5", 9000);
  EXPECT_TRUE(lab_->IsDropped("web2", "10.0.2.5", 9000));

  auto& members = lab_->firewalls["was"].members["sg-web"];
  members.insert("10.0.1.6");
  ASSERT_EQ(lab_->EnsureHost("was"), "");
  const Flow leaves = Open("web2", "was", "10.0.2.5", 9000);
  EXPECT_TRUE(leaves.Lives());

  members.erase("10.0.1.6");
  ASSERT_EQ(lab_->EnsureHost("was"), "");
  EXPECT_TRUE(stays.Lives());
  EXPECT_FALSE(Arrives(leaves.client.fd, leaves.server.fd));
  EXPECT_FALSE(Arrives(leaves.server.fd, leaves.client.fd));
  // What the host sent meanwhile did not open it again.
  EXPECT_FALSE(Arrives(leaves.client.fd, leaves.server.fd));
  EXPECT_TRUE(lab_->IsDropped("web2", "10.0.2.5", 9000));
}

TEST_F(NetworkTest, AFormerMemberKeepsWhatAnotherRuleAllows) {
  lab_->firewalls["was"].ingress.push_back(Allow("tcp", 9000, "10.0.1.0/24"));
  ASSERT_EQ(lab_->EnsureHost("was"), "");
  const Flow flow = Open("web", "was", "10.0.2.5", 9000);
  lab_->firewalls["was"].members["sg-web"].clear();
  ASSERT_EQ(lab_->EnsureHost("was"), "");
  EXPECT_TRUE(flow.Lives());
}

TEST_F(NetworkTest, AFormerMemberLosesTheRest) {
  // Another rule still allows something, so that each connection is judged by itself.
  auto& firewall = lab_->firewalls["was"];
  firewall.ingress.push_back(Allow("tcp", 9001, "10.0.1.0/24"));
  firewall.egress = {Allow("tcp", 80, "sg-web"), Allow("tcp", 81, "10.0.0.0/16")};
  lab_->firewalls["web"].ingress.push_back(Allow("tcp", 80, "10.0.2.0/24"));
  lab_->firewalls["web"].ingress.push_back(Allow("tcp", 81, "10.0.2.0/24"));
  lab_->EnsureAll();
  const Flow goes = Open("web", "was", "10.0.2.5", 9000);
  const Flow stays = Open("web", "was", "10.0.2.5", 9001);
  const Flow goes_out = Open("was", "web", "10.0.1.5", 80);
  const Flow stays_out = Open("was", "web", "10.0.1.5", 81);
  firewall.members["sg-web"].clear();
  ASSERT_EQ(lab_->EnsureHost("was"), "");
  EXPECT_TRUE(stays.Lives());
  EXPECT_TRUE(stays_out.Lives());
  EXPECT_FALSE(Arrives(goes.client.fd, goes.server.fd));
  EXPECT_FALSE(Arrives(goes_out.client.fd, goes_out.server.fd));
}

TEST_F(NetworkTest, IcmpPassesOnlyByARule) {
  const UniqueFd place = lab_->NamespaceOf("web");
  const auto answered = [&] {
    bool came = false;
    RunInside(place.get(), [&] {
      const UniqueFd raw(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
      sockaddr_in name{};
      name.sin_family = AF_INET;
      ::inet_pton(AF_INET, "10.0.2.5", &name.sin_addr);
      // An echo request with its checksum.
      const unsigned char echo[8] = {8, 0, 0xf7, 0xfe, 0, 1, 0, 0};
      ASSERT_EQ(::sendto(raw.get(), echo, sizeof(echo), 0, reinterpret_cast<sockaddr*>(&name),
                         sizeof(name)),
                8);
      const timeval limit{.tv_sec = 0, .tv_usec = 250000};
      ::setsockopt(raw.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
      unsigned char answer[64];
      came = ::recv(raw.get(), answer, sizeof(answer), 0) == 28 && answer[20] == 0;
    });
    return came;
  };
  EXPECT_FALSE(answered());
  lab_->firewalls["was"].ingress.push_back(Allow("icmp", 0, "sg-web"));
  ASSERT_EQ(lab_->EnsureHost("was"), "");
  EXPECT_TRUE(answered());
}

TEST_F(NetworkTest, TheResolverIsAlwaysReachableAndNothingElseOfTheRouter) {
  lab_->firewalls["db"].egress.clear();
  ASSERT_EQ(lab_->EnsureHost("db"), "");
  EXPECT_TRUE(Open("db", "vpc-test", "10.0.0.2", 53).Lives());
  const UniqueFd other = lab_->Listen("vpc-test", 8053);
  EXPECT_TRUE(lab_->IsDropped("web", "10.0.0.2", 8053));
  EXPECT_TRUE(lab_->IsDropped("web", "10.0.1.1", 8053));
  EXPECT_TRUE(lab_->IsDropped("internet", "100.64.1.2", 53));
  // And it asks the public name server itself.
  EXPECT_TRUE(Open("vpc-test", "internet", "198.51.100.53", 53).Lives());
}

TEST_F(NetworkTest, TheMetadataAddressIsEachHostsOwn) {
  const auto own = lab_->network->Listen("web", "169.254.169.254", lab::kMetadataPort);
  ASSERT_TRUE(own.has_value()) << own.error().message;
  EXPECT_EQ(lab_->Connect("web", "169.254.169.254", 80).error_number, 0);
  EXPECT_EQ(lab_->Connect("was", "169.254.169.254", 80).error_number, ECONNREFUSED);
}

TEST_F(NetworkTest, ANewProcessTakesUpWhatStandsAndTrafficFlowsOn) {
  const Flow web_to_was = Open("web", "was", "10.0.2.5", 9000);
  const Flow out = Open("was", "internet", "198.51.100.10", 443);
  const Flow in = Open("internet", "public", "203.0.113.5", 443);
  lab_->Restart();
  for (const Flow* flow : {&web_to_was, &out, &in}) EXPECT_TRUE(flow->Lives());
  lab_->EnsureAll();
  for (const Flow* flow : {&web_to_was, &out, &in}) EXPECT_TRUE(flow->Lives());
  EXPECT_TRUE(Open("was", "db", "10.0.3.5", 3306).Lives());

  // A member that left while nobody looked is found out.
  lab_->Restart();
  lab_->firewalls["was"].members["sg-web"] = {"10.0.1.77"};
  lab_->EnsureAll();
  EXPECT_FALSE(Arrives(web_to_was.client.fd, web_to_was.server.fd));
  EXPECT_TRUE(out.Lives());
}

// Hears of every change of addresses, routes, rules and nftables in a namespace.
class ChangeMonitor {
 public:
  explicit ChangeMonitor(const UniqueFd& place) {
    RunInside(place.get(), [this] {
      route_ = Subscribe(NETLINK_ROUTE, RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV4_RULE);
      nftables_ = Subscribe(NETLINK_NETFILTER, 1U << (NFNLGRP_NFTABLES - 1));
    });
  }
  bool Heard() const { return Heard(route_) || Heard(nftables_); }

 private:
  static UniqueFd Subscribe(int protocol, std::uint32_t groups) {
    UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
    sockaddr_nl name{};
    name.nl_family = AF_NETLINK;
    name.nl_groups = groups;
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
    return fd;
  }
  static bool Heard(const UniqueFd& fd) {
    char buffer[8192];
    return ::recv(fd.get(), buffer, sizeof(buffer), 0) > 0;
  }
  UniqueFd route_, nftables_;
};

TEST_F(NetworkTest, RepeatingEverythingTouchesNothing) {
  std::map<std::string, ChangeMonitor> monitors;
  for (const char* name : {"internet", "vpc-test", "public", "web", "was", "db"}) {
    monitors.try_emplace(name, lab_->NamespaceOf(name));
  }
  lab_->EnsureAll();
  lab_->Restart();
  lab_->EnsureAll();
  for (const auto& [name, monitor] : monitors) EXPECT_FALSE(monitor.Heard()) << name;
  // The monitors do hear.
  lab_->firewalls["was"].members["sg-web"].insert("10.0.1.9");
  lab_->router.nat_addresses.push_back("203.0.113.11");
  lab_->EnsureAll();
  for (const auto& [name, monitor] : monitors) {
    EXPECT_EQ(monitor.Heard(), name == "internet" || name == "vpc-test" || name == "was") << name;
  }
}

TEST_F(NetworkTest, TheClientsAddressCanChange) {
  lab_->internet.client_address = "198.51.100.2/24";
  lab_->internet.endpoint_addresses["ap-northeast-1"] = "198.51.100.11";
  ASSERT_EQ(ErrorOf(lab_->network->EnsureInternet(lab_->internet)), "");
  EXPECT_EQ(Open("internet", "public", "203.0.113.5", 443).server.peer, "198.51.100.2");
  EXPECT_TRUE(Open("web", "internet", "198.51.100.11", 443).Lives());
}

TEST_F(NetworkTest, SeveralThreadsMayCall) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    const std::string name = "more" + std::to_string(i);
    lab_->interfaces[name] = InterfaceAt(lab_->router, "web", 20 + i);
    lab_->firewalls[name] = lab_->firewalls["web"];
  }
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this, name = "more" + std::to_string(i)] {
      EXPECT_EQ(lab_->EnsureHost(name), "");
      EXPECT_EQ(lab_->EnsureHost("was"), "");
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(
        Open("public", "more" + std::to_string(i), "10.0.1." + std::to_string(20 + i), 80).Lives());
  }
}

TEST_F(NetworkTest, ChangesOfARouterAreApplied) {
  EXPECT_TRUE(Open("was", "internet", "198.51.100.10", 443).Lives());
  lab_->router.subnets[2].routes = {{"0.0.0.0/0", lab::RouteTarget::kBlackhole, ""}};
  lab_->router.public_addresses = {{"203.0.113.7", "10.0.0.5"}};
  ASSERT_EQ(ErrorOf(lab_->network->EnsureRouter(lab_->router)), "");
  EXPECT_NE(lab_->Connect("was", "198.51.100.10", 443).error_number, 0);
  EXPECT_TRUE(Open("internet", "public", "203.0.113.7", 443).Lives());
  EXPECT_NE(lab_->Connect("internet", "203.0.113.5", 443).error_number, 0);

  lab_->interfaces.erase("was");
  ASSERT_EQ(ErrorOf(lab_->network->RemoveHost("was")), "");
  lab_->router.subnets.erase(lab_->router.subnets.begin() + 2);
  lab_->EnsureAll();
  EXPECT_TRUE(Open("public", "web", "10.0.1.5", 80).Lives());
}

TEST_F(NetworkTest, APublicAddressThatMovesTakesNoConnectionsAlong) {
  lab_->interfaces["neighbour"] = InterfaceAt(lab_->router, "public", 6);
  lab_->firewalls["neighbour"] = lab_->firewalls["public"];
  lab_->router.public_addresses.push_back({"203.0.113.6", "10.0.0.6"});
  lab_->EnsureAll();
  const Flow moves = Open("internet", "public", "203.0.113.5", 443);
  const Flow stays = Open("internet", "neighbour", "203.0.113.6", 443);
  lab_->router.public_addresses = {{"203.0.113.5", "10.0.0.6"}, {"203.0.113.6", "10.0.0.6"}};
  ASSERT_EQ(ErrorOf(lab_->network->EnsureRouter(lab_->router)), "");
  EXPECT_FALSE(Arrives(moves.client.fd, moves.server.fd));
  EXPECT_TRUE(stays.Lives());
  EXPECT_TRUE(Open("internet", "neighbour", "203.0.113.5", 443).Lives());
}

TEST_F(NetworkTest, AHostThatComesBackIsReachableAgain) {
  std::vector<UniqueFd> kept;  // as by processes that do not end: what they are in stays
  for (int round = 0; round < 3; ++round) {
    kept.push_back(lab_->NamespaceOf("was"));
    ASSERT_EQ(ErrorOf(lab_->network->RemoveHost("was")), "");
    EXPECT_EQ(lab_->network->NamespaceOf("was").error().kind, ErrorKind::kNotFound);
    ASSERT_EQ(lab_->EnsureHost("was"), "");
    EXPECT_TRUE(Open("web", "was", "10.0.2.5", 9000).Lives());
  }
  lab_->interfaces["was"] = InterfaceAt(lab_->router, "was", 8);
  ASSERT_EQ(lab_->EnsureHost("was"), "");
  EXPECT_TRUE(Open("web", "was", "10.0.2.8", 9000).Lives());
}

TEST_F(NetworkTest, ARouterThatComesBackIsReachableAgain) {
  for (const auto& [name, interface] : lab_->interfaces) {
    ASSERT_EQ(ErrorOf(lab_->network->RemoveHost(name)), "");
  }
  const UniqueFd kept = lab_->NamespaceOf("vpc-test");
  ASSERT_EQ(ErrorOf(lab_->network->RemoveRouter("vpc-test")), "");
  ASSERT_EQ(ErrorOf(lab_->network->RemoveRouter("vpc-test")), "");
  EXPECT_EQ(*lab_->fds.Names(), std::vector<std::string>{"netns/internet"});
  lab_->EnsureAll();
  EXPECT_TRUE(Open("internet", "public", "203.0.113.5", 443).Lives());
}

TEST_F(NetworkTest, HostileInputIsRefusedAndChangesNothing) {
  auto& network = *lab_->network;
  const auto& interface = lab_->interfaces["web"];
  const auto kind = [](const Result<void>& outcome) { return outcome.error().kind; };
  for (const std::string& name : {std::string(), std::string("a b"), std::string(191, 'a'),
                                  std::string("x;reboot"), std::string("internet")}) {
    EXPECT_EQ(kind(network.EnsureHost(name, interface, {})), ErrorKind::kInvalid);
    EXPECT_EQ(kind(network.RemoveHost(name)), ErrorKind::kInvalid);
  }
  lab::FirewallSpec firewall;
  firewall.ingress = {Allow("tcp", 80, "0.0.0.0/0; flush ruleset")};
  EXPECT_EQ(kind(network.EnsureHost("web", interface, firewall)), ErrorKind::kInvalid);
  auto elsewhere = interface;
  elsewhere.vpc_id = "vpc-none";
  EXPECT_EQ(kind(network.EnsureHost("x", elsewhere, {})), ErrorKind::kNotFound);
  EXPECT_EQ(network.NamespaceOf("x").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(network.Listen("web", "10.0.1.5", 65536).error().kind, ErrorKind::kInvalid);
  EXPECT_TRUE(Open("public", "web", "10.0.1.5", 80).Lives());
}

}  // namespace
}  // namespace scv::world
