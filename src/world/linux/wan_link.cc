#include "world/linux/wan_link.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace scv::world {
namespace {

// A burst at full speed waits here while the relay is at something else.
constexpr int kReceiveBuffer = 8 << 20;

Error LinkError(const std::string& interface, std::string_view what) {
  const int error_number = errno;
  const auto kind = error_number == EPERM ? ErrorKind::kDenied : ErrorKind::kInternal;
  return {kind, "the wide area's interface " + interface + ", " + std::string(what) + ": " +
                    std::strerror(error_number)};
}

bool SetOption(int fd, int level, int option, int value) {
  return ::setsockopt(fd, level, option, &value, sizeof(value)) == 0;
}

bool IsGone(int error_number) {
  return error_number == ENETDOWN || error_number == ENXIO || error_number == ENODEV;
}

}  // namespace

Result<WanLink> WanLink::Open(const std::string& interface) {
  // Protocol 0: nothing arrives before the socket is bound and set up.
  UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return std::unexpected(LinkError(interface, "opening a packet socket"));
  if (!SetOption(fd.get(), SOL_PACKET, PACKET_VNET_HDR, 1) ||
      !SetOption(fd.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)) {
    return std::unexpected(LinkError(interface, "setting it up"));
  }
  // Only root may have more than the machine's limit.
  if (!SetOption(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer)) {
    SetOption(fd.get(), SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  }
  sockaddr_ll name{};
  name.sll_family = AF_PACKET;
  name.sll_protocol = htons(ETH_P_ALL);
  name.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
  if (name.sll_ifindex == 0 ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0) {
    return std::unexpected(LinkError(interface, "binding to it"));
  }
  return WanLink(std::move(fd));
}

WanLink::Outcome WanLink::Receive(std::span<std::byte> buffer, std::span<const std::byte>& frame) {
  for (;;) {
    const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_TRUNC);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return IsGone(errno) ? Outcome::kGone : Outcome::kNothing;
    if (static_cast<std::size_t>(size) > buffer.size()) continue;
    frame = buffer.first(static_cast<std::size_t>(size));
    return Outcome::kDone;
  }
}

WanLink::Outcome WanLink::Send(std::span<const std::byte> frame) {
  for (;;) {
    const ssize_t size = ::send(fd_.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
    if (size >= 0) return Outcome::kDone;
    if (errno == EINTR) continue;
    return IsGone(errno) ? Outcome::kGone : Outcome::kNothing;
  }
}

}  // namespace scv::world
