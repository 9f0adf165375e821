// Ways past a VPC's router: table "shortcuts".
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "render/nftables.h"

namespace scv::render {
namespace {

constexpr std::string_view kPortPrefix = "p-";

bool IsFaulty(const lab::RouterSpec& spec, const lab::NetworkFaults& faults) {
  return faults.regions.contains(spec.region) ||
         std::any_of(faults.zones.begin(), faults.zones.end(),
                     [&](const auto& zone) { return zone.first == spec.region; });
}

// The hosts' ports among the links, by address.
std::map<Ipv4, std::string> PortsOf(const std::map<std::string, int>& indexes) {
  std::map<Ipv4, std::string> ports;
  for (const auto& [name, index] : indexes) {
    if (!name.starts_with(kPortPrefix)) continue;
    Ipv4 address = 0;
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + kPortPrefix.size(), end, address, 16);
    if (read.ec == std::errc() && read.ptr == end && PortName(address) == name) {
      ports.emplace(address, name);
    }
  }
  return ports;
}

struct Shortcuts {
  std::map<Ipv4, std::string> ports;
  std::map<Ipv4, Ipv4> published;  // hosts that stand → their public address
  std::string not_outside;         // what a host's router does not send to the internet
  std::string uplink_peer;
};

// Only where the whole route table says so: with exceptions the router decides.
bool LeadsOut(const lab::SubnetSpec& subnet) {
  const auto way = [](const lab::RouteSpec& route) {
    return route.target == lab::RouteTarget::kInternetGateway && route.destination == "0.0.0.0/0";
  };
  const auto known = [&](const lab::RouteSpec& route) {
    return way(route) || route.target == lab::RouteTarget::kLocal ||
           route.target == lab::RouteTarget::kPeering;
  };
  return std::ranges::any_of(subnet.routes, way) && std::ranges::all_of(subnet.routes, known);
}

Result<Shortcuts> ShortcutsOf(const lab::RouterSpec& spec,
                              const std::map<std::string, int>& indexes) {
  Shortcuts out{.ports = PortsOf(indexes), .published = {}, .not_outside = {}, .uplink_peer = {}};
  if (!spec.internet_gateway || !indexes.contains(std::string(kUplinkName))) return out;
  SCV_ASSIGN(const Ipv4Prefix peer, ParseIpv4Prefix(spec.uplink_peer));
  out.uplink_peer = ToText(peer.address);
  SCV_ASSIGN(const Ipv4Prefix vpc, ParseIpv4Prefix(spec.cidr));
  std::vector<std::string> not_outside{ToText(NetworkOf(vpc))};
  for (const lab::PeerSpec& other : spec.peers) {
    SCV_ASSIGN(const Ipv4Prefix cidr, ParseIpv4Prefix(other.cidr));
    not_outside.push_back(ToText(NetworkOf(cidr)));
  }
  for (const std::string& text : spec.nat_addresses) {
    SCV_ASSIGN(const Ipv4 address, ParseIpv4(text));
    not_outside.push_back(ToText(address));
  }
  for (const lab::PublicAddress& pair : spec.public_addresses) {
    SCV_ASSIGN(const Ipv4 outside, ParseIpv4(pair.address));
    SCV_ASSIGN(const Ipv4 inside, ParseIpv4(pair.private_address));
    not_outside.push_back(ToText(outside));
    // With two, only who remembers knows by which one a connection came.
    const bool single = std::ranges::count(spec.public_addresses, pair.private_address,
                                           &lab::PublicAddress::private_address) == 1;
    if (single && out.ports.contains(inside)) out.published.emplace(inside, outside);
  }
  out.not_outside = fmt::format("{}", fmt::join(not_outside, ", "));
  return out;
}

std::string HostsMap(const Shortcuts& shortcuts) {
  std::vector<std::string> elements;
  for (const auto& [address, port] : shortcuts.ports) {
    elements.push_back(fmt::format("{} : \"{}\"", ToText(address), port));
  }
  return fmt::format(
      "  map hosts {{\n    type ipv4_addr : iface_index\n    elements = {{ {} }}\n  }}\n",
      fmt::join(elements, ", "));
}

constexpr std::string_view kToHost = "fwd ip to ip daddr device ip daddr map @hosts";

// Addresses are translated one to one, which needs no state. Everything but TCP takes the long way,
// because of the messages about a packet that have a part of it inside.
std::string FromInternet(const Shortcuts& shortcuts) {
  if (shortcuts.published.empty()) return {};
  std::vector<std::string> pairs;
  for (const auto& [inside, outside] : shortcuts.published) {
    pairs.push_back(fmt::format("{} : {}", ToText(outside), ToText(inside)));
  }
  return fmt::format(
      "  chain from_internet {{\n"
      "    type filter hook ingress device \"{}\" priority filter; policy accept;\n"
      "    ip saddr {{ {} }} accept\n"
      "    ip protocol tcp ip daddr set ip daddr map {{ {} }} {}\n"
      "  }}\n",
      kUplinkName, shortcuts.not_outside, fmt::join(pairs, ", "), kToHost);
}

std::string ToInternet(const Shortcuts& shortcuts, Ipv4Prefix subnet) {
  std::vector<std::string> pairs;
  for (const auto& [inside, outside] : shortcuts.published) {
    if (!Contains(subnet, inside)) continue;
    pairs.push_back(fmt::format("{} : {}", ToText(inside), ToText(outside)));
  }
  if (pairs.empty()) return {};
  return fmt::format(
      "    ip daddr {{ {} }} accept\n"
      "    ip protocol tcp ip saddr set ip saddr map {{ {} }} fwd ip to {} device \"{}\"\n",
      shortcuts.not_outside, fmt::join(pairs, ", "), shortcuts.uplink_peer, kUplinkName);
}

// What comes from the hosts of a subnet.
Result<std::string> FromSubnet(const lab::SubnetSpec& subnet, const Shortcuts& shortcuts) {
  SCV_ASSIGN(const Ipv4Prefix cidr, ParseIpv4Prefix(subnet.cidr));
  std::vector<std::string> ports;
  for (const auto& [address, port] : shortcuts.ports) {
    if (Contains(cidr, address)) ports.push_back('"' + port + '"');
  }
  if (ports.empty()) return "";
  return fmt::format(
      "  chain from_{} {{\n"
      "    type filter hook ingress devices = {{ {} }} priority filter; policy accept;\n"
      "    ip saddr != {} accept\n"
      "    {}\n{}  }}\n",
      BridgeName(subnet.id), fmt::join(ports, ", "), ToText(NetworkOf(cidr)), kToHost,
      LeadsOut(subnet) ? ToInternet(shortcuts, cidr) : "");
}

}  // namespace

Result<Ruleset> RouterShortcuts(const lab::RouterSpec& spec, const lab::NetworkFaults& faults,
                                const std::map<std::string, int>& indexes) {
  Ruleset out{.table = "shortcuts", .body = {}, .elements = {}, .revision = {}, .family = "netdev"};
  SCV_ASSIGN(const Shortcuts shortcuts, ShortcutsOf(spec, indexes));
  std::string stand;
  if (!IsFaulty(spec, faults) && !shortcuts.ports.empty()) {
    out.body = HostsMap(shortcuts) + FromInternet(shortcuts);
    for (const lab::SubnetSpec& subnet : spec.subnets) {
      SCV_ASSIGN(const std::string chain, FromSubnet(subnet, shortcuts));
      out.body += chain;
    }
    for (const auto& [address, port] : shortcuts.ports) {
      stand += fmt::format(" {}", indexes.at(port));
    }
  }
  out.revision = fmt::format("revision_{:016x}", StableHash(out.body + stand));
  return out;
}

}  // namespace scv::render
