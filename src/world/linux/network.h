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
#include "lab/faults.h"
#include "lab/network.h"
#include "lab/parts.h"
#include "world/linux/fd_store.h"

namespace scv::world {

// The relay's namespace and its two interfaces, at the ends `a` and `b` of the specification.
std::string WideAreaPlaceOf(std::string_view name);
inline constexpr std::string_view kWideAreaLinkA = "a", kWideAreaLinkB = "b";

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

  // The path between two VPCs whose routers are there: a link from each router into a namespace of
  // its own, named WideAreaPlaceOf(`name`), in which the relay carries frames between the two
  // (wan_area.h); with the address and the route to the other VPC at each router. What may pass is
  // said by RouterSpec::peers. true: a link was made anew, so a relay that runs there is at the
  // end. `name`: of the part's key, "vpc-a~vpc-b".
  virtual Result<bool> EnsureWideArea(std::string_view name, const lab::WideAreaSpec& spec) = 0;
  virtual Result<void> RemoveWideArea(std::string_view name) = 0;

  // Declares all faults that hold from now on, also for what is made later. Every packet is
  // dropped that a fault says, established connections and the routers' own ones included; on
  // return this is so in each namespace, in each of them by one transaction.
  // A cut host's own processes are told so for UDP (EPERM); all else is silent.
  virtual Result<void> SetFaults(const lab::NetworkFaults& faults) = 0;

  // The namespace `name` ("internet", a VPC's id, a host), for setns(2). kNotFound.
  virtual Result<UniqueFd> NamespaceOf(std::string_view name) = 0;

  // A listening TCP socket (close-on-exec, SO_REUSEADDR) made inside the namespace `name`.
  virtual Result<UniqueFd> Listen(std::string_view name, std::string_view address, int port) = 0;
};

// `fds` keeps the namespaces' descriptors when this process dies; what it holds is taken up.
Result<std::unique_ptr<Network>> MakeNetwork(FdStore& fds);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_H_
