#include "world/linux/network_test_lab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "world/linux/namespace.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSilence{250};
constexpr milliseconds kPatience{2000};

bool IsReady(const UniqueFd& fd, short events, milliseconds limit) {
  pollfd waiting{.fd = fd.get(), .events = events, .revents = 0};
  return ::poll(&waiting, 1, static_cast<int>(limit.count())) == 1;
}

lab::RouteSpec Route(lab::RouteTarget target, std::string nat = "") {
  return {.destination = "0.0.0.0/0", .target = target, .nat_address = std::move(nat)};
}

lab::SubnetSpec Subnet(const std::string& name, int third, std::vector<lab::RouteSpec> routes) {
  const std::string start = "10.0." + std::to_string(third) + ".";
  return {.id = "subnet-" + name,
          .zone = "ap-northeast-2a",
          .cidr = start + "0/24",
          .gateway = start + "1",
          .routes = std::move(routes)};
}

lab::RouterSpec MakeRouter() {
  lab::RouterSpec router;
  router.vpc_id = "vpc-test";
  router.region = "ap-northeast-2";
  router.cidr = "10.0.0.0/16";
  router.resolver = "10.0.0.2";
  router.internet_gateway = true;
  router.uplink_address = "100.64.1.2/30";
  router.uplink_peer = "100.64.1.1/30";
  const auto nat = Route(lab::RouteTarget::kNatGateway, "203.0.113.10");
  router.subnets = {Subnet("public", 0, {Route(lab::RouteTarget::kInternetGateway)}),
                    Subnet("web", 1, {nat}), Subnet("was", 2, {nat}), Subnet("db", 3, {})};
  router.public_addresses = {{.address = "203.0.113.5", .private_address = "10.0.0.5"}};
  router.nat_addresses = {"203.0.113.10"};
  return router;
}

}  // namespace

void RunInside(int network_namespace, const std::function<void()>& work) {
  std::thread([&] {
    ASSERT_EQ(::setns(network_namespace, CLONE_NEWNET), 0) << std::strerror(errno);
    work();
  }).join();
}

std::string WhyNoNamespaces() {
  std::string why;
  std::thread([&] {
    const auto made = NewNetworkNamespace();
    if (!made.has_value()) why = made.error().message;
  }).join();
  return why;
}

std::string ErrorOf(const Result<void>& outcome) {
  return outcome.has_value() ? "" : outcome.error().message;
}

bool Arrives(const UniqueFd& from, const UniqueFd& to, milliseconds limit) {
  const char sent = 'x';
  char received = 0;
  return ::send(from.get(), &sent, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 &&
         IsReady(to, POLLIN, limit) && ::recv(to.get(), &received, 1, MSG_DONTWAIT) == 1;
}

Accepted AcceptAt(const UniqueFd& listener) {
  Accepted accepted;
  if (!IsReady(listener, POLLIN, kPatience)) return accepted;
  sockaddr_in name{};
  socklen_t size = sizeof(name);
  accepted.fd =
      UniqueFd(::accept4(listener.get(), reinterpret_cast<sockaddr*>(&name), &size, SOCK_CLOEXEC));
  char text[INET_ADDRSTRLEN] = "";
  ::inet_ntop(AF_INET, &name.sin_addr, text, sizeof(text));
  accepted.peer = text;
  return accepted;
}

lab::FirewallRule Allow(std::string protocol, int port, std::string cidr_or_group) {
  lab::FirewallRule rule;
  rule.protocol = std::move(protocol);
  rule.from_port = rule.to_port = port;
  const bool prefix = cidr_or_group.find('/') != std::string::npos;
  (prefix ? rule.cidr : rule.group) = std::move(cidr_or_group);
  return rule;
}

lab::InterfaceSpec InterfaceAt(const lab::RouterSpec& router, std::string_view subnet, int host) {
  for (const lab::SubnetSpec& candidate : router.subnets) {
    if (candidate.id != "subnet-" + std::string(subnet)) continue;
    const std::string start = candidate.gateway.substr(0, candidate.gateway.rfind('.') + 1);
    return {.id = "eni-" + std::string(subnet) + std::to_string(host),
            .vpc_id = router.vpc_id,
            .subnet_id = candidate.id,
            .address = start + std::to_string(host),
            .prefix_length = 24,
            .gateway = candidate.gateway};
  }
  ADD_FAILURE() << "no subnet " << subnet;
  return {};
}

NetworkTestLab::NetworkTestLab() : router(MakeRouter()) {
  internet.client_address = "198.51.100.1/24";
  internet.endpoint_addresses = {{"ap-northeast-2", "198.51.100.10"}};
  internet.resolver = "198.51.100.53";
  for (const char* name : {"public", "web", "was", "db"}) {
    interfaces[name] = InterfaceAt(router, name, 5);
    firewalls[name].resolver = router.resolver;
    firewalls[name].egress = {Allow("-1", 0, "0.0.0.0/0")};
  }
  firewalls["public"].ingress = {Allow("tcp", 443, "0.0.0.0/0")};
  firewalls["web"].ingress = {Allow("tcp", 80, "sg-public")};
  firewalls["web"].members["sg-public"] = {"10.0.0.5"};
  firewalls["was"].ingress = {Allow("tcp", 9000, "sg-web")};
  firewalls["was"].members["sg-web"] = {"10.0.1.5"};
  firewalls["db"].ingress = {Allow("tcp", 3306, "sg-was")};
  firewalls["db"].members["sg-was"] = {"10.0.2.5"};
  Restart();
}

NetworkTestLab::~NetworkTestLab() {
  for (const auto& [name, interface] : interfaces) {
    EXPECT_EQ(ErrorOf(network->RemoveHost(name)), "");
  }
  EXPECT_EQ(ErrorOf(network->RemoveRouter(router.vpc_id)), "");
}

void NetworkTestLab::Restart() {
  network = nullptr;
  auto made = MakeNetwork(fds);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  network = std::move(*made);
}

std::string NetworkTestLab::EnsureHost(std::string_view name) {
  return ErrorOf(
      network->EnsureHost(name, interfaces.find(name)->second, firewalls.find(name)->second));
}

void NetworkTestLab::EnsureAll() {
  ASSERT_EQ(ErrorOf(network->EnsureInternet(internet)), "");
  ASSERT_EQ(ErrorOf(network->EnsureRouter(router)), "");
  for (const auto& [name, interface] : interfaces) ASSERT_EQ(EnsureHost(name), "");
}

UniqueFd NetworkTestLab::NamespaceOf(std::string_view name) {
  auto found = network->NamespaceOf(name);
  EXPECT_TRUE(found.has_value()) << name;
  return found.has_value() ? std::move(*found) : UniqueFd();
}

Connection NetworkTestLab::Connect(std::string_view from, std::string_view address, int port,
                                   milliseconds limit) {
  Connection connection;
  const UniqueFd place = NamespaceOf(from);
  RunInside(place.get(), [&] {
    connection.fd = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  });
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  EXPECT_EQ(::inet_pton(AF_INET, std::string(address).c_str(), &name.sin_addr), 1);
  if (::connect(connection.fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0) {
    return connection;
  }
  connection.error_number = errno;
  if (errno != EINPROGRESS) return connection;
  if (!IsReady(connection.fd, POLLOUT, limit)) {
    connection.error_number = ETIMEDOUT;
    return connection;
  }
  socklen_t size = sizeof(connection.error_number);
  ::getsockopt(connection.fd.get(), SOL_SOCKET, SO_ERROR, &connection.error_number, &size);
  return connection;
}

bool NetworkTestLab::IsDropped(std::string_view from, std::string_view address, int port) {
  return Connect(from, address, port, kSilence).error_number == ETIMEDOUT;
}

UniqueFd NetworkTestLab::Listen(std::string_view at, int port) {
  auto made = network->Listen(at, "0.0.0.0", port);
  EXPECT_TRUE(made.has_value()) << made.error().message;
  return made.has_value() ? std::move(*made) : UniqueFd();
}

}  // namespace scv::world
