// The lab's networks on this machine: namespaces, bridges, routes, NAT, security groups, by netlink
// and libnftables. One thread does it all (libnftables is not thread-safe); the calls hand their
// work to it and wait. Thread-safe. Everything is idempotent: a call makes what is missing, changes
// what differs and leaves the rest alone, traffic included.
#ifndef SCV_WORLD_LINUX_NETWORK_H_
#define SCV_WORLD_LINUX_NETWORK_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lab/network.h"
#include "lab/parts.h"
#include "world/linux/fd_store.h"

namespace scv::world {

class Network {
 public:
  virtual ~Network() = default;

  // The outside: a namespace called "internet" with the client's address, the addresses of AWS's
  // endpoints and the public name server (all its own), and a route to every VPC's public
  // addresses.
  virtual Result<void> EnsureInternet(const lab::InternetSpec& spec) = 0;

  // A VPC's router: a namespace named by the VPC's id.
  virtual Result<void> EnsureRouter(const lab::RouterSpec& spec) = 0;
  virtual Result<void> RemoveRouter(std::string_view vpc_id) = 0;

  // A namespace of its own, named `name`, with one interface in a subnet, its firewall, and lo.
  virtual Result<void> EnsureHost(std::string_view name, const lab::InterfaceSpec& interface,
                                  const lab::FirewallSpec& firewall) = 0;
  virtual Result<void> RemoveHost(std::string_view name) = 0;

  // The namespace `name` ("internet", a VPC's id, a host), for setns(2). kNotFound.
  virtual Result<UniqueFd> NamespaceOf(std::string_view name) = 0;

  // A listening TCP socket (close-on-exec, SO_REUSEADDR) made inside the namespace `name`.
  virtual Result<UniqueFd> Listen(std::string_view name, std::string_view address, int port) = 0;
};

// `fds` keeps the namespaces' descriptors when this process dies; what it holds is taken up.
Result<std::unique_ptr<Network>> MakeNetwork(FdStore& fds);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_H_
