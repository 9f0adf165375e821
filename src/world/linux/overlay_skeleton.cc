// The layer that makes this machine's directories writable for a root of a user namespace.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "world/linux/fd_store.h"
#include "world/linux/lab_init_packets.h"
#include "world/linux/overlay.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;

constexpr std::array kTrees = {"/etc", "/usr", "/var", "/opt", "/srv"};
// Where programs open existing files for writing rather than put new ones in their place.
constexpr std::array<std::string_view, 6> kCopied = {
    "/var/lib/dpkg",         "/var/lib/dpkg/alternatives", "/var/lib/dpkg/triggers",
    "/var/lib/dpkg/updates", "/var/cache/debconf",         "/var/lib/apt"};
constexpr off_t kFileSizeMax = 16 << 20;
constexpr std::size_t kDirectoriesMax = 500'000;

// What becomes of the plain files of a directory.
enum class Files { kLeave, kCopy, kClear };

Files FilesOf(const std::string& directory) {
  if (directory == "/etc" || directory.starts_with("/etc/")) return Files::kCopy;
  if (directory == "/var/log") return Files::kClear;
  return std::ranges::find(kCopied, directory) != kCopied.end() ? Files::kCopy : Files::kLeave;
}

void MakeFile(const std::string& from, const std::string& to, Files what) {
  struct stat status {};
  if (::lstat(from.c_str(), &status) != 0 || status.st_size > kFileSizeMax) return;
  std::error_code failed;
  if (what == Files::kClear) status.st_size = 0;
  // Of what this user may not read the instance gets only what is empty anyway: lock files.
  if (status.st_size == 0) {
    const UniqueFd empty(::open(to.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  } else if (!fs::copy_file(from, to, failed)) {
    return;
  }
  ::chmod(to.c_str(), status.st_mode & 0777);
}

// Breadth first, by what readdir(3) says of each entry's kind: most files need no look at all.
class Copier {
 public:
  Copier(std::string into, dev_t device) : into_(std::move(into)), device_(device) {}

  Result<void> Copy(const std::string& tree) {
    open_.push_back(tree);
    while (!open_.empty()) {
      const std::string directory = std::move(open_.front());
      open_.pop_front();
      SCV_TRY(CopyDirectory(directory));
    }
    return {};
  }

 private:
  Result<void> CopyDirectory(const std::string& directory) {
    struct stat status {};
    // Another file system that is mounted there is not below the overlay either.
    if (::lstat(directory.c_str(), &status) != 0 || status.st_dev != device_) return {};
    const std::string target = into_ + directory;
    if (++directories_ > kDirectoriesMax) return {};
    if (::mkdir(target.c_str(), (status.st_mode & 01777) | 0700) != 0 && errno != EEXIST) {
      return FailErrno(ErrorKind::kUnavailable, "making " + target, errno);
    }
    CopyEntries(directory, target);
    return {};
  }

  void CopyEntries(const std::string& directory, const std::string& target) {
    const Files files = FilesOf(directory);
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(directory.c_str()), &::closedir);
    if (!entries) return;  // not readable for this user, and so not for the instance
    while (const dirent* entry = ::readdir(entries.get())) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (entry->d_type == DT_DIR) {
        open_.push_back(directory + "/" + entry->d_name);
      } else if (entry->d_type == DT_REG && files != Files::kLeave) {
        MakeFile(directory + "/" + entry->d_name, target + "/" + entry->d_name, files);
      }
    }
  }

  const std::string into_;
  const dev_t device_;
  std::size_t directories_ = 0;
  std::deque<std::string> open_;
};

Result<void> Build(const fs::path& directory) {
  struct stat root {};
  if (::stat("/", &root) != 0) return FailErrno(ErrorKind::kInternal, "reading /", errno);
  for (const char* tree : kTrees) {
    struct stat status {};
    if (::lstat(tree, &status) != 0 || !S_ISDIR(status.st_mode)) continue;
    SCV_TRY(Copier(directory.string(), root.st_dev).Copy(tree));
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
