// What the faults cut: table "faults" of routers, hosts and the internet.
#include <fmt/format.h>

#include <map>
#include <vector>

#include "render/nftables.h"

namespace scv::render {
namespace {

// A chain ahead of all others: connection tracking, which comes at -200, sees what passes here.
std::string Chain(std::string_view name, std::string_view hook, const std::string& rules) {
  if (rules.empty()) return {};
  return fmt::format(
      "  chain {} {{\n    type filter hook {} priority -400; policy accept;\n{}  }}\n", name, hook,
      rules);
}

Ruleset Named(std::string body) {
  Ruleset rules{.table = "faults", .body = std::move(body), .elements = {}, .revision = {}};
  rules.revision = fmt::format("revision_{:016x}", StableHash(rules.body));
  return rules;
}

// { "br-1", "br-2" } for each zone that is cut.
std::vector<std::string> CutZones(const lab::RouterSpec& spec, const lab::NetworkFaults& faults) {
  std::map<std::string, std::string> bridges;
  for (const lab::SubnetSpec& subnet : spec.subnets) {
    if (!faults.zones.contains({spec.region, subnet.zone}) &&
        !faults.zones.contains({spec.region, ""})) {
      continue;
    }
    std::string& list = bridges[subnet.zone];
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", BridgeName(subnet.id));
  }
  std::vector<std::string> zones;
  for (const auto& [zone, list] : bridges) zones.push_back("{ " + list + " }");
  return zones;
}

}  // namespace

Ruleset RouterFaultRules(const lab::RouterSpec& spec, const lab::NetworkFaults& faults) {
  std::string arriving, passing, own_in, own_out;
  if (faults.regions.contains(spec.region)) {
    for (const char* link : {"uplink", "wa-*"}) {
      arriving += fmt::format("    iifname \"{}\" drop\n", link);
      passing += fmt::format("    oifname \"{}\" drop\n", link);
    }
  }
  for (const std::string& zone : CutZones(spec, faults)) {
    passing += fmt::format(
        "    iifname {0} oifname != {0} drop\n"
        "    oifname {0} iifname != {0} drop\n",
        zone);
    own_in += fmt::format("    iifname {} drop\n", zone);
    own_out += fmt::format("    oifname {} drop\n", zone);
  }
  return Named(Chain("arriving", "prerouting", arriving) + Chain("passing", "forward", passing) +
               Chain("own_in", "input", own_in) + Chain("own_out", "output", own_out));
}

Ruleset HostFaultRules(bool cut) {
  if (!cut) return Named("");
  return Named(
      Chain("arriving", "prerouting", fmt::format("    iifname \"{}\" drop\n", kHostLinkName)) +
      Chain("leaving", "output",
            fmt::format("    oifname \"{}\" drop\n    ip daddr 169.254.169.254 drop\n",
                        kHostLinkName)));
}

Ruleset InternetFaultRules(const std::set<std::string>& cut_vpcs) {
  std::set<std::string> rules;
  for (const std::string& vpc : cut_vpcs) {
    rules.insert(fmt::format("    iifname \"{}\" drop\n", InternetLinkName(vpc)));
  }
  std::string text;
  for (const std::string& rule : rules) text += rule;
  return Named(Chain("arriving", "prerouting", text));
}

}  // namespace scv::render
