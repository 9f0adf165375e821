// For tests: the VPC of network_test_lab.h in Seoul, another in Tokyo, and the wide area between.
#ifndef SCV_WORLD_LINUX_WAN_TEST_LAB_H_
#define SCV_WORLD_LINUX_WAN_TEST_LAB_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "world/linux/engines_test_support.h"
#include "world/linux/network_test_lab.h"
#include "world/linux/wan_area.h"

namespace scv::world {

// Both ends of a connection.
struct TestFlow {
  Connection client;
  Accepted server;
  bool Lives() const { return Arrives(client.fd, server.fd) && Arrives(server.fd, client.fd); }
  // Within the time that TCP needs to try again.
  bool LivesAgain() const;
  // Neither end hears the other.
  bool IsCut() const;
};

// Seoul's subnets public and web are in the zone ap-northeast-2a, was and db in -2c. Tokyo's
// 10.20.2.0/24 (far-was) and 10.20.3.0/24 (far-db) are in ap-northeast-1a; a host at .5 in each.
// The databases replicate; nothing has a route to the other VPC.
class WanTestLab : public NetworkTestLab {
 public:
  WanTestLab();
  ~WanTestLab();

  void EnsureRegions();
  void EnsureWideArea(Millis delay);
  // Routes to the other VPC for a subnet of each (in `routers` order: Seoul, Tokyo).
  void AddRoute(lab::RouterSpec& router, std::string_view subnet, const std::string& destination);
  void RestartAll();

  TestFlow Open(std::string_view from, std::string_view to, std::string_view address, int port);
  // Nobody answers a connection, and nobody says no.
  bool IsSilent(std::string_view from, std::string_view address, int port);
  // From connect to connected.
  double ConnectMillis(std::string_view from, std::string_view to, std::string_view address,
                       int port);

  lab::RouterSpec tokyo;
  lab::WideAreaSpec wide_area;
  TestDirectory directory;
  ChildProcesses processes;
  std::unique_ptr<WideAreas> wide_areas;
};

inline constexpr const char* kWideAreaProcess = "wan//vpc-test~vpc-far";

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_WAN_TEST_LAB_H_
