#include "world/linux/network_conntrack.h"

#include <arpa/inet.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include <cerrno>
#include <vector>

#include "world/linux/netlink.h"

namespace scv::world {
namespace {

constexpr std::uint16_t MessageType(int message) {
  return static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | message);
}

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

Result<void> ForgetConnections(const std::function<bool(const TrackedConnection&)>& goes) {
  SCV_ASSIGN(NetlinkSocket socket, NetlinkSocket::Open(NETLINK_NETFILTER));
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
