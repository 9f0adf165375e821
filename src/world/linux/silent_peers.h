// Peers in the same region whose power or network is gone say nothing, and Linux waits a quarter of
// an hour for them.
#ifndef SCV_WORLD_LINUX_SILENT_PEERS_H_
#define SCV_WORLD_LINUX_SILENT_PEERS_H_

#include "base/result.h"

namespace scv::world {

// From now on a connection of `network_namespace` whose peer's kernel acknowledges nothing ends
// once it was repeated for 0.2 s (tcp_retries2, tcp(7)): with the network's least retransmission
// timeout after 36, 108 and 252 ms, hence after 0.25 s. A peer that is merely busy acknowledges at
// once. Not for what talks to other regions. A kernel that does not
// have the setting is no error.
Result<void> GiveUpSilentPeers(int network_namespace);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_SILENT_PEERS_H_
