#include "world/linux/netlink.h"

#include <gtest/gtest.h>
#include <linux/rtnetlink.h>

#include <cerrno>
#include <string>
#include <vector>

#include "world/linux/namespace.h"
#include "world/linux/netlink_route.h"
#include "world/linux/network_test_lab.h"

namespace scv::world {
namespace {

TEST(Netlink, ReadsWhatIsThere) {
  auto socket = NetlinkSocket::Open(NETLINK_ROUTE);
  ASSERT_TRUE(socket.has_value()) << socket.error().message;
  const auto state = ReadNetworkState(*socket);
  ASSERT_TRUE(state.has_value()) << state.error().message;
  EXPECT_EQ(state->IndexOf("lo"), 1);
}

TEST(Netlink, AttributesOfTornMessagesAreNotRead) {
  const std::vector<std::uint16_t> bytes = {100, 1, 7, 7};  // says 100 bytes, has 8
  const NetlinkAttributes torn(std::as_bytes(std::span(bytes)));
  EXPECT_TRUE(torn.Find(1).empty());
  EXPECT_EQ(torn.U32(1), 0U);
  const std::vector<std::uint16_t> tiny = {2, 1, 0, 0};  // shorter than its own start
  EXPECT_TRUE(NetlinkAttributes(std::as_bytes(std::span(tiny))).Find(1).empty());
  EXPECT_EQ(NetlinkAttributes({}).Text(1), "");
}

class NetlinkNamespaceTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
    auto made = NewNetworkNamespace();
    ASSERT_TRUE(made.has_value());
    place_ = std::move(*made);
  }

  void InPlace(const std::function<void(NetlinkSocket&)>& work) {
    RunInside(place_.get(), [&] {
      auto socket = NetlinkSocket::Open(NETLINK_ROUTE);
      ASSERT_TRUE(socket.has_value());
      work(*socket);
    });
  }

  UniqueFd place_;
};

TEST_F(NetlinkNamespaceTest, AFailureIsNamedAndTheRestIsDone) {
  InPlace([](NetlinkSocket& socket) {
    std::vector<NetlinkRequest> requests;
    requests.push_back(AddAddress({"gone", {0x0a000001, 24}}, "", 4711));
    requests.push_back(AddBridge("br-1", 20, {}));
    const auto outcome = socket.Carry(requests);
    ASSERT_FALSE(outcome.has_value());
    EXPECT_NE(outcome.error().message.find("adding the address 10.0.0.1/24 on gone"),
              std::string::npos)
        << outcome.error().message;
    EXPECT_EQ(ReadLinks(socket)->IndexOf("br-1"), 20);
  });
}

TEST_F(NetlinkNamespaceTest, WhatIsGoneAlreadyIsNoFailure) {
  InPlace([](NetlinkSocket& socket) {
    std::vector<NetlinkRequest> requests{DeleteLink("gone", 4711)};
    EXPECT_EQ(ErrorOf(socket.Carry(requests)), "");
  });
}

TEST_F(NetlinkNamespaceTest, CarriesMoreThanFitsIntoOneBatch) {
  InPlace([](NetlinkSocket& socket) {
    std::vector<NetlinkRequest> requests{RaiseLink("lo", 1)};
    for (std::uint32_t i = 0; i < 500; ++i) {
      requests.push_back(AddAddress({"lo", {0x0a000000 + i, 32}}, "", 1));
    }
    ASSERT_EQ(ErrorOf(socket.Carry(requests)), "");
    EXPECT_EQ(ReadNetworkState(socket)->addresses.size(), 500U);
  });
}

}  // namespace
}  // namespace scv::world
