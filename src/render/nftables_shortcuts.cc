// Ways past a VPC's router: table "shortcuts".
#include <fmt/format.h>

#include <algorithm>

#include "render/nftables.h"

namespace scv::render {
namespace {

bool AnyZoneIsCut(const lab::RouterSpec& spec, const lab::NetworkFaults& faults) {
  return std::any_of(faults.zones.begin(), faults.zones.end(),
                     [&](const auto& zone) { return zone.first == spec.region; });
}

struct Shortcuts {
  std::string own;   // the router's addresses in the subnets
  std::string ways;  // subnet → bridge
  std::string chains;
};

Result<void> Append(const lab::SubnetSpec& subnet, Shortcuts& out) {
  SCV_ASSIGN(const Ipv4Prefix cidr, ParseIpv4Prefix(subnet.cidr));
  SCV_ASSIGN(const Ipv4 gateway, ParseIpv4(subnet.gateway));
  const std::string bridge = BridgeName(subnet.id);
  const std::string network = ToText(NetworkOf(cidr));
  out.own += ", " + ToText(gateway);
  out.ways += fmt::format("{}{} : \"{}\"", out.ways.empty() ? "" : ", ", network, bridge);
  out.chains += fmt::format(
      "  chain from_{0} {{\n"
      "    type filter hook ingress device \"{0}\" priority filter; policy accept;\n"
      "    ip saddr != {1} accept\n"
      "    ip daddr @own accept\n"
      "    fwd ip to ip daddr device ip daddr map @ways\n"
      "  }}\n",
      bridge, network);
  return {};
}

}  // namespace

Result<Ruleset> RouterShortcuts(const lab::RouterSpec& spec, const lab::NetworkFaults& faults,
                                const std::map<std::string, int>& indexes) {
  Ruleset out{.table = "shortcuts", .body = {}, .elements = {}, .revision = {}, .family = "netdev"};
  SCV_ASSIGN(const Ipv4 resolver, ParseIpv4(spec.resolver));
  Shortcuts shortcuts{.own = ToText(resolver), .ways = {}, .chains = {}};
  std::string stand;
  for (const lab::SubnetSpec& subnet : spec.subnets) {
    const auto index = indexes.find(BridgeName(subnet.id));
    if (index == indexes.end()) continue;
    SCV_TRY(Append(subnet, shortcuts));
    stand += fmt::format(" {}", index->second);
  }
  if (!AnyZoneIsCut(spec, faults) && !shortcuts.ways.empty()) {
    out.body = fmt::format(
        "  set own {{\n    type ipv4_addr\n    elements = {{ {} }}\n  }}\n"
        "  map ways {{\n    type ipv4_addr : iface_index\n    flags interval\n"
        "    elements = {{ {} }}\n  }}\n{}",
        shortcuts.own, shortcuts.ways, shortcuts.chains);
  }
  out.revision = fmt::format("revision_{:016x}", StableHash(out.body + stand));
  return out;
}

}  // namespace scv::render
