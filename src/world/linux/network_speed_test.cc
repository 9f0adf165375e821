// How long the networks take, printed. The limits are wide: machines differ, and others work
// beside this.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "world/linux/network_test_lab.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;

double MillisSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// A region as its Terraform makes it: eight subnets in two zones, a dozen hosts.
void MakeRegion(NetworkTestLab& lab) {
  for (int i = 4; i < 8; ++i) {
    lab::SubnetSpec subnet = lab.router.subnets[static_cast<std::size_t>(i - 4)];
    subnet.id += "-c";
    subnet.zone = "ap-northeast-2c";
    subnet.cidr = "10.0." + std::to_string(i) + ".0/24";
    subnet.gateway = "10.0." + std::to_string(i) + ".1";
    lab.router.subnets.push_back(subnet);
  }
  for (const char* name : {"public", "web", "was", "db"}) {
    for (const char* zone : {"-c", "-d"}) {
      const std::string place = std::string(name) + zone;
      const std::string subnet = std::string(name) + (zone[1] == 'c' ? "-c" : "");
      lab.interfaces[place] = InterfaceAt(lab.router, subnet, 6);
      lab.firewalls[place] = lab.firewalls[name];
    }
  }
}

TEST(NetworkSpeedTest, ARegionAndAChangeOfMembers) {
  if (const std::string why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
  NetworkTestLab lab;
  MakeRegion(lab);
  auto start = Clock::now();
  const std::clock_t processor = std::clock();
  ASSERT_EQ(ErrorOf(lab.network->EnsureInternet(lab.internet)), "");
  std::printf("internet: %.1f ms\n", MillisSince(start));
  auto since = Clock::now();
  ASSERT_EQ(ErrorOf(lab.network->EnsureRouter(lab.router)), "");
  std::printf("router with %zu subnets: %.1f ms\n", lab.router.subnets.size(), MillisSince(since));
  since = Clock::now();
  for (const auto& [name, interface] : lab.interfaces) ASSERT_EQ(lab.EnsureHost(name), "");
  std::printf("%zu hosts: %.1f ms\n", lab.interfaces.size(), MillisSince(since));
  std::printf("the region from nothing: %.1f ms (processor: %.1f ms)\n", MillisSince(start),
              1e3 * static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC);
  EXPECT_LT(MillisSince(start), 2000);

  start = Clock::now();
  lab.EnsureAll();
  std::printf("the region again, nothing to do: %.1f ms\n", MillisSince(start));
  lab.Restart();
  start = Clock::now();
  lab.EnsureAll();
  std::printf("the region taken up: %.1f ms\n", MillisSince(start));

  auto& members = lab.firewalls["was"].members["sg-web"];
  for (const char* what : {"added", "removed"}) {
    std::vector<double> times;
    for (int i = 0; i < 50; ++i) {
      const std::string address = "10.0.1." + std::to_string(100 + i);
      if (what[0] == 'a') {
        members.insert(address);
      } else {
        members.erase(address);
      }
      start = Clock::now();
      ASSERT_EQ(lab.EnsureHost("was"), "");
      times.push_back(MillisSince(start));
    }
    std::ranges::sort(times);
    std::printf("a member %s: median %.2f ms, slowest %.2f ms\n", what, times[25], times[49]);
    EXPECT_LT(times[25], 100);
  }
  since = Clock::now();
  for (const auto& [name, interface] : lab.interfaces) {
    ASSERT_EQ(ErrorOf(lab.network->RemoveHost(name)), "");
  }
  ASSERT_EQ(ErrorOf(lab.network->RemoveRouter("vpc-test")), "");
  std::printf("hosts and router removed: %.1f ms\n", MillisSince(since));
}

// A packet that is lost because a link was not ready is sent again after a second.
TEST(NetworkSpeedTest, ANewHostIsReachableAtOnce) {
  if (const std::string why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
  NetworkTestLab lab;
  lab.EnsureAll();
  std::vector<double> made, connected;
  for (int i = 0; i < 7; ++i) {
    ASSERT_EQ(ErrorOf(lab.network->RemoveHost("was")), "");
    auto start = Clock::now();
    ASSERT_EQ(lab.EnsureHost("was"), "");
    made.push_back(MillisSince(start));
    const UniqueFd listener = lab.Listen("was", 9000);
    start = Clock::now();
    ASSERT_EQ(lab.Connect("web", "10.0.2.5", 9000).error_number, 0);
    connected.push_back(MillisSince(start));
  }
  std::ranges::sort(made);
  std::ranges::sort(connected);
  std::printf(
      "a host in place of another: median %.1f ms; first connection: median %.1f ms, "
      "slowest %.1f ms\n",
      made[3], connected[3], connected[6]);
  EXPECT_LT(connected[3], 900);
}

}  // namespace
}  // namespace scv::world
