#include "fault/relay.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace scv::fault {
namespace {

constexpr std::size_t kChunk = 64 * 1024;
constexpr int kBacklog = 128;

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void NoDelay(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

// Closes with a reset instead of an orderly end.
void Reset(int fd) {
  const linger at_once{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  ::close(fd);
}

}  // namespace

Result<std::unique_ptr<Relay>> Relay::Start(std::uint16_t target) {
  std::unique_ptr<Relay> relay(new Relay);
  relay->target_ = target;
  relay->listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  relay->wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(relay->listener_, generic, size) != 0 || ::listen(relay->listener_, kBacklog) != 0 ||
      ::getsockname(relay->listener_, generic, &size) != 0) {
    return Fail(ErrorKind::kInternal, std::string("relay: ") + std::strerror(errno));
  }
  relay->port_ = ntohs(address.sin_port);
  relay->thread_ =
      std::jthread([self = relay.get()](const std::stop_token& stop) { self->Run(stop); });
  return relay;
}

Relay::~Relay() {
  if (thread_.joinable()) {
    thread_.request_stop();
    Wake();
    thread_.join();
  }
  for (auto& pair : pairs_) CloseHard(*pair);
  if (listener_ >= 0) ::close(listener_);
  if (wake_ >= 0) ::close(wake_);
}

void Relay::Wake() const {
  const std::uint64_t one = 1;
  if (::write(wake_, &one, sizeof(one)) < 0) return;  // it is awake already
}

void Relay::Cut() {
  std::lock_guard lock(mutex_);
  for (auto& pair : pairs_) pair->dead = true;
  Wake();
}

void Relay::Forget() {
  std::lock_guard lock(mutex_);
  for (auto& pair : pairs_) pair->forgotten = true;
  Wake();
}

void Relay::Hold(bool hold) {
  std::lock_guard lock(mutex_);
  hold_ = hold;
  Wake();
}

void Relay::Refuse(bool refuse) {
  std::lock_guard lock(mutex_);
  refuse_ = refuse;
  Wake();
}

void Relay::CloseHard(Pair& pair) {
  Reset(pair.there.from);
  Reset(pair.back.from);
}

void Relay::Accept() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  if (refuse_) return Reset(client);
  // On loopback connect() does not wait: the other side's kernel answers.
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(target_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(server);
    return Reset(client);
  }
  NoDelay(client);
  NoDelay(server);
  auto pair = std::make_unique<Pair>();
  pair->there.from = pair->back.to = client;
  pair->there.to = pair->back.from = server;
  pairs_.push_back(std::move(pair));
}

std::vector<Relay::Pair*> Relay::Passing() const {
  std::vector<Pair*> passing;
  if (hold_) return passing;
  for (const auto& pair : pairs_) {
    if (!pair->forgotten) passing.push_back(pair.get());
  }
  return passing;
}

// Writes what is left, or reads a chunk and writes that.
void Relay::Pump(Direction& direction, short from_events, Pair& pair) {
  if (direction.bytes.empty() && !direction.ended && from_events != 0) {
    std::array<char, kChunk> chunk{};
    const ssize_t got = ::recv(direction.from, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (got > 0) direction.bytes.assign(chunk.begin(), chunk.begin() + got);
    if (got == 0) {
      direction.ended = true;
      ::shutdown(direction.to, SHUT_WR);
    }
    if (got < 0 && errno != EAGAIN && errno != EINTR) pair.dead = true;
  }
  if (direction.bytes.empty()) return;
  const ssize_t put = ::send(direction.to, direction.bytes.data(), direction.bytes.size(),
                             MSG_DONTWAIT | MSG_NOSIGNAL);
  if (put > 0) direction.bytes.erase(direction.bytes.begin(), direction.bytes.begin() + put);
  if (put < 0 && errno != EAGAIN && errno != EINTR) pair.dead = true;
}

void Relay::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    std::vector<pollfd> events{{wake_, POLLIN, 0},
                               {listener_, static_cast<short>(hold_ ? 0 : POLLIN), 0}};
    const std::vector<Pair*> passing = Passing();
    for (const Pair* pair : passing) {
      const auto wanted = [](const Direction& in, const Direction& out) {
        return static_cast<short>((in.bytes.empty() && !in.ended ? POLLIN : 0) |
                                  (out.bytes.empty() ? 0 : POLLOUT));
      };
      events.push_back({pair->there.from, wanted(pair->there, pair->back), 0});
      events.push_back({pair->back.from, wanted(pair->back, pair->there), 0});
    }
    lock.unlock();
    ::poll(events.data(), events.size(), -1);
    std::uint64_t count = 0;
    if (::read(wake_, &count, sizeof(count)) < 0) count = 0;
    lock.lock();
    if (!hold_) {
      for (std::size_t i = 0; i < passing.size(); ++i) {
        Pair& pair = *passing[i];
        if (pair.forgotten || pair.dead) continue;
        Pump(pair.there, events[2 + 2 * i].revents, pair);
        Pump(pair.back, events[3 + 2 * i].revents, pair);
        if (pair.there.ended && pair.back.ended) pair.dead = true;
      }
      if (events[1].revents != 0) Accept();
    }
    std::erase_if(pairs_, [](const std::unique_ptr<Pair>& pair) {
      if (pair->dead) CloseHard(*pair);
      return pair->dead;
    });
  }
}

}  // namespace scv::fault
