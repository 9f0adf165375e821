// The same tests as an ordinary user: this program again, inside of a user namespace.
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "world/linux/fd_store.h"

namespace scv::world {
namespace {

constexpr uid_t kNobody = 65534;
constexpr int kNoUserNamespace = 77, kNoProgram = 78;
constexpr std::chrono::milliseconds kLimit{120'000};

bool Write(const char* path, const char* text) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const auto size = static_cast<ssize_t>(std::strlen(text));
  const bool written = ::write(fd, text, static_cast<std::size_t>(size)) == size;
  ::close(fd);
  return written;
}

// In the child.
[[noreturn]] void BecomeInner(const char* program, const char* uid_map, const char* gid_map,
                              char* const* environment) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::geteuid() == 0) {
    if (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
        ::setresuid(kNobody, kNobody, kNobody) != 0) {
      ::_exit(kNoUserNamespace);
    }
    ::prctl(PR_SET_DUMPABLE, 1);  // so that its files in /proc are its own
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  }
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0 ||
      !Write("/proc/self/setgroups", "deny") || !Write("/proc/self/uid_map", uid_map) ||
      !Write("/proc/self/gid_map", gid_map)) {
    ::_exit(kNoUserNamespace);
  }
  const char* const arguments[] = {program, "--gtest_filter=NetworkTest.*", "--gtest_brief=1",
                                   nullptr};
  ::execve(program, const_cast<char* const*>(arguments), environment);
  ::_exit(kNoProgram);
}

// Waits for the end of `child`, which comes in time or is made.
int ExitCodeOf(pid_t child) {
  const UniqueFd watched(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  pollfd waiting{.fd = watched.get(), .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, static_cast<int>(kLimit.count())) != 1) ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(NetworkUserNamespaceTest, TheNetworksNeedNoRoot) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  const bool root = ::geteuid() == 0;
  const std::string uid = std::to_string(root ? kNobody : ::geteuid());
  const std::string gid = std::to_string(root ? kNobody : ::getegid());
  const std::string uid_map = "0 " + uid + " 1", gid_map = "0 " + gid + " 1";
  char* const environment[] = {nullptr};
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) BecomeInner(program.c_str(), uid_map.c_str(), gid_map.c_str(), environment);
  const int code = ExitCodeOf(child);
  if (code == kNoUserNamespace)
    GTEST_SKIP()
        << "no user namespace can be made here (or this program has a sanitizer's threads)";
  if (code == kNoProgram) GTEST_SKIP() << "an ordinary user may not run " << program;
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace scv::world
