// The layer that makes this machine's directories writable for a root of a user namespace.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <string_view>

#include "world/linux/lab_init_packets.h"
#include "world/linux/overlay.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;

constexpr std::array kTrees = {"/etc", "/usr", "/var", "/opt", "/srv"};
// Where programs open existing files for writing rather than put new ones in their place.
constexpr std::array<std::string_view, 4> kCopied = {"/etc", "/var/lib/dpkg", "/var/cache/debconf",
                                                     "/var/lib/apt"};
constexpr std::uintmax_t kFileSizeMax = 16 << 20;
constexpr std::size_t kEntriesMax = 500'000;

bool IsCopied(const fs::path& path) {
  const std::string parent = path.parent_path().string();
  return parent.starts_with("/etc") || std::ranges::find(kCopied, parent) != kCopied.end();
}

void CopyFile(const fs::path& from, const fs::path& to, const struct stat& status) {
  std::error_code failed;
  if (static_cast<std::uintmax_t>(status.st_size) > kFileSizeMax) return;
  // What this user may not read, the instance does without.
  if (fs::copy_file(from, to, failed)) ::chmod(to.c_str(), status.st_mode & 0777);
}

Result<void> CopyTree(const fs::path& tree, const fs::path& into, dev_t device) {
  std::error_code failed;
  std::size_t entries = 0;
  fs::recursive_directory_iterator next(tree, fs::directory_options::skip_permission_denied,
                                        failed);
  for (const fs::recursive_directory_iterator end; !failed && next != end; next.increment(failed)) {
    const fs::path& path = next->path();
    const fs::path target = into / path.relative_path();
    struct stat status {};
    if (++entries > kEntriesMax) break;
    if (::lstat(path.c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      if (status.st_dev != device) {
        next.disable_recursion_pending();
        continue;
      }
      if (::mkdir(target.c_str(), 0700) != 0 && errno != EEXIST) {
        return FailErrno(ErrorKind::kUnavailable, "making " + target.string(), errno);
      }
      ::chmod(target.c_str(), (status.st_mode & 01777) | 0700);
    } else if (S_ISREG(status.st_mode) && IsCopied(path)) {
      CopyFile(path, target, status);
    }
  }
  return {};
}

Result<void> Build(const fs::path& directory) {
  struct stat root {};
  if (::stat("/", &root) != 0) return FailErrno(ErrorKind::kInternal, "reading /", errno);
  for (const char* tree : kTrees) {
    struct stat status {};
    if (::lstat(tree, &status) != 0 || !S_ISDIR(status.st_mode)) continue;
    std::error_code failed;
    fs::create_directories(directory / fs::path(tree).relative_path(), failed);
    SCV_TRY(CopyTree(tree, directory, root.st_dev));
  }
  return {};
}

}  // namespace

Result<void> PrepareSkeleton(const fs::path& directory) {
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  std::error_code failed;
  if (fs::exists(directory, failed)) return {};
  const fs::path next = directory.string() + ".next";
  fs::remove_all(next, failed);
  fs::create_directories(next, failed);
  ::chmod(next.c_str(), 0755);
  SCV_TRY(Build(next));
  fs::rename(next, directory, failed);
  if (!failed) return {};
  return Fail(ErrorKind::kUnavailable, "preparing the instances' files: " + failed.message());
}

}  // namespace scv::world
