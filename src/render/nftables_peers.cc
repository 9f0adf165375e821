#include "render/nftables_peers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <vector>

#include "render/nftables.h"

namespace scv::render {
namespace {

constexpr int kPortMax = 65535;

bool Overlap(Ipv4Prefix a, Ipv4Prefix b) {
  return Contains(a, b.address) || Contains(b, a.address);
}

// What a route of a subnet says of addresses that the peer has.
struct Reach {
  Ipv4Prefix subnet, destination;
  bool open = false;
};

Result<std::vector<Reach>> ReachesOf(const lab::SubnetSpec& subnet, Ipv4Prefix peer) {
  std::vector<Reach> reaches;
  SCV_ASSIGN(const Ipv4Prefix own, ParseIpv4Prefix(subnet.cidr));
  for (const lab::RouteSpec& route : subnet.routes) {
    if (route.target == lab::RouteTarget::kLocal) continue;
    SCV_ASSIGN(const Ipv4Prefix destination, ParseIpv4Prefix(route.destination));
    if (!Overlap(destination, peer)) continue;
    reaches.push_back({own, destination, route.target == lab::RouteTarget::kPeering});
  }
  // As in a route table the longest prefix decides; here the first rule does.
  std::ranges::stable_sort(reaches, std::ranges::greater(),
                           [](const Reach& reach) { return reach.destination.length; });
  return reaches;
}

std::string TextOf(const Reach& reach, Ipv4Prefix peer) {
  const Ipv4Prefix far = reach.destination.length > peer.length ? reach.destination : peer;
  const std::string near_text = ToText(reach.subnet), far_text = ToText(far);
  const char* verdict = reach.open ? "accept" : "drop";
  return fmt::format(
      "    ip saddr {0} ip daddr {1} {2}\n"
      "    ip saddr {1} ip daddr {0} {2}\n",
      near_text, far_text, verdict);
}

Result<std::string> SetText(const std::vector<std::string>& addresses) {
  std::set<Ipv4> parsed;
  for (const std::string& text : addresses) {
    SCV_ASSIGN(const Ipv4 address, ParseIpv4(text));
    parsed.insert(address);
  }
  std::string text;
  for (const Ipv4 address : parsed) text += (text.empty() ? "" : ", ") + ToText(address);
  return text;
}

// Either side may begin.
Result<std::string> ReplicationText(const lab::PeerSpec& peer) {
  if (peer.replication_hosts.empty() || peer.replication_peers.empty()) return std::string();
  if (peer.replication_port < 1 || peer.replication_port > kPortMax) {
    return Fail(ErrorKind::kInvalid, "the port of a replication is none");
  }
  SCV_ASSIGN(const std::string near_text, SetText(peer.replication_hosts));
  SCV_ASSIGN(const std::string far_text, SetText(peer.replication_peers));
  std::string text;
  for (const auto& [from, to] : {std::pair(near_text, far_text), std::pair(far_text, near_text)}) {
    text += fmt::format(
        "    ip saddr {{ {0} }} ip daddr {{ {1} }} tcp dport {2} accept\n"
        "    ip saddr {{ {0} }} ip daddr {{ {1} }} tcp sport {2} ct state established accept\n",
        from, to, peer.replication_port);
  }
  return text;
}

Result<std::string> ChainOf(const lab::RouterSpec& spec, const lab::PeerSpec& peer) {
  SCV_ASSIGN(const Ipv4Prefix own, ParseIpv4Prefix(spec.cidr));
  SCV_ASSIGN(const Ipv4Prefix other, ParseIpv4Prefix(peer.cidr));
  if (Overlap(own, other)) {
    return Fail(ErrorKind::kInvalid, "a peer's addresses overlap the VPC's own: " + peer.cidr);
  }
  std::string text =
      "    ct state invalid drop\n"
      "    ct state related meta l4proto icmp accept\n";
  for (const lab::SubnetSpec& subnet : spec.subnets) {
    SCV_ASSIGN(const std::vector<Reach> reaches, ReachesOf(subnet, other));
    // Behind the last that is open everything is dropped in any case.
    auto open = std::ranges::count(reaches, true, &Reach::open);
    for (auto reach = reaches.begin(); open > 0; ++reach) {
      text += TextOf(*reach, other);
      open -= reach->open ? 1 : 0;
    }
  }
  SCV_ASSIGN(const std::string replication, ReplicationText(peer));
  return text + replication + "    drop\n";
}

}  // namespace

Result<PeerRules> PeerRulesOf(const lab::RouterSpec& spec) {
  PeerRules rules;
  for (const lab::PeerSpec& peer : spec.peers) {
    const std::string link = WideAreaLinkName(peer.vpc_id);
    const std::string chain = "peer_" + link.substr(3);
    SCV_ASSIGN(const std::string text, ChainOf(spec, peer));
    rules.chains += fmt::format("  chain {} {{\n{}  }}\n", chain, text);
    rules.jumps += fmt::format(
        "    iifname \"br-*\" oifname \"{0}\" goto {1}\n"
        "    iifname \"{0}\" oifname \"br-*\" goto {1}\n",
        link, chain);
  }
  if (!spec.peers.empty()) {
    rules.jumps += "    iifname \"wa-*\" drop\n    oifname \"wa-*\" drop\n";
  }
  return rules;
}

}  // namespace scv::render
