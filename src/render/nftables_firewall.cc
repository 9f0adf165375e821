// Security groups: a host's table "sg".
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "render/nftables.h"

namespace scv::render {
namespace {

constexpr int kPortMax = 65535;
constexpr std::size_t kRulesMax = 4096;
constexpr int kIcmp = 1, kTcp = 6, kUdp = 17;
constexpr int kDnsPort = 53;
// From here on Linux chooses the ports of programs that ask for none (ip_local_port_range).
constexpr int kFirstEphemeralPort = 32768;

std::string Ports(int from, int to) {
  return from == to ? std::to_string(from) : fmt::format("{}-{}", from, to);
}

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

bool IsTcp(const lab::FirewallRule& rule) { return rule.protocol == "tcp"; }
bool IsForTcp(const lab::FirewallRule& rule) { return IsTcp(rule) || rule.protocol == "-1"; }

// `port` being "dport" or "sport".
Result<std::string> ProtocolMatch(const lab::FirewallRule& rule, std::string_view port) {
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
  return fmt::format(" {} {} {}", rule.protocol, port, Ports(rule.from_port, rule.to_port));
}

Result<void> AppendRule(const lab::FirewallRule& rule, std::string_view side, std::string_view port,
                        Ruleset& out) {
  SCV_ASSIGN(const std::string peer, PeerMatch(rule, side));
  SCV_ASSIGN(const std::string protocol, ProtocolMatch(rule, port));
  out.body += fmt::format("    {}{} accept\n", peer, protocol);
  if (!rule.group.empty()) out.elements[SetName(rule.group)];
  return {};
}

// A hook, and how it calls the other side's address and the two ends' ports.
struct Direction {
  std::string_view hook, interface, peer, here, there;
};
constexpr Direction kIn{"input", "iif", "saddr", "dport", "sport"};
constexpr Direction kOut{"output", "oif", "daddr", "sport", "dport"};

using Rules = std::vector<lab::FirewallRule>;

// Whether it allows ports that a program gets as its own end of a connection without asking.
bool IsWide(const lab::FirewallRule& rule) {
  return !IsTcp(rule) || rule.to_port >= kFirstEphemeralPort;
}

// In ranges that do not overlap, as nftables wants them.
std::string ServicePorts(const Rules& ingress) {
  std::map<int, int> ranges;  // first → last
  for (const lab::FirewallRule& rule : ingress) {
    if (!IsForTcp(rule) || IsWide(rule)) continue;
    int& last = ranges[rule.from_port];
    last = std::max(last, rule.to_port);
  }
  std::vector<std::string> ports;
  for (int end = -1; const auto& [from, to] : ranges) {
    if (const int begin = std::max(from, end + 1); begin <= to) ports.push_back(Ports(begin, to));
    end = std::max(end, to);
  }
  return fmt::format("{}", fmt::join(ports, ", "));
}

// Segments of connections that exist. Whose they are their ports say: of one that came in, this
// end's port is a rule's; of one that goes out, the other end's. A service's port at this end is
// never the end of one that goes out, however many ports those may have. So whoever leaves a group
// is cut off with the next segment.
Result<void> AppendSegments(const Direction& direction, const Rules& ingress, const Rules& egress,
                            Ruleset& out) {
  out.body += fmt::format("  chain segments_{} {{\n", direction.hook);
  for (const lab::FirewallRule& rule : ingress) {
    if (IsForTcp(rule)) SCV_TRY(AppendRule(rule, direction.peer, direction.here, out));
  }
  const std::string services = ServicePorts(ingress);
  for (const bool wide : {false, true}) {
    bool first = wide && !services.empty();
    for (const lab::FirewallRule& rule : egress) {
      if (!IsForTcp(rule) || IsWide(rule) != wide) continue;
      if (std::exchange(first, false)) {
        out.body += fmt::format("    tcp {} {{ {} }} drop\n", direction.here, services);
      }
      SCV_TRY(AppendRule(rule, direction.peer, direction.there, out));
    }
  }
  out.body += "    drop\n  }\n";
  return {};
}

// Connections over TCP need no tracking: they begin with a SYN, and AppendSegments knows the rest.
// Without a rule for anything else the kernel tracks nothing in the host's namespace.
std::string ChainStart(const Direction& direction, bool tracked) {
  return fmt::format(
      "  chain {0} {{\n"
      "    type filter hook {0} priority filter; policy drop;\n"
      "    {1} \"lo\" goto local\n"
      "    tcp flags & (fin | syn | rst | ack) != syn goto segments_{0}\n"
      "{2}"
      "    icmp type {{ destination-unreachable, time-exceeded, parameter-problem }} accept\n",
      direction.hook, direction.interface,
      tracked ? "    meta l4proto != tcp ct state vmap { established : accept, related : accept, "
                "invalid : drop }\n"
              : "");
}

// The metadata service listens on a port that no program of the instance wants.
std::string LocalChain() {
  return fmt::format(
      "  chain local {{\n"
      "    ip daddr {0} tcp dport 80 tcp dport set {1}\n"
      "    ip saddr {0} tcp sport {1} tcp sport set 80\n"
      "    accept\n"
      "  }}\n",
      "169.254.169.254", lab::kMetadataPort);
}

Result<void> AppendRules(const Rules& rules, std::string_view side, Ruleset& out) {
  for (const lab::FirewallRule& rule : rules) SCV_TRY(AppendRule(rule, side, "dport", out));
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

const Rules& RulesOf(const lab::FirewallSpec& spec, bool inbound) {
  return inbound ? spec.ingress : spec.egress;
}

}  // namespace

Result<Ruleset> FirewallRules(const lab::FirewallSpec& spec) {
  if (spec.ingress.size() + spec.egress.size() > kRulesMax) {
    return Fail(ErrorKind::kInvalid, fmt::format("more than {} rules in one firewall", kRulesMax));
  }
  Ruleset out{.table = "sg", .body = {}, .elements = {}, .revision = {}};
  Rules egress = spec.egress;
  std::string answers;
  if (!spec.resolver.empty()) {
    SCV_ASSIGN(const Ipv4 resolver, ParseIpv4(spec.resolver));
    const std::string prefix = ToText(resolver) + "/32";
    egress.insert(egress.begin(), {{"udp", kDnsPort, kDnsPort, prefix, ""},
                                   {"tcp", kDnsPort, kDnsPort, prefix, ""}});
    answers = fmt::format("    ip saddr {} udp sport {} accept\n", ToText(resolver), kDnsPort);
  }
  const bool tracked = TracksConnections(spec);
  SCV_TRY(AppendSegments(kIn, spec.ingress, egress, out));
  SCV_TRY(AppendSegments(kOut, spec.ingress, egress, out));
  out.body += ChainStart(kIn, tracked) + answers;
  // The metadata service is on lo: a neighbour's frame must not reach it.
  out.body += "    ip daddr { 127.0.0.0/8, 169.254.0.0/16 } drop\n";
  SCV_TRY(AppendRules(spec.ingress, kIn.peer, out));
  out.body += "  }\n" + ChainStart(kOut, tracked);
  SCV_TRY(AppendRules(egress, kOut.peer, out));
  out.body = SetDeclarations(out) + LocalChain() + out.body + "  }\n";
  SCV_TRY(FillSets(spec, out));
  out.revision = fmt::format("revision_{:016x}", StableHash(out.body));
  return out;
}

bool TracksConnections(const lab::FirewallSpec& spec) {
  const auto others = [](const lab::FirewallRule& rule) { return !IsTcp(rule); };
  return std::ranges::any_of(spec.ingress, others) || std::ranges::any_of(spec.egress, others);
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
