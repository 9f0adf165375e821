// For tests: a small VPC with hosts in four subnets, and sockets inside of its namespaces.
#ifndef SCV_WORLD_LINUX_NETWORK_TEST_LAB_H_
#define SCV_WORLD_LINUX_NETWORK_TEST_LAB_H_

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "world/linux/memory_fd_store.h"
#include "world/linux/network.h"

namespace scv::world {

// Runs `work` in a thread of its own inside of the namespace.
void RunInside(int network_namespace, const std::function<void()>& work);

// "": this machine lets this process make network namespaces; otherwise why not.
std::string WhyNoNamespaces();

// "" or the text of the error.
std::string ErrorOf(const Result<void>& outcome);

struct Connection {
  UniqueFd fd;
  int error_number = 0;  // of connect; ETIMEDOUT if nobody answered in time
};

struct Accepted {
  UniqueFd fd;
  std::string peer;  // the address it comes from, "" if nobody came in time
};

// Whether a byte written to `from` arrives at `to` in time.
bool Arrives(const UniqueFd& from, const UniqueFd& to,
             std::chrono::milliseconds limit = std::chrono::milliseconds(300));
Accepted AcceptAt(const UniqueFd& listener);

// Subnets public (10.0.0.0/24, internet gateway), web (10.0.1.0/24, NAT), was (10.0.2.0/24, NAT)
// and db (10.0.3.0/24, no way out); in each the host of its name at .5, that of public reachable
// at 203.0.113.5. The NAT gateway is 203.0.113.10, the internet's client 198.51.100.1.
class NetworkTestLab {
 public:
  NetworkTestLab();
  ~NetworkTestLab();

  // Everything, by a new Network on the same descriptors: what a restarted daemon does.
  void Restart();
  void EnsureAll();
  std::string EnsureHost(std::string_view name);

  // TCP from one namespace to an address.
  Connection Connect(std::string_view from, std::string_view address, int port,
                     std::chrono::milliseconds limit = std::chrono::milliseconds(2000));
  // Nobody answers, and nobody says no.
  bool IsDropped(std::string_view from, std::string_view address, int port);
  UniqueFd Listen(std::string_view at, int port);
  UniqueFd NamespaceOf(std::string_view name);

  lab::InternetSpec internet;
  lab::RouterSpec router;
  std::map<std::string, lab::InterfaceSpec, std::less<>> interfaces;
  std::map<std::string, lab::FirewallSpec, std::less<>> firewalls;
  MemoryFdStore fds;
  std::unique_ptr<Network> network;
};

// A host's place in one of the subnets.
lab::InterfaceSpec InterfaceAt(const lab::RouterSpec& router, std::string_view subnet, int host);

lab::FirewallRule Allow(std::string protocol, int port, std::string cidr_or_group);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_TEST_LAB_H_
