#include "world/linux/silent_peers.h"

#include "world/linux/namespace.h"

namespace scv::world {

Result<void> GiveUpSilentPeers(int network_namespace) {
  SCV_ASSIGN(const auto inside, InsideNamespace::Enter(network_namespace));
  const auto outcome = inside.Set("ipv4/tcp_retries2", "0");
  if (!outcome && outcome.error().kind != ErrorKind::kNotFound) return outcome;
  return {};
}

}  // namespace scv::world
