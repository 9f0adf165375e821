#include "provider/acceptor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
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
  if (wake_ < 0) throw std::runtime_error("there is no descriptor left to wake up with");
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
  open_[fd] = InodeOf(fd);
  take_(fd);
}

void Acceptor::ForgetClosed() {
  std::erase_if(open_, [](const auto& entry) { return InodeOf(entry.first) != entry.second; });
}

Result<int> ListenAt(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof(address.sun_path)) {
    return Fail(ErrorKind::kInvalid, "the path of the provider's socket is longer than " +
                                         std::to_string(sizeof(address.sun_path) - 1) +
                                         " bytes: " + text + "; use a shorter directory");
  }
  std::memcpy(address.sun_path, text.data(), text.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::unlink(text.c_str());
  // On Linux the socket is made with the descriptor's mode: nobody else can ever connect.
  if (fd < 0 || ::fchmod(fd, 0600) != 0 ||
      ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(fd, 64) != 0) {
    const std::string why = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    return Fail(ErrorKind::kUnavailable, "cannot listen at " + text + ": " + why);
  }
  return fd;
}

}  // namespace scv::provider
