#include "world/linux/database_probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A packet's header is four bytes (length, sequence number), then the protocol's version, 10, or
// 0xff for an error. "Too many connections" is an answer, too: a standby would not have more.
// https://mariadb.com/kb/en/connection/#initial-handshake-packet
constexpr std::size_t kEnough = 5;
constexpr unsigned char kProtocol = 10;
constexpr unsigned char kError = 0xff;

}  // namespace

DatabaseProbe::DatabaseProbe(const std::string& address, int port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, address.c_str(), &name.sin_addr) != 1) return;
  UniqueFd made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made) return;
  // Closing resets: no trace of the probes is left waiting in the router's tables.
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(made.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  const int connected = ::connect(made.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name));
  if (connected == 0 || errno == EINPROGRESS) socket_ = std::move(made);
}

bool DatabaseProbe::Connects(Clock::time_point deadline) const {
  while (socket_) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    pollfd waiting{.fd = socket_.get(), .events = POLLOUT, .revents = 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0 && (waiting.revents & (POLLERR | POLLHUP)) == 0;
  }
  return false;
}

bool DatabaseProbe::Greets(Clock::time_point connected, Clock::time_point deadline) {
  if (!Connects(connected)) return false;
  for (;;) {
    std::array<unsigned char, kEnough> start{};
    const ssize_t count =
        ::recv(socket_.get(), start.data(), start.size(), MSG_DONTWAIT | MSG_PEEK);
    if (count == static_cast<ssize_t>(kEnough)) {
      return start.back() == kProtocol || start.back() == kError;
    }
    const bool later = errno == EAGAIN || errno == EINTR || errno == ENOTCONN;
    if (count == 0 || (count < 0 && !later)) return false;
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, static_cast<int>(left)) < 0 && errno != EINTR) return false;
  }
}

}  // namespace scv::world
