#include "world/linux/wan_settings.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>

#include "world/linux/fd_store.h"

namespace scv::world {
namespace {

static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free);

constexpr int kLossShift = 32, kPartitionShift = 40;
constexpr std::uint64_t kDelayMask = 0xffffffff, kLossMask = 0xff;

std::unexpected<Error> Failed(const std::filesystem::path& path) {
  return Fail(ErrorKind::kUnavailable,
              "the settings of a wide area, " + path.string() + ": " + std::strerror(errno));
}

}  // namespace

Result<WanSettingsFile> WanSettingsFile::Open(const std::filesystem::path& path) {
  const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return Failed(path);
  if (status.st_size < static_cast<off_t>(sizeof(std::uint64_t)) &&
      ::ftruncate(file.get(), sizeof(std::uint64_t)) != 0) {
    return Failed(path);
  }
  void* const mapped =
      ::mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (mapped == MAP_FAILED) return Failed(path);
  return WanSettingsFile(static_cast<std::uint64_t*>(mapped));
}

WanSettingsFile::~WanSettingsFile() {
  if (word_ != nullptr) ::munmap(word_, sizeof(*word_));
}

WanSettings WanSettingsFile::Load() const {
  const std::uint64_t word = std::atomic_ref(*word_).load(std::memory_order_relaxed);
  return {.delay = static_cast<Millis>(word & kDelayMask),
          .loss_percent = static_cast<int>(word >> kLossShift & kLossMask),
          .partitioned = (word >> kPartitionShift & 1) != 0};
}

void WanSettingsFile::Store(const WanSettings& settings) {
  const auto delay =
      static_cast<std::uint64_t>(std::clamp<Millis>(settings.delay, 0, kWanDelayMax));
  const auto loss = static_cast<std::uint64_t>(std::clamp(settings.loss_percent, 0, 100));
  const std::uint64_t word =
      delay | loss << kLossShift | std::uint64_t{settings.partitioned ? 1U : 0U} << kPartitionShift;
  std::atomic_ref(*word_).store(word, std::memory_order_relaxed);
}

}  // namespace scv::world
