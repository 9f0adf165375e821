// A VPC's router: table "router".
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "render/nftables.h"
#include "render/nftables_peers.h"

namespace scv::render {
namespace {

// A subnet's way to a destination outside of the VPC.
struct Way {
  Ipv4Prefix subnet;
  Ipv4Prefix destination;
  lab::RouteTarget target;
  Ipv4 nat_address = 0;
};

using Translation = std::map<Ipv4, Ipv4>;

Result<std::vector<Way>> WaysOf(const lab::SubnetSpec& subnet) {
  std::vector<Way> ways;
  SCV_ASSIGN(const Ipv4Prefix own, ParseIpv4Prefix(subnet.cidr));
  for (const lab::RouteSpec& route : subnet.routes) {
    if (route.target == lab::RouteTarget::kLocal) continue;
    SCV_ASSIGN(const Ipv4Prefix destination, ParseIpv4Prefix(route.destination));
    Way way{own, destination, route.target};
    if (route.target == lab::RouteTarget::kNatGateway) {
      SCV_ASSIGN(way.nat_address, ParseIpv4(route.nat_address));
    }
    ways.push_back(way);
  }
  // As in a route table the longest prefix decides; here the first rule does.
  std::ranges::stable_sort(ways, std::ranges::greater(),
                           [](const Way& way) { return way.destination.length; });
  return ways;
}

// The destination is the one that the sender named, before an own public address was translated.
std::string MatchOf(const Way& way) {
  std::string match = fmt::format("    ip saddr {}", ToText(way.subnet));
  if (way.destination.length > 0) {
    match += fmt::format(" ct original ip daddr {}", ToText(way.destination));
  }
  return match;
}

std::string_view VerdictOf(const Way& way) {
  switch (way.target) {
    case lab::RouteTarget::kInternetGateway:
      return "goto internet_gateway";
    case lab::RouteTarget::kNatGateway:
      return "accept";
    case lab::RouteTarget::kLocal:
    case lab::RouteTarget::kPeering:
    case lab::RouteTarget::kBlackhole:
      break;
  }
  return "drop";
}

std::string MapText(const Translation& translation) {
  std::string text;
  for (const auto& [from, to] : translation) {
    text += fmt::format("{}{} : {}", text.empty() ? "" : ", ", ToText(from), ToText(to));
  }
  return text;
}

// What the router itself accepts: questions to the resolver, from inside the VPC.
std::string InputChain(Ipv4 resolver, Ipv4Prefix vpc) {
  return fmt::format(
      "  chain input {{\n"
      "    type filter hook input priority filter; policy drop;\n"
      "    iifname \"lo\" accept\n"
      "    ct state established,related accept\n"
      "    iifname \"br-*\" ip saddr {0} ip daddr {1} udp dport 53 accept\n"
      "    iifname \"br-*\" ip saddr {0} ip daddr {1} tcp dport 53 accept\n"
      "  }}\n",
      ToText(vpc), ToText(resolver));
}

// A destination that was translated on the way in from a subnet is an own public address: the
// packet takes the way out first, as on AWS.
std::string ForwardChains(const std::vector<Way>& ways, const Translation& to_public,
                          const PeerRules& peers) {
  std::string text = "  chain internet_gateway {\n";
  std::string published;
  for (const auto& [address, to] : to_public) {
    published += (published.empty() ? "" : ", ") + ToText(address);
  }
  if (!published.empty()) text += fmt::format("    ip saddr {{ {} }} accept\n", published);
  text += "    drop\n  }\n  chain out {\n";
  for (const Way& way : ways) text += fmt::format("{} {}\n", MatchOf(way), VerdictOf(way));
  return text + "    drop\n  }\n" + peers.chains +
         "  chain forward {\n"
         "    type filter hook forward priority filter; policy drop;\n" +
         peers.jumps +
         "    ct state established,related accept\n"
         "    ct state invalid drop\n"
         "    iifname \"uplink\" oifname \"br-*\" ct status dnat accept\n"
         "    iifname \"br-*\" ct status dnat goto out\n"
         "    iifname \"br-*\" oifname \"br-*\" accept\n"
         "    iifname \"br-*\" oifname \"uplink\" goto out\n"
         "  }\n";
}

std::string TranslationChains(const std::vector<Way>& ways, const Translation& to_public,
                              const Translation& to_private, Ipv4Prefix vpc) {
  std::string text =
      "  chain prerouting {\n"
      "    type nat hook prerouting priority dstnat; policy accept;\n";
  if (!to_private.empty()) {
    text += fmt::format("    dnat ip to ip daddr map {{ {} }}\n", MapText(to_private));
  }
  text += "  }\n  chain translate {\n";
  for (const Way& way : ways) {
    if (way.target == lab::RouteTarget::kNatGateway) {
      text += fmt::format("{} snat ip to {}\n", MatchOf(way), ToText(way.nat_address));
    } else if (way.target == lab::RouteTarget::kInternetGateway && !to_public.empty()) {
      text +=
          fmt::format("{} snat ip to ip saddr map {{ {} }}\n", MatchOf(way), MapText(to_public));
    }
  }
  text += fmt::format(
      "  }}\n"
      "  chain postrouting {{\n"
      "    type nat hook postrouting priority srcnat; policy accept;\n"
      "    oifname \"uplink\" ip saddr {0} goto translate\n"
      "    oifname \"br-*\" ip saddr {0} ct status dnat goto translate\n"
      "  }}\n",
      ToText(vpc));
  return text;
}

}  // namespace

Result<Ruleset> RouterRules(const lab::RouterSpec& spec) {
  SCV_ASSIGN(const Ipv4Prefix vpc, ParseIpv4Prefix(spec.cidr));
  SCV_ASSIGN(const Ipv4 resolver, ParseIpv4(spec.resolver));
  std::vector<Way> ways;
  Translation to_public, to_private;
  // Without an internet gateway there is no way out, whatever the route tables say.
  if (spec.internet_gateway) {
    for (const lab::SubnetSpec& subnet : spec.subnets) {
      SCV_ASSIGN(const std::vector<Way> more, WaysOf(subnet));
      ways.insert(ways.end(), more.begin(), more.end());
    }
    for (const lab::PublicAddress& pair : spec.public_addresses) {
      SCV_ASSIGN(const Ipv4 outside, ParseIpv4(pair.address));
      SCV_ASSIGN(const Ipv4 inside, ParseIpv4(pair.private_address));
      if (!to_private.emplace(outside, inside).second) {
        return Fail(ErrorKind::kInvalid, "public address " + ToText(outside) + " is given twice");
      }
      to_public.emplace(inside, outside);  // several: the first is the one it leaves with
    }
  }
  SCV_ASSIGN(const PeerRules peers, PeerRulesOf(spec));
  Ruleset out{.table = "router", .body = {}, .elements = {}, .revision = {}};
  out.body = InputChain(resolver, vpc) + TranslationChains(ways, to_public, to_private, vpc) +
             ForwardChains(ways, to_public, peers);
  out.revision = fmt::format("revision_{:016x}", StableHash(out.body));
  return out;
}

}  // namespace scv::render
