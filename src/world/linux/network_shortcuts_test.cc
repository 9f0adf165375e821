// Ways past the router, with real namespaces and packets.
#include <gtest/gtest.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "render/nftables.h"
#include "world/linux/network_conntrack.h"
#include "world/linux/network_nftables.h"
#include "world/linux/network_test_lab.h"

namespace scv::world {
namespace {

class NetworkShortcutsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
    lab_ = std::make_unique<NetworkTestLab>();
    lab_->EnsureAll();
  }

  bool Works(std::string_view from, std::string_view to, std::string_view address, int port) {
    const UniqueFd listener = lab_->Listen(to, port);
    const Connection client = lab_->Connect(from, address, port);
    const Accepted server = AcceptAt(listener);
    return client.error_number == 0 && Arrives(client.fd, server.fd) &&
           Arrives(server.fd, client.fd);
  }

  // Connections to an address that the router knows of.
  int Tracked(std::string_view address) {
    const auto destination = render::ParseIpv4(address);
    int found = 0;
    RunInside(lab_->NamespaceOf("vpc-test").get(), [&] {
      auto socket = NetlinkSocket::Open(NETLINK_NETFILTER);
      ASSERT_TRUE(socket.has_value() && destination.has_value());
      const auto read = ForgetConnections(*socket, [&](const TrackedConnection& connection) {
        found += connection.destination == *destination ? 1 : 0;
        return false;
      });
      EXPECT_TRUE(read.has_value());
    });
    return found;
  }

  bool KernelHasThem() {
    const render::Ruleset probe{
        .table = "probe",
        .body = "  chain probe {\n    fwd ip to ip daddr device \"lo\"\n  }\n",
        .elements = {},
        .revision = "revision_probe",
        .family = "netdev"};
    bool has = false;
    RunInside(lab_->NamespaceOf("vpc-test").get(),
              [&] { has = AppliedTable().Apply(probe).has_value(); });
    return has;
  }

  std::unique_ptr<NetworkTestLab> lab_;
};

TEST_F(NetworkShortcutsTest, TheRouterTracksWhatSharesAnAddressAndNothingElse) {
  EXPECT_TRUE(Works("web", "was", "10.0.2.5", 9000));
  EXPECT_TRUE(Works("internet", "public", "203.0.113.5", 443));
  EXPECT_TRUE(Works("was", "internet", "198.51.100.10", 443));  // through a NAT gateway
  EXPECT_EQ(Tracked("198.51.100.10"), 1);
  if (!KernelHasThem()) GTEST_SKIP() << "this kernel's nftables forwards nothing at its ingress";
  EXPECT_EQ(Tracked("10.0.2.5"), 0);
  EXPECT_EQ(Tracked("203.0.113.5"), 0);
}

// Also those that were made on the other way.
TEST_F(NetworkShortcutsTest, ConnectionsOutliveTheChangeFromOneWayToTheOther) {
  const UniqueFd listener = lab_->Listen("public", 443);
  const Connection client = lab_->Connect("internet", "203.0.113.5", 443);
  ASSERT_EQ(client.error_number, 0);
  const Accepted server = AcceptAt(listener);
  const UniqueFd inner = lab_->Listen("was", 9000);
  const Connection web = lab_->Connect("web", "10.0.2.5", 9000);
  ASSERT_EQ(web.error_number, 0);
  const Accepted was = AcceptAt(inner);
  lab::NetworkFaults elsewhere;
  elsewhere.zones = {{lab_->router.region, "a zone without a subnet"}};
  for (const auto& faults : {elsewhere, lab::NetworkFaults(), elsewhere}) {
    ASSERT_EQ(ErrorOf(lab_->network->SetFaults(faults)), "");
    EXPECT_TRUE(Arrives(server.fd, client.fd));
    EXPECT_TRUE(Arrives(client.fd, server.fd));
    EXPECT_TRUE(Arrives(was.fd, web.fd));
    EXPECT_TRUE(Arrives(web.fd, was.fd));
  }
}

TEST_F(NetworkShortcutsTest, ASubnetThatGoesAndComesBackIsReached) {
  const auto subnets = lab_->router.subnets;
  std::erase_if(lab_->router.subnets, [](const auto& subnet) { return subnet.id == "subnet-db"; });
  ASSERT_EQ(ErrorOf(lab_->network->RemoveHost("db")), "");
  ASSERT_EQ(ErrorOf(lab_->network->EnsureRouter(lab_->router)), "");
  EXPECT_TRUE(Works("web", "was", "10.0.2.5", 9000));
  lab_->router.subnets = subnets;
  lab_->EnsureAll();
  EXPECT_TRUE(Works("was", "db", "10.0.3.5", 3306));
}

}  // namespace
}  // namespace scv::world
