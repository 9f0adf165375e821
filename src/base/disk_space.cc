#include "base/disk_space.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <limits>
#include <system_error>

namespace scv {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMegabyte = 1 << 20;
constexpr std::uint64_t kFilesWanted = 64;

std::optional<dev_t> DeviceOf(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_dev;
}

// The path itself, or the nearest directory above it that is there.
fs::path Existing(const fs::path& path) {
  std::error_code failed;
  fs::path found = fs::absolute(path, failed).lexically_normal();
  while (found.has_relative_path() && !DeviceOf(found)) found = found.parent_path();
  return found;
}

// The topmost directory above `path` on the same device.
fs::path MountOf(const fs::path& path) {
  const auto device = DeviceOf(path);
  fs::path mount = path;
  while (mount.has_relative_path() && DeviceOf(mount.parent_path()) == device) {
    mount = mount.parent_path();
  }
  return mount;
}

}  // namespace

std::optional<DiskSpace> DiskSpaceAt(const fs::path& path) {
  const auto existing = Existing(path);
  struct statvfs space {};
  if (::statvfs(existing.c_str(), &space) != 0) return std::nullopt;
  return DiskSpace{.mount = MountOf(existing),
                   .free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize,
                   .total_bytes = std::uint64_t{space.f_blocks} * space.f_frsize,
                   .free_files = space.f_files == 0 ? std::numeric_limits<std::uint64_t>::max()
                                                    : std::uint64_t{space.f_favail}};
}

std::string DiskShortage(const fs::path& path, std::uint64_t bytes_wanted) {
  const auto space = DiskSpaceAt(path);
  if (!space) return "";
  const bool files_fit = space->free_files >= kFilesWanted;
  if (space->free_bytes >= bytes_wanted && files_fit) return "";
  const std::string where =
      "the file system " + space->mount.string() + ", which holds " + path.string() + ", ";
  if (!files_fit) return where + "has no room for more files; delete some there";
  return where + "is full: " + std::to_string(space->free_bytes / kMegabyte) + " of " +
         std::to_string(space->total_bytes / kMegabyte) + " MB are free, " +
         std::to_string((bytes_wanted + kMegabyte - 1) / kMegabyte) +
         " MB are needed; free space there";
}

}  // namespace scv
