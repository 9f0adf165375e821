#include "world/linux/instance_init_user_data.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>

#include "world/linux/fd_store.h"
#include "world/linux/lab_init_packets.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;

fs::path ScriptPath() { return fs::path(kInstanceDirectory) / "scripts/part-001"; }

Result<void> WriteFile(const fs::path& path, std::string_view text, mode_t mode) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return FailErrno(ErrorKind::kUnavailable, "writing " + path.string(), errno);
  }
  return {};
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

Result<bool> StoreUserData(std::string_view user_data) {
  std::error_code failed;
  fs::create_directories(ScriptPath().parent_path(), failed);
  if (failed) {
    return Fail(ErrorKind::kUnavailable,
                std::string("making ") + kInstanceDirectory + ": " + failed.message());
  }
  SCV_TRY(WriteFile(fs::path(kInstanceDirectory) / "user-data.txt", user_data, 0600));
  if (IsBlank(user_data)) return false;
  if (!user_data.starts_with("#!")) {
    return Fail(ErrorKind::kInvalid,
                "the user data does not begin with #!: the lab runs scripts, not cloud-config, "
                "MIME parts or compressed data");
  }
  SCV_TRY(WriteFile(ScriptPath(), user_data, 0700));
  return true;
}

Result<pid_t> RunUserData() {
  const std::string path = ScriptPath().string();
  std::array<char*, 2> arguments{const_cast<char*>(path.c_str()), nullptr};
  std::array<const char*, 4> environment{
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
      "LANG=C.UTF-8", nullptr};
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, path.c_str(), nullptr, &attributes, arguments.data(),
                                   const_cast<char**>(environment.data()));
  ::posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    return FailErrno(ErrorKind::kInvalid,
                     "the user data cannot be executed (is its interpreter installed?)", failed);
  }
  return pid;
}

}  // namespace scv::world
