#include "daemon/log_follower.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>

namespace scv::daemon {
namespace {

constexpr int kPatienceMs = 1000;
constexpr std::size_t kPieceBytes = 64 << 10;

// Waits until the file is written to, or a second.
void WaitForWrite(const std::filesystem::path& file) {
  const int notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (notify < 0) return;
  if (inotify_add_watch(notify, file.c_str(), IN_MODIFY) >= 0) {
    pollfd look{.fd = notify, .events = POLLIN, .revents = 0};
    poll(&look, 1, kPatienceMs);
  }
  close(notify);
}

}  // namespace

LogFollower::LogFollower(std::filesystem::path file, std::streamoff bytes_max, bool follow)
    : file_(std::move(file)), follow_(follow) {
  std::error_code failed;
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(file_, failed));
  position_ = failed ? 0 : std::max<std::streamoff>(0, size - bytes_max);
}

std::optional<std::string> LogFollower::Next() {
  if (ended_) return std::nullopt;
  for (int attempt = 0; attempt < 2; ++attempt) {
    std::error_code failed;
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(file_, failed));
    if (!failed && size < position_) position_ = 0;  // rotated
    std::ifstream in(file_, std::ios::binary);
    in.seekg(position_);
    std::string piece(kPieceBytes, '\0');
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
    position_ += static_cast<std::streamoff>(piece.size());
    if (!piece.empty()) return piece;
    if (!follow_) {
      ended_ = true;
      return std::nullopt;
    }
    if (attempt == 0) WaitForWrite(file_);
  }
  return "";
}

}  // namespace scv::daemon
