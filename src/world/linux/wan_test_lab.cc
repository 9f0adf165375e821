#include "world/linux/wan_test_lab.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>

namespace scv::world {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kQuiet{200};    // more than the way there and back
constexpr milliseconds kAgain{4'000};  // retransmissions are some hundred milliseconds apart

lab::SubnetSpec FarSubnet(const std::string& name, int third) {
  const std::string start = "10.20." + std::to_string(third) + ".";
  return {.id = "subnet-" + name,
          .zone = "ap-northeast-1a",
          .cidr = start + "0/24",
          .gateway = start + "1",
          .routes = {}};
}

lab::RouterSpec MakeTokyo() {
  lab::RouterSpec router;
  router.vpc_id = "vpc-far";
  router.region = "ap-northeast-1";
  router.cidr = "10.20.0.0/16";
  router.resolver = "10.20.0.2";
  router.internet_gateway = true;
  router.uplink_address = "100.64.2.2/30";
  router.uplink_peer = "100.64.2.1/30";
  router.subnets = {FarSubnet("far-was", 2), FarSubnet("far-db", 3)};
  return router;
}

lab::PeerSpec PeerOf(const lab::RouterSpec& other, const std::string& address,
                     const std::string& peer_address, const std::string& host,
                     const std::string& peer_host) {
  lab::PeerSpec peer;
  peer.vpc_id = other.vpc_id;
  peer.cidr = other.cidr;
  peer.address = address;
  peer.peer_address = peer_address;
  peer.replication_hosts = {host};
  peer.replication_peers = {peer_host};
  return peer;
}

}  // namespace

bool TestFlow::LivesAgain() const {
  return Arrives(client.fd, server.fd, kAgain) && Arrives(server.fd, client.fd, kAgain);
}

bool TestFlow::IsCut() const {
  const auto told = [](const UniqueFd& fd) {
    std::array<char, 64> earlier{};  // what was sent while it was cut before
    while (::recv(fd.get(), earlier.data(), earlier.size(), MSG_DONTWAIT) > 0) continue;
    return ::send(fd.get(), "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
  };
  std::array<pollfd, 2> waiting{pollfd{client.fd.get(), POLLIN, 0},
                                pollfd{server.fd.get(), POLLIN, 0}};
  return told(client.fd) && told(server.fd) &&
         ::poll(waiting.data(), waiting.size(), static_cast<int>(kQuiet.count())) == 0;
}

WanTestLab::WanTestLab() : tokyo(MakeTokyo()) {
  router.subnets[2].zone = router.subnets[3].zone = "ap-northeast-2c";
  const std::string here = "100.65.2.1/30", there = "100.65.2.2/30";
  router.peers = {PeerOf(tokyo, here, there, "10.0.3.5", "10.20.3.5")};
  tokyo.peers = {PeerOf(router, there, here, "10.20.3.5", "10.0.3.5")};
  wide_area.a = {router.region, router.vpc_id, router.cidr, here};
  wide_area.b = {tokyo.region, tokyo.vpc_id, tokyo.cidr, there};
  for (const char* name : {"far-was", "far-db"}) {
    interfaces[name] = InterfaceAt(tokyo, name, 5);
    firewalls[name].resolver = tokyo.resolver;
  }
  // Security groups are tested elsewhere.
  for (auto& [name, firewall] : firewalls) {
    firewall.ingress = firewall.egress = {Allow("-1", 0, "0.0.0.0/0")};
    firewall.members.clear();
  }
  wide_areas = std::make_unique<WideAreas>(processes, *network, directory.path / "wan");
}

WanTestLab::~WanTestLab() {
  EXPECT_EQ(ErrorOf(wide_areas->Remove(kWideAreaProcess)), "");
  for (const char* name : {"far-was", "far-db"}) {
    EXPECT_EQ(ErrorOf(network->RemoveHost(name)), "");
    interfaces.erase(name);
  }
  EXPECT_EQ(ErrorOf(network->RemoveRouter(tokyo.vpc_id)), "");
}

void WanTestLab::EnsureRegions() {
  ASSERT_EQ(ErrorOf(network->EnsureInternet(internet)), "");
  ASSERT_EQ(ErrorOf(network->EnsureRouter(router)), "");
  ASSERT_EQ(ErrorOf(network->EnsureRouter(tokyo)), "");
  for (const auto& [name, interface] : interfaces) ASSERT_EQ(EnsureHost(name), "");
}

void WanTestLab::EnsureWideArea(Millis delay) {
  wide_area.delay = delay;
  ASSERT_EQ(ErrorOf(wide_areas->Ensure(kWideAreaProcess, wide_area)), "");
}

void WanTestLab::AddRoute(lab::RouterSpec& router, std::string_view subnet,
                          const std::string& destination) {
  for (lab::SubnetSpec& candidate : router.subnets) {
    if (candidate.id != "subnet-" + std::string(subnet)) continue;
    candidate.routes.push_back({destination, lab::RouteTarget::kPeering, ""});
  }
  ASSERT_EQ(ErrorOf(network->EnsureRouter(router)), "");
}

void WanTestLab::RestartAll() {
  wide_areas = nullptr;
  Restart();
  wide_areas = std::make_unique<WideAreas>(processes, *network, directory.path / "wan");
}

TestFlow WanTestLab::Open(std::string_view from, std::string_view to, std::string_view address,
                          int port) {
  const UniqueFd listener = Listen(to, port);
  TestFlow flow{Connect(from, address, port), {}};
  EXPECT_EQ(flow.client.error_number, 0) << from << " to " << address << ":" << port;
  if (flow.client.error_number == 0) flow.server = AcceptAt(listener);
  return flow;
}

bool WanTestLab::IsSilent(std::string_view from, std::string_view address, int port) {
  return Connect(from, address, port, kQuiet).error_number == ETIMEDOUT;
}

double WanTestLab::ConnectMillis(std::string_view from, std::string_view to,
                                 std::string_view address, int port) {
  const UniqueFd listener = Listen(to, port);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Connect(from, address, port).error_number, 0);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace scv::world
