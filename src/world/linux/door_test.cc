#include "world/linux/door.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <iostream>

#include "world/linux/load_balancer_test_lab.h"
#include "world/linux/name_database.h"
#include "world/linux/name_server.h"

namespace scv::world {
namespace {

constexpr const char* kDoor = "door//door";
constexpr const char* kNames = "dns//internet";

// A listener of this machine, as the lab's init opens it before it leaves.
UniqueFd ListenOnHost(int& port) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(name);
  auto* any = reinterpret_cast<sockaddr*>(&name);
  EXPECT_EQ(::bind(fd.get(), any, size), 0);
  EXPECT_EQ(::listen(fd.get(), 64), 0);
  ::getsockname(fd.get(), any, &size);
  port = ntohs(name.sin_port);
  return fd;
}

TEST(Door, LeadsFromTheHostToTheNameOfTheMoment) {
  for (const char* program : {"/usr/sbin/haproxy", "/usr/sbin/pdns_server", "/usr/bin/curl"}) {
    if (!IsInstalled(program)) GTEST_SKIP() << program << " is not installed";
  }
  if (const auto why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
  LoadBalancerTestLab lab;
  // The node stands where the elastic IP 203.0.113.5 leads: at the host "public".
  ASSERT_EQ(ErrorOf(lab.net.network->RemoveHost("public")), "");
  auto node = lab.Node({lab.StartTarget("i-1", 11)});
  node.interface = lab.net.interfaces["public"];
  ASSERT_EQ(lab.Ensure(node), "");
  ASSERT_GE(lab.Await("i-1", lab::TargetHealth::kHealthy), 0);
  NameDatabases names(lab.directory.path);
  const auto zone = [](const std::string& address) {
    lab::NamesSpec spec;
    spec.zones["scv.localhost"] = {
        {.name = "scv.localhost",
         .type = "SOA",
         .ttl = 60,
         .values = {"ns.scv.localhost. admin.scv.localhost. 1 7200 900 1209600 60"}},
        {.name = "www.scv.localhost", .type = "A", .ttl = 60, .values = {address}}};
    return spec;
  };
  ASSERT_EQ(ErrorOf(names.Ensure("", zone("203.0.113.5"))), "");
  NameServers servers(lab.processes, *lab.net.network, lab.directory.path / "dns", names);
  ASSERT_EQ(ErrorOf(servers.Ensure(kNames, {.place = "", .address = lab.net.internet.resolver})),
            "");
  int https = 0;
  int http = 0;
  const UniqueFd https_fd = ListenOnHost(https);
  const UniqueFd http_fd = ListenOnHost(http);
  Door door(lab.processes, *lab.net.network, lab.directory.path / "door");
  const lab::DoorSpec spec{.resolver = lab.net.internet.resolver, .target_port = 443};
  const DoorListeners listeners{
      .https = https_fd.get(), .http = http_fd.get(), .public_https_port = https};
  ASSERT_EQ(ErrorOf(door.Ensure(kDoor, spec, listeners)), "");
  const auto curl = [&](const std::string& url) {
    return RunCommand({"curl", "-sS", "--noproxy", "*", "--max-time", "8", "--cacert",
                       lab.authority->root_file(), "--connect-to",
                       "::127.0.0.1:" + std::to_string(https), "-w", " %{http_code}", url});
  };
  const auto begun = std::chrono::steady_clock::now();
  const auto page = curl("https://www.scv.localhost/x");
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begun;
  EXPECT_TRUE(page.output.starts_with("i-1\n")) << page.output;
  EXPECT_TRUE(page.output.ends_with(" 200")) << page.output;
  std::cout << "through the door: " << taken.count() << " ms\n";
  EXPECT_NE(curl("https://unknown.scv.localhost/").exit_code, 0);
  const auto redirect =
      RunCommand({"curl", "-sS", "--noproxy", "*", "-o", "/dev/null", "--connect-to",
                  "::127.0.0.1:" + std::to_string(http), "-w", "%{http_code} %{redirect_url}",
                  "http://www.scv.localhost/a?b=c"});
  EXPECT_EQ(redirect.output, "301 https://www.scv.localhost:" + std::to_string(https) + "/a?b=c");
  // The name moves to where nobody is.
  ASSERT_EQ(ErrorOf(names.Ensure("", zone("203.0.113.200"))), "");
  EXPECT_TRUE(Eventually([&] { return curl("https://www.scv.localhost/x").exit_code != 0; }));
  ASSERT_EQ(ErrorOf(names.Ensure("", zone("203.0.113.5"))), "");
  EXPECT_TRUE(Eventually([&] { return curl("https://www.scv.localhost/x").exit_code == 0; }));
  EXPECT_EQ(ErrorOf(door.Remove(kDoor)), "");
  EXPECT_EQ(ErrorOf(servers.Remove(kNames)), "");
}

}  // namespace
}  // namespace scv::world
