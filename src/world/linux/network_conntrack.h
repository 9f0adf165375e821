// Connections that the kernel tracks: forgetting those that are not allowed any more. What the
// kernel has forgotten, a host's firewall lets in again only as a new connection.
#ifndef SCV_WORLD_LINUX_NETWORK_CONNTRACK_H_
#define SCV_WORLD_LINUX_NETWORK_CONNTRACK_H_

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "render/ipv4.h"

namespace scv::world {

// As its first packet had it, and as the answers have it (after address translation).
struct TrackedConnection {
  std::uint8_t protocol = 0;
  render::Ipv4 source = 0, destination = 0;
  std::uint16_t destination_port = 0;
  render::Ipv4 reply_source = 0, reply_destination = 0;
};

// Forgets those that `goes` says, in the namespace that the calling thread is in.
Result<void> ForgetConnections(const std::function<bool(const TrackedConnection&)>& goes);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_CONNTRACK_H_
