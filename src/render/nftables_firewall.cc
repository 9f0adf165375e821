// Security groups: a host's table "sg".
#include <fmt/format.h>

#include <algorithm>

#include "render/nftables.h"

namespace scv::render {
namespace {

constexpr int kPortMax = 65535;
constexpr std::size_t kRulesMax = 4096;
constexpr int kIcmp = 1, kTcp = 6, kUdp = 17;
constexpr int kDnsPort = 53;

// The match of the other side's address, `side` being "saddr" or "daddr".
Result<std::string> PeerMatch(const lab::FirewallRule& rule, std::string_view side) {
  if (rule.cidr.empty() == rule.group.empty()) {
    return Fail(ErrorKind::kInvalid, "a security group's rule names a prefix or a group, not both");
  }
  if (!rule.group.empty()) return fmt::format("ip {} @{}", side, SetName(rule.group));
  SCV_ASSIGN(const Ipv4Prefix prefix, ParseIpv4Prefix(rule.cidr));
  if (prefix.length == 0) return "meta nfproto ipv4";
  return fmt::format("ip {} {}", side, ToText(prefix));
}

Result<std::string> ProtocolMatch(const lab::FirewallRule& rule) {
  if (rule.protocol == "-1") return "";
  if (rule.protocol == "icmp") return " meta l4proto icmp";
  if (rule.protocol != "tcp" && rule.protocol != "udp") {
    return Fail(ErrorKind::kInvalid,
                "a security group's rule has a protocol other than tcp, udp, icmp and -1");
  }
  if (rule.from_port < 0 || rule.to_port > kPortMax || rule.from_port > rule.to_port) {
    return Fail(ErrorKind::kInvalid, "a security group's rule has no valid range of ports");
  }
  if (rule.from_port == 0 && rule.to_port == kPortMax) {
    return fmt::format(" meta l4proto {}", rule.protocol);
  }
  if (rule.from_port == rule.to_port) {
    return fmt::format(" {} dport {}", rule.protocol, rule.from_port);
  }
  return fmt::format(" {} dport {}-{}", rule.protocol, rule.from_port, rule.to_port);
}

// The start of a chain. A connection that the kernel does not know begins with a SYN: otherwise
// one that was cut off when its peer left a group would come back with the next packet from here.
std::string ChainStart(std::string_view hook, std::string_view interface) {
  return fmt::format(
      "  chain {0} {{\n"
      "    type filter hook {0} priority filter; policy drop;\n"
      "    ct state established,related accept\n"
      "    {1} \"lo\" accept\n"
      "    ct state invalid drop\n"
      "    tcp flags & (fin | syn | rst | ack) != syn drop\n",
      hook, interface);
}

std::string MetadataChain() {
  return fmt::format(
      "  chain metadata {{\n"
      "    type nat hook output priority -100; policy accept;\n"
      "    ip daddr 169.254.169.254 tcp dport 80 dnat ip to 169.254.169.254:{}\n"
      "  }}\n",
      lab::kMetadataPort);
}

Result<void> AppendRules(const std::vector<lab::FirewallRule>& rules, std::string_view side,
                         Ruleset& out) {
  for (const lab::FirewallRule& rule : rules) {
    SCV_ASSIGN(const std::string peer, PeerMatch(rule, side));
    SCV_ASSIGN(const std::string protocol, ProtocolMatch(rule));
    out.body += fmt::format("    {}{} accept\n", peer, protocol);
    if (!rule.group.empty()) out.elements[SetName(rule.group)];
  }
  return {};
}

Result<void> FillSets(const lab::FirewallSpec& spec, Ruleset& out) {
  for (const auto& [group, addresses] : spec.members) {
    const auto set = out.elements.find(SetName(group));
    if (set == out.elements.end()) continue;
    for (const std::string& address : addresses) {
      SCV_ASSIGN(const Ipv4 parsed, ParseIpv4(address));
      set->second.insert(ToText(parsed));
    }
  }
  return {};
}

std::string SetDeclarations(const Ruleset& ruleset) {
  std::string text;
  for (const auto& [set, addresses] : ruleset.elements) {
    text += fmt::format("  set {} {{\n    type ipv4_addr\n  }}\n", set);
  }
  return text;
}

bool ProtocolFits(const lab::FirewallRule& rule, const Flow& flow) {
  if (rule.protocol == "-1") return true;
  if (rule.protocol == "icmp") return flow.protocol == kIcmp;
  return flow.protocol == (rule.protocol == "tcp" ? kTcp : kUdp) && rule.from_port <= flow.port &&
         flow.port <= rule.to_port;
}

bool PeerFits(const lab::FirewallSpec& spec, const lab::FirewallRule& rule, Ipv4 peer) {
  if (rule.group.empty()) {
    const auto prefix = ParseIpv4Prefix(rule.cidr);
    return prefix.has_value() && Contains(*prefix, peer);
  }
  const auto group = spec.members.find(rule.group);
  return group != spec.members.end() && group->second.contains(ToText(peer));
}

bool IsResolver(const lab::FirewallSpec& spec, Ipv4 peer) {
  const auto resolver = ParseIpv4(spec.resolver);
  return resolver.has_value() && *resolver == peer;
}

const std::vector<lab::FirewallRule>& RulesOf(const lab::FirewallSpec& spec, bool inbound) {
  return inbound ? spec.ingress : spec.egress;
}

}  // namespace

Result<Ruleset> FirewallRules(const lab::FirewallSpec& spec) {
  if (spec.ingress.size() + spec.egress.size() > kRulesMax) {
    return Fail(ErrorKind::kInvalid, fmt::format("more than {} rules in one firewall", kRulesMax));
  }
  Ruleset out{.table = "sg", .body = {}, .elements = {}, .revision = {}};
  out.body = ChainStart("input", "iif");
  // The metadata service is on lo: a neighbour's frame must not reach it.
  out.body += "    ip daddr { 127.0.0.0/8, 169.254.0.0/16 } drop\n";
  SCV_TRY(AppendRules(spec.ingress, "saddr", out));
  out.body += "  }\n" + ChainStart("output", "oif");
  if (!spec.resolver.empty()) {
    SCV_ASSIGN(const Ipv4 resolver, ParseIpv4(spec.resolver));
    out.body +=
        fmt::format("    ip daddr {0} udp dport 53 accept\n    ip daddr {0} tcp dport 53 accept\n",
                    ToText(resolver));
  }
  SCV_TRY(AppendRules(spec.egress, "daddr", out));
  out.body = SetDeclarations(out) + MetadataChain() + out.body + "  }\n";
  SCV_TRY(FillSets(spec, out));
  out.revision = fmt::format("revision_{:016x}", StableHash(out.body));
  return out;
}

bool Accepts(const lab::FirewallSpec& spec, const Flow& flow) {
  if (!flow.inbound && IsResolver(spec, flow.peer) && flow.port == kDnsPort) {
    return flow.protocol == kTcp || flow.protocol == kUdp;
  }
  return std::ranges::any_of(RulesOf(spec, flow.inbound), [&](const lab::FirewallRule& rule) {
    return ProtocolFits(rule, flow) && PeerFits(spec, rule, flow.peer);
  });
}

bool AcceptsNothing(const lab::FirewallSpec& spec, bool inbound, Ipv4 peer) {
  if (!inbound && IsResolver(spec, peer)) return false;
  return std::ranges::none_of(RulesOf(spec, inbound), [&](const lab::FirewallRule& rule) {
    return PeerFits(spec, rule, peer);
  });
}

bool AcceptsEverything(const lab::FirewallSpec& spec, bool inbound, Ipv4 peer) {
  return std::ranges::any_of(RulesOf(spec, inbound), [&](const lab::FirewallRule& rule) {
    return rule.protocol == "-1" && PeerFits(spec, rule, peer);
  });
}

}  // namespace scv::render
