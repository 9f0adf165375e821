// The part of a router's table "router" that is about other VPCs, over the wide area.
#ifndef SCV_RENDER_NFTABLES_PEERS_H_
#define SCV_RENDER_NFTABLES_PEERS_H_

#include <string>

#include "base/result.h"
#include "lab/network.h"

namespace scv::render {

struct PeerRules {
  std::string chains;  // one for each peer
  std::string jumps;   // the first rules of the chain "forward"
};

// What may pass between the VPC and each of its peers: between subnets and the destinations of
// their routes to the peer, as AWS's peering has it (each router looks at its own side only), and
// replication between the hosts that are named, whatever the routes. Every packet is looked at, so
// that a route that goes takes its connections with it. kInvalid: an address or port that is none,
// or a peer whose addresses overlap the VPC's.
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html
Result<PeerRules> PeerRulesOf(const lab::RouterSpec& spec);

}  // namespace scv::render

#endif  // SCV_RENDER_NFTABLES_PEERS_H_
