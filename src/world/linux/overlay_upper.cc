#include "world/linux/overlay_upper.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "world/linux/fd_store.h"
#include "world/linux/lab_init_packets.h"

namespace scv::world {
namespace {

constexpr mode_t kModeBits = 07777;

std::unexpected<Error> FailAt(const char* what, const std::filesystem::path& path) {
  return FailErrno(ErrorKind::kInternal, std::string(what) + " " + path.string(), errno);
}

}  // namespace

Result<void> UpperLayer::MakeDirectory(const std::filesystem::path& path) const {
  if (path == path.root_path()) return {};
  const auto here = In(path);
  struct stat status {};
  if (::lstat(here.c_str(), &status) == 0) return {};
  SCV_TRY(MakeDirectory(path.parent_path()));
  if (::mkdir(here.c_str(), 0755) != 0) return FailAt("making the directory", path);
  if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return {};
  // Owners that have no number in this user namespace cannot be taken over.
  if (::lchown(here.c_str(), status.st_uid, status.st_gid) != 0 && errno != EINVAL &&
      errno != EPERM) {
    return FailAt("giving its owner to", path);
  }
  if (::chmod(here.c_str(), status.st_mode & kModeBits) != 0)
    return FailAt("setting the mode of", path);
  return {};
}

Result<void> UpperLayer::Write(const std::filesystem::path& path, std::string_view text,
                               mode_t mode) const {
  SCV_TRY(MakeDirectory(path.parent_path()));
  const UniqueFd file(
      ::open(In(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return FailAt("making", path);
  while (!text.empty()) {
    const ssize_t size = ::write(file.get(), text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return FailAt("writing", path);
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  if (::fchmod(file.get(), mode) != 0) return FailAt("setting the mode of", path);
  return {};
}

Result<void> UpperLayer::Hide(const std::filesystem::path& path) const {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  SCV_TRY(MakeDirectory(path.parent_path()));
  // The device 0/0 says to the overlay: there is nothing here.
  if (::mknod(In(path).c_str(), S_IFCHR, makedev(0, 0)) != 0 && errno != EEXIST) {
    return FailAt("hiding", path);
  }
  return {};
}

Result<void> UpperLayer::Empty(const std::filesystem::path& path) const {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return {};
  SCV_TRY(MakeDirectory(path));
  const char* attribute = user_attributes_ ? "user.overlay.opaque" : "trusted.overlay.opaque";
  if (::setxattr(In(path).c_str(), attribute, "y", 1, 0) == 0) return {};
  // A kernel before 6.6 has no such attribute on a tmpfs in a user namespace.
  if (errno == EOPNOTSUPP || errno == EPERM) {
    ::rmdir(In(path).c_str());
    return Hide(path);
  }
  return FailAt("emptying", path);
}

}  // namespace scv::world
