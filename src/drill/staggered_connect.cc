#include "drill/staggered_connect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace scv::drill {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Connecting, or connected; none: the address is none or refuses at once.
Fd Begin(const std::string& address, int port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, address.c_str(), &name.sin_addr) != 1) return {};
  Fd made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (made.get() < 0) return {};
  const int on = 1;
  ::setsockopt(made.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const int done = ::connect(made.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name));
  return done == 0 || errno == EINPROGRESS ? std::move(made) : Fd();
}

bool Connected(const pollfd& waiting) {
  int error = 0;
  socklen_t size = sizeof(error);
  return (waiting.revents & POLLOUT) != 0 &&
         ::getsockopt(waiting.fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

// The first of `attempts` that is connected by then; those that failed leave.
Fd WaitForOne(std::vector<Fd>& attempts, Clock::time_point deadline) {
  std::vector<pollfd> waiting;
  for (const Fd& attempt : attempts) waiting.push_back({attempt.get(), POLLOUT, 0});
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  ::poll(waiting.data(), waiting.size(), std::max(static_cast<int>(left), 0));
  std::vector<Fd> others;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (Connected(waiting[i])) return std::move(attempts[i]);
    if (waiting[i].revents == 0) others.push_back(std::move(attempts[i]));
  }
  attempts = std::move(others);
  return {};
}

}  // namespace

Fd ConnectStaggered(const std::vector<std::string>& addresses, int port, milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  std::vector<Fd> attempts;
  auto next = addresses.begin();
  auto next_at = Clock::now();
  while (Clock::now() < deadline && (next != addresses.end() || !attempts.empty())) {
    if (next != addresses.end() && (attempts.empty() || Clock::now() >= next_at)) {
      Fd begun = Begin(*next++, port);
      if (begun.get() < 0) continue;
      attempts.push_back(std::move(begun));
      next_at = Clock::now() + kAttemptDelay;
    }
    const bool more = next != addresses.end();
    Fd connected = WaitForOne(attempts, more ? std::min(next_at, deadline) : deadline);
    if (connected.get() >= 0) return connected;
  }
  return {};
}

}  // namespace scv::drill
