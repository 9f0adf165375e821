#include "world/linux/lab_init_namespaces.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include "world/linux/fd_store.h"
#include "world/linux/lab_init_packets.h"

namespace scv::world {
namespace {

Result<void> WriteFile(const char* path, std::string_view text) {
  const UniqueFd file(::open(path, O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), text.data(), text.size()) < 0) {
    return FailErrno(ErrorKind::kDenied, std::string("writing ") + path, errno);
  }
  return {};
}

Error UserNamespaceError(int error_number) {
  std::string remedy = "run as root";
  if (error_number == ENOSPC || error_number == EUSERS) {
    remedy = "raise it with `sysctl user.max_user_namespaces=15000`, or run as root";
  } else if (error_number == EPERM || error_number == EACCES) {
    remedy =
        "allow them with `sysctl kernel.unprivileged_userns_clone=1` (Debian) or `sysctl "
        "kernel.apparmor_restrict_unprivileged_userns=0` (Ubuntu), or run as root";
  }
  return FailErrno(ErrorKind::kDenied, "entering a user namespace (" + remedy + ")", error_number)
      .error();
}

Result<void> RaiseLoopback() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::ranges::copy(std::string_view("lo"), request.ifr_name);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (!socket || ::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) {
    return FailErrno(ErrorKind::kInternal, "raising the lab's loopback interface", errno);
  }
  return {};
}

}  // namespace

bool MayMakeNamespaces() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return false;
  return (data[0].effective & (1U << CAP_SYS_ADMIN)) != 0;
}

Result<void> BecomeRootOfUserNamespace() {
  if (MayMakeNamespaces()) return {};
  const uid_t uid = ::geteuid();
  const gid_t gid = ::getegid();
  if (::unshare(CLONE_NEWUSER) != 0) return std::unexpected(UserNamespaceError(errno));
  SCV_TRY(WriteFile("/proc/self/setgroups", "deny"));
  SCV_TRY(WriteFile("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1"));
  SCV_TRY(WriteFile("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1"));
  return {};
}

Result<void> MakePidNamespace() {
  if (::unshare(CLONE_NEWPID) == 0) return {};
  return FailErrno(ErrorKind::kDenied,
                   "making a PID namespace (`scv doctor` says what this machine allows)", errno);
}

Result<void> FurnishLab(const std::filesystem::path& runtime, std::uint64_t runtime_bytes_max) {
  if (::unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC) != 0) {
    return FailErrno(ErrorKind::kDenied,
                     "making the lab's namespaces (`scv doctor` says what this machine allows)",
                     errno);
  }
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return FailErrno(ErrorKind::kDenied, "making the lab's mounts its own", errno);
  }
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
    return FailErrno(ErrorKind::kDenied,
                     "mounting /proc for the lab (inside a container this needs its own /proc "
                     "unmasked)",
                     errno);
  }
  const std::string options = "mode=0700,size=" + std::to_string(runtime_bytes_max);
  if (::mount("tmpfs", runtime.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
    return FailErrno(ErrorKind::kDenied, "mounting a tmpfs at " + runtime.string(), errno);
  }
  return RaiseLoopback();
}

}  // namespace scv::world
