#include "world/linux/netlink.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace scv::world {
namespace {

constexpr std::size_t kCarriedAtOnceMax = 64;  // their answers fit into the socket's buffer
constexpr int kBufferBytes = 1024 * 1024;
constexpr int kAnswerSecondsMax = 10;

Error SystemError(std::string_view what, int error_number, std::string_view detail = {}) {
  std::string message(what);
  message.append(": ").append(std::strerror(error_number));
  if (!detail.empty()) message.append(" (").append(detail).append(")");
  ErrorKind kind = ErrorKind::kInternal;
  if (error_number == EPERM || error_number == EACCES) {
    kind = ErrorKind::kDenied;
    message += "; the lab needs its own network: run it as root or in a user namespace";
  } else if (error_number == EAGAIN) {
    kind = ErrorKind::kTimeout;
  } else if (error_number == ENOBUFS || error_number == ENOMEM || error_number == EMFILE) {
    kind = ErrorKind::kOverloaded;
  }
  return {kind, std::move(message)};
}

// The words that newer kernels add to an error.
std::string_view DetailOf(const nlmsghdr& message) {
  if ((message.nlmsg_flags & NLM_F_ACK_TLVS) == 0) return {};
  const auto& error = HeaderOf<nlmsgerr>(message);
  std::size_t size = sizeof(nlmsgerr);
  if ((message.nlmsg_flags & NLM_F_CAPPED) == 0) size += error.msg.nlmsg_len - sizeof(nlmsghdr);
  if (NLMSG_LENGTH(size) >= message.nlmsg_len) return {};
  return NetlinkAttributes::Of(message, size).Text(NLMSGERR_ATTR_MSG);
}

// Walks through the messages of one receipt; `take` says whether to go on.
template <typename Take>
bool ForEachMessage(std::span<const std::byte> received, const Take& take) {
  while (received.size() >= sizeof(nlmsghdr)) {
    const auto& message = *reinterpret_cast<const nlmsghdr*>(received.data());
    if (message.nlmsg_len < sizeof(nlmsghdr) || message.nlmsg_len > received.size()) return true;
    if (!take(message)) return false;
    received =
        received.subspan(std::min<std::size_t>(NLMSG_ALIGN(message.nlmsg_len), received.size()));
  }
  return true;
}

}  // namespace

void NetlinkRequest::Start(std::uint16_t type, int flags, std::span<const std::byte> header) {
  nlmsghdr start{};
  start.nlmsg_type = type;
  start.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  Add(std::as_bytes(std::span(&start, 1)));
  Add(header);
}

void NetlinkRequest::Add(std::span<const std::byte> bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  bytes_.resize(NLMSG_ALIGN(bytes_.size()));
  header().nlmsg_len = static_cast<std::uint32_t>(bytes_.size());
}

NetlinkRequest& NetlinkRequest::Put(int attribute, std::span<const std::byte> value) {
  nlattr start{};
  start.nla_type = static_cast<std::uint16_t>(attribute);
  start.nla_len = static_cast<std::uint16_t>(sizeof(start) + value.size());
  Add(std::as_bytes(std::span(&start, 1)));
  Add(value);
  return *this;
}

NetlinkRequest& NetlinkRequest::Put(int attribute, std::uint8_t value) {
  return Put(attribute, std::as_bytes(std::span(&value, 1)));
}

NetlinkRequest& NetlinkRequest::Put(int attribute, std::uint16_t value) {
  return Put(attribute, std::as_bytes(std::span(&value, 1)));
}

NetlinkRequest& NetlinkRequest::Put(int attribute, std::uint32_t value) {
  return Put(attribute, std::as_bytes(std::span(&value, 1)));
}

NetlinkRequest& NetlinkRequest::Put(int attribute, std::string_view value) {
  const std::string ended(value);
  return Put(attribute, std::as_bytes(std::span(ended.c_str(), ended.size() + 1)));
}

NetlinkRequest& NetlinkRequest::PutAddress(int attribute, std::uint32_t address) {
  return Put(attribute, static_cast<std::uint32_t>(htonl(address)));
}

std::size_t NetlinkRequest::Open(int attribute) {
  const std::size_t opened = bytes_.size();
  Put(attribute | NLA_F_NESTED, std::span<const std::byte>());
  return opened;
}

NetlinkRequest& NetlinkRequest::Close(std::size_t opened) {
  auto& start = *reinterpret_cast<nlattr*>(bytes_.data() + opened);
  start.nla_len = static_cast<std::uint16_t>(bytes_.size() - opened);
  return *this;
}

NetlinkRequest& NetlinkRequest::Tolerate(int error_number) {
  tolerated_.push_back(error_number);
  return *this;
}

NetlinkAttributes NetlinkAttributes::Of(const nlmsghdr& message, std::size_t header_size) {
  const auto* const start = reinterpret_cast<const std::byte*>(&message);
  const std::size_t skipped = NLMSG_SPACE(header_size);
  if (skipped >= message.nlmsg_len) return NetlinkAttributes({});
  return NetlinkAttributes({start + skipped, message.nlmsg_len - skipped});
}

std::span<const std::byte> NetlinkAttributes::Find(int attribute) const {
  std::span<const std::byte> rest = bytes_;
  while (rest.size() >= sizeof(nlattr)) {
    nlattr start;
    std::memcpy(&start, rest.data(), sizeof(start));
    if (start.nla_len < sizeof(start) || start.nla_len > rest.size()) break;
    if ((start.nla_type & NLA_TYPE_MASK) == attribute) {
      return rest.subspan(sizeof(start), start.nla_len - sizeof(start));
    }
    rest = rest.subspan(std::min<std::size_t>(NLA_ALIGN(start.nla_len), rest.size()));
  }
  return {};
}

namespace {
template <typename Number>
Number ReadNumber(std::span<const std::byte> bytes) {
  Number value{};
  if (bytes.size() >= sizeof(value)) std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}
}  // namespace

std::uint8_t NetlinkAttributes::U8(int attribute) const {
  return ReadNumber<std::uint8_t>(Find(attribute));
}

std::uint16_t NetlinkAttributes::BigU16(int attribute) const {
  return ntohs(ReadNumber<std::uint16_t>(Find(attribute)));
}

std::uint32_t NetlinkAttributes::U32(int attribute) const {
  return ReadNumber<std::uint32_t>(Find(attribute));
}

std::uint32_t NetlinkAttributes::Address(int attribute) const { return ntohl(U32(attribute)); }

std::string_view NetlinkAttributes::Text(int attribute) const {
  const auto bytes = Find(attribute);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.substr(0, text.find('\0'));
}

Result<NetlinkSocket> NetlinkSocket::Open(int protocol) {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  if (!fd) return std::unexpected(SystemError("opening a netlink socket", errno));
  const int on = 1;
  const timeval limit{.tv_sec = kAnswerSecondsMax, .tv_usec = 0};
  // Best effort: without them there are fewer words in errors, and smaller batches would do.
  ::setsockopt(fd.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
  ::setsockopt(fd.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
  ::setsockopt(fd.get(), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kBufferBytes, sizeof(kBufferBytes));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  return NetlinkSocket(std::move(fd));
}

Result<std::span<const std::byte>> NetlinkSocket::Receive(std::string_view what) {
  ssize_t size = 0;
  do {
    size = ::recv(fd_.get(), buffer_.data(), buffer_.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size < 0) return std::unexpected(SystemError(what, errno));
  return std::span<const std::byte>(buffer_.data(), static_cast<std::size_t>(size));
}

Result<void> NetlinkSocket::Carry(std::span<NetlinkRequest> requests) {
  Result<void> first;
  while (!requests.empty()) {
    const std::size_t count = std::min(requests.size(), kCarriedAtOnceMax);
    auto outcome = CarryFew(requests.first(count));
    if (first.has_value()) first = std::move(outcome);
    requests = requests.subspan(count);
  }
  return first;
}

Result<void> NetlinkSocket::CarryFew(std::span<NetlinkRequest> requests) {
  std::vector<iovec> parts;
  const std::uint32_t first = sequence_ + 1;
  for (NetlinkRequest& request : requests) {
    request.header().nlmsg_seq = ++sequence_;
    request.header().nlmsg_flags |= NLM_F_ACK;
    parts.push_back({request.bytes_.data(), request.bytes_.size()});
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  if (::sendmsg(fd_.get(), &message, 0) < 0) {
    return std::unexpected(SystemError(requests.front().what_, errno));
  }
  Result<void> outcome;
  std::size_t answered = 0;
  while (answered < requests.size()) {
    SCV_ASSIGN(const auto received, Receive(requests[answered].what_));
    ForEachMessage(received, [&](const nlmsghdr& answer) {
      const std::uint32_t index = answer.nlmsg_seq - first;
      if (answer.nlmsg_type != NLMSG_ERROR || index >= requests.size()) return true;
      ++answered;
      const int error_number = -HeaderOf<nlmsgerr>(answer).error;
      const NetlinkRequest& request = requests[index];
      if (error_number != 0 && outcome.has_value() &&
          std::ranges::find(request.tolerated_, error_number) == request.tolerated_.end()) {
        outcome = std::unexpected(SystemError(request.what_, error_number, DetailOf(answer)));
      }
      return true;
    });
  }
  return outcome;
}

Result<void> NetlinkSocket::Dump(NetlinkRequest& request,
                                 const std::function<void(const nlmsghdr&)>& take) {
  return Exchange(request, NLM_F_DUMP, take);
}

Result<void> NetlinkSocket::Ask(NetlinkRequest& request,
                                const std::function<void(const nlmsghdr&)>& take) {
  return Exchange(request, NLM_F_ACK, take);
}

Result<void> NetlinkSocket::Subscribe(int group) {
  if (::setsockopt(fd_.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) != 0) {
    return std::unexpected(SystemError("subscribing to the kernel's news", errno));
  }
  return {};
}

bool NetlinkSocket::Hear(std::chrono::milliseconds limit) {
  pollfd waiting{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, static_cast<int>(limit.count())) != 1) return false;
  while (::recv(fd_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT) > 0) {
  }
  return true;
}

Result<void> NetlinkSocket::Exchange(NetlinkRequest& request, int flags,
                                     const std::function<void(const nlmsghdr&)>& take) {
  request.header().nlmsg_seq = ++sequence_;
  request.header().nlmsg_flags |= static_cast<std::uint16_t>(flags);
  if (::send(fd_.get(), request.bytes_.data(), request.bytes_.size(), 0) < 0) {
    return std::unexpected(SystemError(request.what_, errno));
  }
  int error_number = 0;
  bool more = true;
  while (more) {
    SCV_ASSIGN(const auto received, Receive(request.what_));
    more = ForEachMessage(received, [&](const nlmsghdr& answer) {
      if (answer.nlmsg_seq != request.header().nlmsg_seq) return true;
      if (answer.nlmsg_type == NLMSG_ERROR) error_number = -HeaderOf<nlmsgerr>(answer).error;
      if (answer.nlmsg_type == NLMSG_ERROR || answer.nlmsg_type == NLMSG_DONE) return false;
      take(answer);
      return true;
    });
  }
  if (error_number != 0) return std::unexpected(SystemError(request.what_, error_number));
  return {};
}

}  // namespace scv::world
