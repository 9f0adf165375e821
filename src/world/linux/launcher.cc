#include "world/linux/launcher.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

#include "world/linux/lab_init_packets.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr int kControl = 3;  // the launcher's numbers
constexpr int kLock = 4;
constexpr int kNumbersUsed = 16;  // ours are moved above, so that none is overwritten
constexpr std::chrono::seconds kLaunchWithin{10};

Result<UniqueFd> Above(int fd) {
  UniqueFd moved(::fcntl(fd, F_DUPFD_CLOEXEC, kNumbersUsed));
  if (!moved) return FailErrno(ErrorKind::kInternal, "duplicating a file descriptor", errno);
  return moved;
}

class SpawnActions {
 public:
  SpawnActions() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnActions() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  void Pass(int fd, int number) { ::posix_spawn_file_actions_adddup2(&actions_, fd, number); }
  int Spawn(pid_t& pid, const std::string& program) {
    std::array<char*, 2> arguments{const_cast<char*>(program.c_str()), nullptr};
    std::array<char*, 1> environment{nullptr};
    return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, arguments.data(),
                         environment.data());
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

Result<ProcessRecord> ParseAnswer(const std::string& text) {
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  const json::object* object = failed ? nullptr : value.if_object();
  const json::value* error = object == nullptr ? nullptr : object->if_contains("error");
  const json::value* kind = object == nullptr ? nullptr : object->if_contains("kind");
  if (error == nullptr || !error->is_string() || kind == nullptr || !kind->is_int64()) {
    return ParseProcessRecord(text);
  }
  return Fail(static_cast<ErrorKind>(kind->get_int64()), std::string(error->get_string()));
}

}  // namespace

Result<fs::path> HelperProgram(std::string_view name) {
  std::error_code failed;
  const fs::path own = fs::read_symlink("/proc/self/exe", failed).parent_path();
  for (const fs::path& place : {own, own / "../world/linux", own / "../libexec/scv"}) {
    const fs::path program = (place / name).lexically_normal();
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return Fail(ErrorKind::kNotFound, "the program " + std::string(name) + " is missing beside " +
                                        own.string() + "; build it with `./scv build`");
}

Result<ProcessRecord> LaunchProcess(const LaunchSpec& spec, std::span<const int> descriptors,
                                    int lock) {
  SCV_ASSIGN(const fs::path program, HelperProgram("scv-launch"));
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return FailErrno(ErrorKind::kInternal, "making a socket pair", errno);
  }
  const UniqueFd mine(ends[0]);
  UniqueFd other(ends[1]);
  SCV_TRY(SendPacket(mine.get(), ToJson(spec), descriptors));
  SCV_ASSIGN(UniqueFd control, Above(other.get()));
  SCV_ASSIGN(UniqueFd held, Above(lock));
  SpawnActions actions;
  actions.Pass(control.get(), kControl);
  actions.Pass(held.get(), kLock);
  pid_t pid = 0;
  if (const int error = actions.Spawn(pid, program.string()); error != 0) {
    return FailErrno(ErrorKind::kInternal, "starting " + program.string(), error);
  }
  other = UniqueFd();
  control = UniqueFd();
  const auto answer = ReceivePacket(mine.get(), std::chrono::steady_clock::now() + kLaunchWithin);
  if (!answer) ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (!answer) {
    return Fail(answer.error().kind, "starting " + spec.name + ": " + answer.error().message);
  }
  auto record = ParseAnswer(answer->text);
  if (!record) record.error().message = "starting " + spec.name + ": " + record.error().message;
  return record;
}

}  // namespace scv::world
