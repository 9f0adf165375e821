#include "world/linux/namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <string>

namespace scv::world {
namespace {

Error SystemError(std::string what, int error_number) {
  what.append(": ").append(std::strerror(error_number));
  ErrorKind kind = ErrorKind::kInternal;
  if (error_number == EROFS) {
    kind = ErrorKind::kDenied;
    what += "; the lab needs a /proc/sys that it may write, which this container does not give";
  } else if (error_number == EPERM || error_number == EACCES) {
    kind = ErrorKind::kDenied;
    what += "; the lab needs its own network: run it as root or in a user namespace";
  } else if (error_number == ENOENT) {
    kind = ErrorKind::kNotFound;
  } else if (error_number == ENOSPC || error_number == EMFILE || error_number == ENOMEM) {
    kind = ErrorKind::kOverloaded;
    what += "; see the limits user.max_net_namespaces and \"ulimit -n\"";
  }
  return {kind, std::move(what)};
}

}  // namespace

Result<UniqueFd> CurrentNetworkNamespace() {
  UniqueFd fd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(SystemError("opening /proc/thread-self/ns/net", errno));
  return fd;
}

Result<UniqueFd> NewNetworkNamespace() {
  SCV_ASSIGN(UniqueFd home, CurrentNetworkNamespace());
  if (::unshare(CLONE_NEWNET) != 0) {
    return std::unexpected(SystemError("making a network namespace", errno));
  }
  auto made = CurrentNetworkNamespace();
  if (::setns(home.get(), CLONE_NEWNET) != 0) std::terminate();
  return made;
}

Result<InsideNamespace> InsideNamespace::Enter(int network_namespace) {
  SCV_ASSIGN(UniqueFd home, CurrentNetworkNamespace());
  if (::setns(network_namespace, CLONE_NEWNET) != 0) {
    return std::unexpected(SystemError("entering a network namespace", errno));
  }
  return InsideNamespace(std::move(home));
}

InsideNamespace::~InsideNamespace() {
  if (home_ && ::setns(home_.get(), CLONE_NEWNET) != 0) std::terminate();
}

Result<void> InsideNamespace::Set(std::string_view setting, std::string_view value) const {
  const std::string path = std::string("/proc/sys/net/").append(setting);
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), value.data(), value.size()) < 0) {
    return std::unexpected(SystemError("setting " + path, errno));
  }
  return {};
}

}  // namespace scv::world
