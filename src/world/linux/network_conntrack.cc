#include "world/linux/network_conntrack.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include <cerrno>
#include <vector>

namespace scv::world {
namespace {

constexpr std::uint16_t MessageType(int message) {
  return static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | message);
}

// Of the first packet's addresses, those that a filter compares; the kernel's headers for programs
// do not have the names (CTA_FILTER_F_CTA_IP_SRC and _DST).
constexpr std::uint32_t kFilterSource = 1, kFilterDestination = 2;

nfgenmsg Header() {
  nfgenmsg header{};
  header.nfgen_family = AF_INET;
  header.version = NFNETLINK_V0;
  return header;
}

TrackedConnection Read(const NetlinkAttributes& attributes) {
  const auto original = attributes.Nested(CTA_TUPLE_ORIG);
  const auto reply = attributes.Nested(CTA_TUPLE_REPLY).Nested(CTA_TUPLE_IP);
  TrackedConnection connection;
  connection.source = original.Nested(CTA_TUPLE_IP).Address(CTA_IP_V4_SRC);
  connection.destination = original.Nested(CTA_TUPLE_IP).Address(CTA_IP_V4_DST);
  connection.protocol = original.Nested(CTA_TUPLE_PROTO).U8(CTA_PROTO_NUM);
  connection.destination_port = original.Nested(CTA_TUPLE_PROTO).BigU16(CTA_PROTO_DST_PORT);
  connection.reply_source = reply.Address(CTA_IP_V4_SRC);
  connection.reply_destination = reply.Address(CTA_IP_V4_DST);
  return connection;
}

// Names a connection by what it began with and by the kernel's number for it.
NetlinkRequest Forget(const NetlinkAttributes& attributes) {
  NetlinkRequest request(MessageType(IPCTNL_MSG_CT_DELETE), 0, Header(), "forgetting a connection");
  request.Put(CTA_TUPLE_ORIG | NLA_F_NESTED, attributes.Find(CTA_TUPLE_ORIG));
  request.Put(CTA_ID, attributes.Find(CTA_ID));
  return request.Tolerate(ENOENT);
}

}  // namespace

Result<void> ForgetConnectionsWith(NetlinkSocket& socket, render::Ipv4 peer, bool inbound) {
  NetlinkRequest request(MessageType(IPCTNL_MSG_CT_DELETE), 0, Header(),
                         "forgetting the connections with an address");
  const std::size_t tuple = request.Open(CTA_TUPLE_ORIG);
  const std::size_t addresses = request.Open(CTA_TUPLE_IP);
  request.PutAddress(CTA_IP_V4_SRC, peer).PutAddress(CTA_IP_V4_DST, peer);
  request.Close(addresses).Close(tuple);
  const std::size_t filter = request.Open(CTA_FILTER);
  request.Put(CTA_FILTER_ORIG_FLAGS, inbound ? kFilterSource : kFilterDestination);
  request.Put(CTA_FILTER_REPLY_FLAGS, std::uint32_t{0}).Close(filter);
  return socket.Carry(std::span(&request, 1));
}

Result<void> ForgetConnections(NetlinkSocket& socket,
                               const std::function<bool(const TrackedConnection&)>& goes) {
  std::vector<NetlinkRequest> requests;
  NetlinkRequest dump(MessageType(IPCTNL_MSG_CT_GET), NLM_F_DUMP, Header(),
                      "reading the tracked connections");
  SCV_TRY(socket.Dump(dump, [&](const nlmsghdr& message) {
    const auto attributes = NetlinkAttributes::Of(message, sizeof(nfgenmsg));
    if (goes(Read(attributes))) requests.push_back(Forget(attributes));
  }));
  return socket.Carry(requests);
}

}  // namespace scv::world
