#include "provider/acceptor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "provider/server.h"

namespace scv::provider {
namespace {

ino_t InodeOf(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

}  // namespace

Acceptor::Acceptor(int listener, int connections_max, std::function<void(int)> take)
    : listener_(listener),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      connections_max_(connections_max),
      take_(std::move(take)) {
  sockaddr_in address{};
  socklen_t length = sizeof(address);
  if (wake_ < 0 || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("the listening socket is not one");
  }
  port_ = ntohs(address.sin_port);
  ::fcntl(listener_, F_SETFL, ::fcntl(listener_, F_GETFL) | O_NONBLOCK);
  thread_ = std::thread([this] { Run(); });
}

Acceptor::~Acceptor() {
  ::eventfd_write(wake_, 1);
  thread_.join();
  ::close(wake_);
  ::close(listener_);
}

void Acceptor::Run() {
  pollfd waits[2] = {{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
  for (;;) {
    if (::poll(waits, 2, -1) < 0 && errno != EINTR) return;
    if (waits[1].revents != 0) return;
    if (waits[0].revents != 0) AcceptOne();
  }
}

void Acceptor::AcceptOne() {
  const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) {
    // Out of descriptors: the connection stays in the queue; do not spin on it.
    if (errno == EMFILE || errno == ENFILE) {
      pollfd wait{wake_, POLLIN, 0};
      ::poll(&wait, 1, 100);
    }
    return;
  }
  ForgetClosed();
  if (open_.size() >= static_cast<std::size_t>(connections_max_)) {
    ::close(fd);
    return;
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  open_[fd] = InodeOf(fd);
  take_(fd);
}

void Acceptor::ForgetClosed() {
  std::erase_if(open_, [](const auto& entry) { return InodeOf(entry.first) != entry.second; });
}

Result<int> ListenOnLoopback(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (fd >= 0) ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(fd, 64) != 0) {
    const int error = errno;
    if (fd >= 0) ::close(fd);
    return Fail(error == EADDRINUSE ? ErrorKind::kConflict : ErrorKind::kUnavailable,
                "cannot listen on 127.0.0.1:" + std::to_string(port) + " (error " +
                    std::to_string(error) + "); choose another port");
  }
  return fd;
}

}  // namespace scv::provider
