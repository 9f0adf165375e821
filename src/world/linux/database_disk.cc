#include "world/linux/database_disk.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "world/linux/fd_store.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kRoomToStart = 2 << 20;  // temporary tables, 1 MiB, and the logs

std::unexpected<Error> Failed(const std::string& what, const fs::path& path, int error_number) {
  const auto kind = error_number == EPERM ? ErrorKind::kDenied : ErrorKind::kUnavailable;
  return Fail(kind, what + " " + path.string() + ": " + std::strerror(error_number));
}

Result<void> Checked(const std::string& what, const fs::path& path, const std::error_code& code) {
  if (code) return Failed(what, path, code.value());
  return {};
}

bool IsMountPoint(const fs::path& path) {
  struct stat here {
  }, above{};
  return ::stat(path.c_str(), &here) == 0 && ::stat((path / "..").c_str(), &above) == 0 &&
         here.st_dev != above.st_dev;
}

// Until nothing is mounted there.
Result<void> Unmount(const fs::path& path) {
  while (IsMountPoint(path)) {
    if (::umount2(path.c_str(), MNT_DETACH) != 0) return Failed("unmounting", path, errno);
  }
  return {};
}

// What the files take, each rounded up to whole pages as a tmpfs keeps them.
Result<std::uint64_t> SizeOf(const fs::path& directory) {
  constexpr std::uint64_t kPage = 4096;
  std::uint64_t total = 0;
  std::error_code failed;
  for (fs::recursive_directory_iterator it(directory, failed), end; !failed && it != end;
       it.increment(failed)) {
    if (it->is_regular_file(failed)) total += (it->file_size(failed) / kPage + 1) * kPage;
  }
  SCV_TRY(Checked("measuring", directory, failed));
  return total;
}

}  // namespace

DatabaseDisk::DatabaseDisk(fs::path home)
    : data_(home / "data"),
      staged_(home / "data.staged"),
      restored_(home / "data.restored"),
      ballast_(data_ / "ballast") {}

bool DatabaseDisk::IsLimited() const { return IsMountPoint(data_); }

bool DatabaseDisk::IsFull() const {
  std::error_code failed;
  const auto space = fs::space(data_, failed);
  return IsLimited() && !failed && space.available < kRoomToStart;
}

Result<void> DatabaseDisk::Limit(std::uint64_t spare) {
  SCV_TRY(Recover());
  if (IsLimited()) return {};
  std::error_code failed;
  fs::create_directories(staged_, failed);
  SCV_TRY(Checked("making", staged_, failed));
  SCV_ASSIGN(const std::uint64_t taken, SizeOf(data_));
  const std::string options = "mode=0700,size=" + std::to_string(taken + spare);
  if (::mount("scv-database", staged_.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
              options.c_str()) != 0) {
    return Failed("mounting a volume at", staged_, errno);
  }
  fs::copy(data_, staged_, fs::copy_options::recursive, failed);
  SCV_TRY(Checked("copying the data to", staged_, failed));
  if (::mount(staged_.c_str(), data_.c_str(), nullptr, MS_MOVE, nullptr) != 0) {
    return Failed("putting the volume over", data_, errno);
  }
  fs::remove(staged_, failed);
  return {};
}

Result<void> DatabaseDisk::Unlimit() {
  SCV_TRY(Recover());
  if (!IsLimited()) return {};
  SCV_TRY(Drain());
  fs::path next = restored_;
  next += ".new";
  std::error_code failed;
  fs::remove_all(next, failed);
  if (!failed) fs::copy(data_, next, fs::copy_options::recursive, failed);
  // From here on this is the data, and what is mounted is not.
  if (!failed) fs::rename(next, restored_, failed);
  SCV_TRY(Checked("copying the data to", restored_, failed));
  return Recover();
}

Result<void> DatabaseDisk::Discard() {
  SCV_TRY(Recover());
  SCV_TRY(Unmount(data_));
  std::error_code failed;
  fs::remove_all(data_, failed);
  return Checked("removing", data_, failed);
}

Result<void> DatabaseDisk::Recover() {
  std::error_code failed;
  if (fs::exists(staged_)) {
    SCV_TRY(Unmount(staged_));
    fs::remove_all(staged_, failed);
    SCV_TRY(Checked("removing", staged_, failed));
  }
  if (!fs::exists(restored_)) return {};
  SCV_TRY(Unmount(data_));
  fs::remove_all(data_, failed);
  if (!failed) fs::rename(restored_, data_, failed);
  return Checked("putting back", data_, failed);
}

Result<void> DatabaseDisk::Fill() {
  if (!IsLimited()) return Fail(ErrorKind::kConflict, "the data is on no volume of its own");
  const UniqueFd file(::open(ballast_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file) return Failed("filling", ballast_, errno);
  static constexpr std::array<char, 64 * 1024> kZeros{};
  // Whole pieces first, then what is left, down to the last page.
  for (std::size_t piece = kZeros.size(); piece > 0;) {
    const ssize_t count = ::write(file.get(), kZeros.data(), piece);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != ENOSPC) return Failed("filling", ballast_, errno);
    if (count <= 0) piece /= 2;
  }
  return {};
}

Result<void> DatabaseDisk::Drain() {
  if (!IsLimited()) return {};
  std::error_code failed;
  fs::remove(ballast_, failed);
  return Checked("removing", ballast_, failed);
}

}  // namespace scv::world
