// Connections that the kernel tracks: forgetting those that are not allowed any more. The
// sockets are of NETLINK_NETFILTER. What the kernel has forgotten, a host's firewall lets in
// again only as a new connection.
#ifndef SCV_WORLD_LINUX_NETWORK_CONNTRACK_H_
#define SCV_WORLD_LINUX_NETWORK_CONNTRACK_H_

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "render/ipv4.h"
#include "world/linux/netlink.h"

namespace scv::world {

// As its first packet had it, and as the answers have it (after address translation).
struct TrackedConnection {
  std::uint8_t protocol = 0;
  render::Ipv4 source = 0, destination = 0;
  std::uint16_t destination_port = 0;
  render::Ipv4 reply_source = 0, reply_destination = 0;
};

// Forgets those that `peer` began (`inbound`), or that were begun to it. Newer kernels only (from
// Linux 6.8 on), but in a fraction of a millisecond: any error means to use the other one.
Result<void> ForgetConnectionsWith(NetlinkSocket& socket, render::Ipv4 peer, bool inbound);

// Reads them all and forgets those that `goes` says. The kernel walks through a table that all
// namespaces share: some 10 ms.
Result<void> ForgetConnections(NetlinkSocket& socket,
                               const std::function<bool(const TrackedConnection&)>& goes);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_CONNTRACK_H_
