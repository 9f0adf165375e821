#include "world/linux/lab_init_record.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>

#include "world/linux/lab_init_packets.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr const char* kRecordName = "lab.json";
// A lab whose init is gone still cleans up on the host for a moment.
constexpr std::chrono::seconds kHolderEndsWithin{3};
constexpr int kRetryMillis = 2;

Result<void> MakeState(const fs::path& state) {
  std::error_code failed;
  const bool made = fs::create_directories(state, failed);
  if (failed) {
    return Fail(ErrorKind::kUnavailable,
                "making the state directory " + state.string() + ": " + failed.message());
  }
  if (made) fs::permissions(state, fs::perms::owner_all, failed);
  struct stat status {};
  if (::stat(state.c_str(), &status) != 0 || status.st_uid != ::geteuid()) {
    return Fail(ErrorKind::kDenied, "the state directory " + state.string() +
                                        " belongs to another user; choose one of your own");
  }
  return {};
}

pid_t HolderOf(int lock) {
  std::array<char, 16> text{};
  if (::pread(lock, text.data(), text.size() - 1, 0) <= 0) return 0;
  return static_cast<pid_t>(std::strtol(text.data(), nullptr, 10));
}

}  // namespace

Result<UniqueFd> LockState(const fs::path& state) {
  SCV_TRY(MakeState(state));
  const fs::path path = state / "lab.lock";
  UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return FailErrno(ErrorKind::kUnavailable, "opening " + path.string(), errno);
  const auto deadline = std::chrono::steady_clock::now() + kHolderEndsWithin;
  for (;;) {
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno != EWOULDBLOCK) {
      return FailErrno(ErrorKind::kInternal, "locking " + path.string(), errno);
    }
    const pid_t holder = HolderOf(lock.get());
    const bool ending = holder > 0 && ::kill(holder, 0) != 0 && errno == ESRCH;
    if (!ending || std::chrono::steady_clock::now() >= deadline) {
      return Fail(ErrorKind::kConflict,
                  "a lab runs in " + state.string() + " already, pid " +
                      (holder > 0 ? std::to_string(holder) : "unknown") +
                      "; end it with `./scv down`, or choose another --state");
    }
    ::poll(nullptr, 0, kRetryMillis);
  }
}

void NameLockHolder(int lock, pid_t pid) {
  const std::string text = std::to_string(pid);
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, text.data(), text.size(), 0) < 0) {
    // Only the text of another's error message suffers.
  }
}

Result<void> WriteLabRecord(const fs::path& state, pid_t init, pid_t parent,
                            const std::vector<HostListener>& listeners) {
  json::object ports;
  for (const auto& listener : listeners) ports[listener.name] = listener.port;
  const std::string text =
      json::serialize(json::object{{"pid", init}, {"parent", parent}, {"ports", ports}}) + "\n";
  const fs::path path = state / kRecordName;
  const fs::path next = state / "lab.json.next";
  ::unlink(next.c_str());
  const UniqueFd file(::open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::rename(next.c_str(), path.c_str()) != 0) {
    return FailErrno(ErrorKind::kUnavailable, "writing " + path.string(), errno);
  }
  return {};
}

void RemoveLabRecord(const fs::path& state) {
  ::unlink((state / kRecordName).c_str());
  ::unlink((state / kInitSocketName).c_str());
}

}  // namespace scv::world
