#include "world/linux/lab_init_packets.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace scv::world {
namespace {

constexpr std::size_t kNameSizeMax = 200;
constexpr int kBacklog = 16;

// Room for the descriptors of one packet, aligned as the kernel wants it.
union Control {
  std::array<char, CMSG_SPACE(sizeof(int) * kPacketDescriptorsMax)> bytes;
  cmsghdr align;
};

struct Address {
  UniqueFd directory;
  sockaddr_un value{};
};

Result<Address> AddressOf(const std::filesystem::path& directory, std::string_view name) {
  Address address{.directory = UniqueFd(::open(directory.c_str(), O_PATH | O_CLOEXEC)),
                  .value = {}};
  if (!address.directory) {
    return FailErrno(ErrorKind::kNotFound, "opening " + directory.string(), errno);
  }
  const std::string path =
      "/proc/self/fd/" + std::to_string(address.directory.get()) + "/" + std::string(name);
  if (path.size() >= sizeof(address.value.sun_path)) {
    return Fail(ErrorKind::kInvalid, "the socket's name is too long: " + std::string(name));
  }
  address.value.sun_family = AF_UNIX;
  std::ranges::copy(path, address.value.sun_path);
  return address;
}

Result<UniqueFd> MakeSocket(int flags) {
  UniqueFd made(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0));
  if (!made) return FailErrno(ErrorKind::kInternal, "making a Unix socket", errno);
  return made;
}

Result<void> WaitReadable(int socket, Deadline deadline) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Fail(ErrorKind::kTimeout, "no answer in time");
    pollfd waited{.fd = socket, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(left.count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) {
      return FailErrno(ErrorKind::kInternal, "waiting for a packet", errno);
    }
  }
}

void TakeDescriptors(msghdr& message, std::vector<UniqueFd>& into) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
      into.emplace_back(fd);
    }
  }
}

}  // namespace

std::unexpected<Error> FailErrno(ErrorKind kind, std::string what, int error_number) {
  return Fail(kind, std::move(what) + ": " + std::strerror(error_number));
}

bool IsFdName(std::string_view name) {
  return !name.empty() && name.size() <= kNameSizeMax && std::ranges::all_of(name, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '/' ||
           c == '-' || c == '~';
  });
}

Result<void> SendPacket(int socket, std::string_view text, std::span<const int> descriptors) {
  if (text.size() > kPacketSizeMax || descriptors.size() > kPacketDescriptorsMax) {
    return Fail(ErrorKind::kInvalid, "too much for one packet");
  }
  iovec data{.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
  Control control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = control.bytes.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(part), descriptors.data(), descriptors.size_bytes());
  }
  for (;;) {
    if (::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return {};
    if (errno == EINTR) continue;
    return FailErrno(errno == EAGAIN ? ErrorKind::kOverloaded : ErrorKind::kUnavailable,
                     "sending a packet", errno);
  }
}

Result<Packet> ReceivePacket(int socket, Deadline deadline) {
  const auto buffer = std::make_unique_for_overwrite<char[]>(kPacketSizeMax);
  for (;;) {
    SCV_TRY(WaitReadable(socket, deadline));
    iovec data{.iov_base = buffer.get(), .iov_len = kPacketSizeMax};
    Control control{};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    const ssize_t size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size < 0) return FailErrno(ErrorKind::kUnavailable, "receiving a packet", errno);
    Packet packet;
    TakeDescriptors(message, packet.descriptors);
    if (size == 0) return Fail(ErrorKind::kUnavailable, "the other side closed the connection");
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
      return Fail(ErrorKind::kInvalid, "a packet is too large");
    }
    packet.text.assign(buffer.get(), static_cast<std::size_t>(size));
    return packet;
  }
}

Result<UniqueFd> ListenPackets(const std::filesystem::path& directory, std::string_view name) {
  SCV_ASSIGN(const Address address, AddressOf(directory, name));
  SCV_ASSIGN(UniqueFd listener, MakeSocket(SOCK_NONBLOCK));
  const std::string path = (directory / name).string();
  std::error_code ignored;
  std::filesystem::remove(directory / name, ignored);
  const mode_t before = ::umask(0177);
  const int bound = ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address.value),
                           sizeof(address.value));
  const int bind_error = errno;
  ::umask(before);
  if (bound != 0) return FailErrno(ErrorKind::kInternal, "binding " + path, bind_error);
  if (::listen(listener.get(), kBacklog) != 0) {
    return FailErrno(ErrorKind::kInternal, "listening on " + path, errno);
  }
  return listener;
}

Result<UniqueFd> ConnectPackets(const std::filesystem::path& directory, std::string_view name) {
  SCV_ASSIGN(const Address address, AddressOf(directory, name));
  SCV_ASSIGN(UniqueFd connected, MakeSocket(0));
  if (::connect(connected.get(), reinterpret_cast<const sockaddr*>(&address.value),
                sizeof(address.value)) != 0) {
    return FailErrno(ErrorKind::kUnavailable, "connecting to " + (directory / name).string(),
                     errno);
  }
  return connected;
}

}  // namespace scv::world
