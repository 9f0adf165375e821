#include "daemon/sole_daemon.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>

namespace scv::daemon {
namespace {

using Clock = std::chrono::steady_clock;

// A daemon that was killed while it started a program shares the lock with it until the program
// runs.
constexpr std::chrono::milliseconds kFormerEndsWithin{1000};
constexpr int kRetryMillis = 5;

Error CannotLock(const std::filesystem::path& file, int error_number) {
  return {ErrorKind::kUnavailable, "locking " + file.string() + ": " + std::strerror(error_number)};
}

}  // namespace

Result<world::UniqueFd> BecomeSoleDaemon(const std::filesystem::path& state) {
  const auto file = state / "scvd.lock";
  world::UniqueFd lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return std::unexpected(CannotLock(file, errno));
  const auto deadline = Clock::now() + kFormerEndsWithin;
  while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return std::unexpected(CannotLock(file, errno));
    if (Clock::now() >= deadline) {
      return Fail(ErrorKind::kConflict,
                  "another daemon serves the lab in " + state.string() +
                      "; `scv status` asks it, `scv down` ends it. A second lab needs a state "
                      "directory of its own (SCV_STATE or --state) and another port (--port)");
    }
    ::poll(nullptr, 0, kRetryMillis);
  }
  return lock;
}

}  // namespace scv::daemon
