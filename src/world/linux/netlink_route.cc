#include "world/linux/netlink_route.h"

#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>

#include <cerrno>

namespace scv::world {
namespace {

ifinfomsg LinkHeader(int index) {
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = index;
  return header;
}

void PutMac(NetlinkRequest& request, const Mac& mac) {
  if (mac != Mac{}) request.Put(IFLA_ADDRESS, std::as_bytes(std::span(mac)));
}

ifaddrmsg AddressHeader(const AddressKey& address, int index) {
  ifaddrmsg header{};
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = static_cast<std::uint8_t>(address.prefix.length);
  header.ifa_scope = RT_SCOPE_UNIVERSE;
  header.ifa_index = static_cast<std::uint32_t>(index);
  return header;
}

rtmsg RouteHeader(const RouteKey& key, const RouteValue& value) {
  rtmsg header{};
  header.rtm_family = AF_INET;
  header.rtm_dst_len = static_cast<std::uint8_t>(key.destination.length);
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_type = value.link.empty() ? RTN_UNREACHABLE : RTN_UNICAST;
  const bool direct = !value.link.empty() && value.gateway == 0;
  header.rtm_scope = direct ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  return header;
}

void PutRouteKey(NetlinkRequest& request, const RouteKey& key) {
  request.Put(RTA_TABLE, key.table).Put(RTA_PRIORITY, key.metric);
  if (key.destination.length > 0) request.PutAddress(RTA_DST, key.destination.address);
}

fib_rule_hdr RuleHeader(const RuleState& rule) {
  fib_rule_hdr header{};
  header.family = AF_INET;
  header.dst_len = static_cast<std::uint8_t>(rule.destination.length);
  header.action = FR_ACT_TO_TBL;
  return header;
}

void PutRule(NetlinkRequest& request, const RuleState& rule) {
  request.Put(FRA_PRIORITY, rule.priority)
      .Put(FRA_TABLE, rule.table)
      .Put(FRA_PROTOCOL, static_cast<std::uint8_t>(RTPROT_STATIC));
  if (!rule.in_link.empty()) request.Put(FRA_IIFNAME, std::string_view(rule.in_link));
  if (rule.destination.length > 0) request.PutAddress(FRA_DST, rule.destination.address);
}

std::string Describe(std::string_view what, render::Ipv4Prefix prefix, std::string_view link) {
  std::string text(what);
  text.append(" ").append(render::ToText(prefix.address));
  text.append("/").append(std::to_string(prefix.length));
  if (!link.empty()) text.append(" on ").append(link);
  return text;
}

}  // namespace

Mac MacOf(render::Ipv4 address) {
  const auto byte = [address](int shift) { return static_cast<std::uint8_t>(address >> shift); };
  return {0x02, 0xac, byte(24), byte(16), byte(8), byte(0)};
}

NetlinkRequest AddVeth(const NewVeth& link) {
  NetlinkRequest request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, LinkHeader(link.index),
                         "adding the link " + link.name);
  request.Put(IFLA_IFNAME, std::string_view(link.name));
  PutMac(request, link.mac);
  if (link.master != 0) request.Put(IFLA_MASTER, static_cast<std::uint32_t>(link.master));
  const std::size_t info = request.Open(IFLA_LINKINFO);
  request.Put(IFLA_INFO_KIND, std::string_view("veth"));
  const std::size_t data = request.Open(IFLA_INFO_DATA);
  const std::size_t peer = request.Open(VETH_INFO_PEER);
  request.Append(LinkHeader(link.peer_index));
  request.Put(IFLA_IFNAME, std::string_view(link.peer_name));
  PutMac(request, link.peer_mac);
  request.Put(IFLA_NET_NS_FD, static_cast<std::uint32_t>(link.peer_namespace));
  return request.Close(peer).Close(data).Close(info);
}

NetlinkRequest AddBridge(std::string_view name, int index, const Mac& mac) {
  NetlinkRequest request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, LinkHeader(index),
                         "adding the bridge " + std::string(name));
  request.Put(IFLA_IFNAME, name);
  PutMac(request, mac);
  const std::size_t info = request.Open(IFLA_LINKINFO);
  request.Put(IFLA_INFO_KIND, std::string_view("bridge"));
  const std::size_t data = request.Open(IFLA_INFO_DATA);
  request.Put(IFLA_BR_MCAST_SNOOPING, std::uint8_t{0});
  return request.Close(data).Close(info);
}

NetlinkRequest RaiseLink(std::string_view name, int index) {
  ifinfomsg header = LinkHeader(index);
  header.ifi_flags = IFF_UP;
  header.ifi_change = IFF_UP;
  return {RTM_NEWLINK, 0, header, "raising the link " + std::string(name)};
}

NetlinkRequest SetMaster(std::string_view name, int index, int master) {
  NetlinkRequest request(RTM_NEWLINK, 0, LinkHeader(index),
                         "attaching " + std::string(name) + " to its bridge");
  return request.Put(IFLA_MASTER, static_cast<std::uint32_t>(master));
}

NetlinkRequest DeleteLink(std::string_view name, int index) {
  NetlinkRequest request(RTM_DELLINK, 0, LinkHeader(index), "removing " + std::string(name));
  return request.Tolerate(ENODEV);
}

NetlinkRequest PutNeighbour(std::string_view link, int index, render::Ipv4 address,
                            const Mac& mac) {
  ndmsg header{};
  header.ndm_family = AF_INET;
  header.ndm_ifindex = index;
  header.ndm_state = NUD_PERMANENT;
  NetlinkRequest request(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, header,
                         Describe("adding the neighbour", {address, 32}, link));
  return request.PutAddress(NDA_DST, address).Put(NDA_LLADDR, std::as_bytes(std::span(mac)));
}

NetlinkRequest AddAddress(const AddressKey& address, std::string_view label, int index) {
  NetlinkRequest request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, AddressHeader(address, index),
                         Describe("adding the address", address.prefix, address.link));
  request.PutAddress(IFA_LOCAL, address.prefix.address);
  if (!label.empty()) request.Put(IFA_LABEL, label);
  return request;
}

NetlinkRequest DeleteAddress(const AddressKey& address, int index) {
  NetlinkRequest request(RTM_DELADDR, 0, AddressHeader(address, index),
                         Describe("removing the address", address.prefix, address.link));
  return request.PutAddress(IFA_LOCAL, address.prefix.address).Tolerate(EADDRNOTAVAIL);
}

NetlinkRequest PutRoute(const RouteKey& key, const RouteValue& value, int index) {
  NetlinkRequest request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, RouteHeader(key, value),
                         Describe("adding the route", key.destination, value.link));
  PutRouteKey(request, key);
  if (value.link.empty()) return request;
  request.Put(RTA_OIF, static_cast<std::uint32_t>(index));
  if (value.gateway != 0) request.PutAddress(RTA_GATEWAY, value.gateway);
  if (value.source != 0) request.PutAddress(RTA_PREFSRC, value.source);
  if (value.least_repeat_ms != 0) {
    const auto metrics = request.Open(RTA_METRICS);
    request.Put(RTAX_RTO_MIN, value.least_repeat_ms).Close(metrics);
  }
  return request;
}

NetlinkRequest DeleteRoute(const RouteKey& key, const RouteValue& value) {
  NetlinkRequest request(RTM_DELROUTE, 0, RouteHeader(key, value),
                         Describe("removing the route", key.destination, value.link));
  PutRouteKey(request, key);
  return request.Tolerate(ESRCH);
}

NetlinkRequest AddRule(const RuleState& rule) {
  NetlinkRequest request(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, RuleHeader(rule),
                         Describe("adding the rule for", rule.destination, rule.in_link));
  PutRule(request, rule);
  return request.Tolerate(EEXIST);
}

NetlinkRequest DeleteRule(const RuleState& rule) {
  NetlinkRequest request(RTM_DELRULE, 0, RuleHeader(rule),
                         Describe("removing the rule for", rule.destination, rule.in_link));
  PutRule(request, rule);
  return request.Tolerate(ENOENT);
}

}  // namespace scv::world
