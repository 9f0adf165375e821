// Reading back what a namespace has.
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>
#include <string>
#include <unordered_map>

#include "world/linux/netlink_route.h"

namespace scv::world {
namespace {

using Names = std::unordered_map<std::uint32_t, std::string>;

constexpr render::Ipv4Prefix kLoopback{0x7f000000, 8};

void TakeLink(const nlmsghdr& message, NetworkState& state) {
  if (message.nlmsg_type != RTM_NEWLINK) return;
  const auto& header = HeaderOf<ifinfomsg>(message);
  const auto attributes = NetlinkAttributes::Of(message, sizeof(header));
  LinkState link;
  link.index = header.ifi_index;
  link.peer_index = static_cast<int>(attributes.U32(IFLA_LINK));
  link.master = static_cast<int>(attributes.U32(IFLA_MASTER));
  link.up = (header.ifi_flags & IFF_UP) != 0;
  link.carries = attributes.U8(IFLA_OPERSTATE) == 6;  // IF_OPER_UP of RFC 2863
  link.kind = attributes.Nested(IFLA_LINKINFO).Text(IFLA_INFO_KIND);
  const auto mac = attributes.Find(IFLA_ADDRESS);
  if (mac.size() == link.mac.size()) {
    std::ranges::transform(mac, link.mac.begin(),
                           [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  }
  state.links[std::string(attributes.Text(IFLA_IFNAME))] = std::move(link);
}

void TakeAddress(const nlmsghdr& message, NetworkState& state, const Names& names) {
  if (message.nlmsg_type != RTM_NEWADDR) return;
  const auto& header = HeaderOf<ifaddrmsg>(message);
  const auto attributes = NetlinkAttributes::Of(message, sizeof(header));
  const auto name = names.find(header.ifa_index);
  const render::Ipv4Prefix prefix{attributes.Address(IFA_LOCAL), header.ifa_prefixlen};
  if (name == names.end() || header.ifa_family != AF_INET) return;
  if (render::Contains(kLoopback, prefix.address)) return;
  // The kernel's own label is the link's name.
  const std::string_view label = attributes.Text(IFA_LABEL);
  state.addresses[{name->second, prefix}] = label == name->second ? "" : label;
}

void TakeRoute(const nlmsghdr& message, NetworkState& state, const Names& names) {
  if (message.nlmsg_type != RTM_NEWROUTE) return;
  const auto& header = HeaderOf<rtmsg>(message);
  if (header.rtm_protocol != RTPROT_STATIC || header.rtm_family != AF_INET) return;
  const auto attributes = NetlinkAttributes::Of(message, sizeof(header));
  const RouteKey key{attributes.U32(RTA_TABLE),
                     {attributes.Address(RTA_DST), header.rtm_dst_len},
                     attributes.U32(RTA_PRIORITY)};
  RouteValue value;
  if (const auto name = names.find(attributes.U32(RTA_OIF)); name != names.end()) {
    value.link = header.rtm_type == RTN_UNICAST ? name->second : "";
  }
  value.gateway = attributes.Address(RTA_GATEWAY);
  value.source = attributes.Address(RTA_PREFSRC);
  value.least_repeat_ms = attributes.Nested(RTA_METRICS).U32(RTAX_RTO_MIN);
  state.routes[key] = value;
}

void TakeRule(const nlmsghdr& message, NetworkState& state) {
  if (message.nlmsg_type != RTM_NEWRULE) return;
  const auto& header = HeaderOf<fib_rule_hdr>(message);
  const auto attributes = NetlinkAttributes::Of(message, sizeof(header));
  if (attributes.U8(FRA_PROTOCOL) != RTPROT_STATIC || header.family != AF_INET) return;
  state.rules.insert({attributes.U32(FRA_PRIORITY),
                      std::string(attributes.Text(FRA_IIFNAME)),
                      {attributes.Address(FRA_DST), header.dst_len},
                      attributes.U32(FRA_TABLE)});
}

template <typename Header>
NetlinkRequest Ask(std::uint16_t type, const char* what) {
  return {type, NLM_F_DUMP, Header{}, what};
}

}  // namespace

int NetworkState::IndexOf(std::string_view link) const {
  const auto found = links.find(link);
  return found == links.end() ? 0 : found->second.index;
}

Result<NetworkState> ReadLinks(NetlinkSocket& socket) {
  NetworkState state;
  auto links = Ask<ifinfomsg>(RTM_GETLINK, "reading the links");
  SCV_TRY(socket.Dump(links, [&](const nlmsghdr& message) { TakeLink(message, state); }));
  return state;
}

Result<LinkState> ReadLink(NetlinkSocket& socket, int index) {
  NetworkState state;
  ifinfomsg header{};
  header.ifi_index = index;
  NetlinkRequest request(RTM_GETLINK, 0, header, "reading a link");
  SCV_TRY(socket.Ask(request, [&](const nlmsghdr& message) { TakeLink(message, state); }));
  if (state.links.empty()) return Fail(ErrorKind::kNotFound, "reading a link: it is gone");
  return state.links.begin()->second;
}

Result<NetworkState> ReadNetworkState(NetlinkSocket& socket) {
  SCV_ASSIGN(NetworkState state, ReadLinks(socket));
  Names names;
  for (const auto& [name, link] : state.links) names[static_cast<std::uint32_t>(link.index)] = name;
  auto addresses = Ask<ifaddrmsg>(RTM_GETADDR, "reading the addresses");
  SCV_TRY(socket.Dump(addresses, [&](const nlmsghdr& m) { TakeAddress(m, state, names); }));
  auto routes = Ask<rtmsg>(RTM_GETROUTE, "reading the routes");
  SCV_TRY(socket.Dump(routes, [&](const nlmsghdr& m) { TakeRoute(m, state, names); }));
  auto rules = Ask<fib_rule_hdr>(RTM_GETRULE, "reading the rules");
  SCV_TRY(socket.Dump(rules, [&](const nlmsghdr& m) { TakeRule(m, state); }));
  return state;
}

}  // namespace scv::world
