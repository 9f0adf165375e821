#include "fault/memo_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

namespace scv::fault {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kListenLimit{10'000};
constexpr milliseconds kLookEvery{5};
constexpr int kNoOwnDisk = 121;
constexpr int kNoExec = 122;
constexpr std::size_t kTailBytes = 1500;

std::string Binary() {
  const char* given = std::getenv("MEMO_BIN");
  return given != nullptr ? given : SCV_MEMO_BINARY;
}

// The words of a command as execve() wants them; lives as long as the strings.
std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The functions up to `Become` run between fork and exec: system calls only.
void WriteFile(const char* path, const char* text, std::size_t size) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (::write(fd, text, size) < 0) ::_exit(kNoOwnDisk);
  ::close(fd);
}

struct OwnDisk {
  std::string path;     // empty: none
  std::string options;  // of the mount
  std::string uid_map;
  std::string gid_map;
};

void EnterOwnDisk(const OwnDisk& disk, bool root) {
  if (disk.path.empty()) return;
  if (::unshare(root ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0) ::_exit(kNoOwnDisk);
  if (!root) {
    WriteFile("/proc/self/setgroups", "deny", 4);
    WriteFile("/proc/self/uid_map", disk.uid_map.c_str(), disk.uid_map.size());
    WriteFile("/proc/self/gid_map", disk.gid_map.c_str(), disk.gid_map.size());
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) ::_exit(kNoOwnDisk);
  if (::mount("tmpfs", disk.path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, disk.options.c_str()) !=
      0) {
    ::_exit(kNoOwnDisk);
  }
}

[[noreturn]] void Become(char** words, char** environment, int log, const OwnDisk& disk,
                         bool root) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A limit of the file size is met as an error of write(), as a full disk is.
  ::signal(SIGXFSZ, SIG_IGN);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  EnterOwnDisk(disk, root);
  ::execve(words[0], words, environment);
  ::_exit(kNoExec);
}

OwnDisk DiskOf(const MemoOptions& options) {
  OwnDisk disk;
  disk.path = options.own_disk;
  disk.options = "mode=0700,size=" + std::to_string(options.disk_bytes);
  const auto identity = [](unsigned id) {
    return std::to_string(id) + " " + std::to_string(id) + " 1\n";
  };
  disk.uid_map = identity(::geteuid());
  disk.gid_map = identity(::getegid());
  return disk;
}

}  // namespace

Result<std::unique_ptr<MemoProcess>> MemoProcess::Start(MemoOptions options) {
  if (::access(Binary().c_str(), X_OK) != 0) {
    return Fail(ErrorKind::kNotFound, "there is no " + Binary() + "; build the target memo");
  }
  std::unique_ptr<MemoProcess> process(new MemoProcess(std::move(options)));
  SCV_TRY(process->Launch());
  return process;
}

MemoProcess::~MemoProcess() { Kill(); }

Result<void> MemoProcess::Launch() {
  std::filesystem::remove(PortFile());
  std::vector<std::string> words = {
      Binary(),           "serve", "--listen",      "127.0.0.1:0", "--port-file", PortFile(),
      "--metrics-listen", "off",   "--instance-id", options_.name};
  words.insert(words.end(), options_.flags.begin(), options_.flags.end());
  std::vector<std::string> environment = options_.environment;
  environment.emplace_back("LANG=C.UTF-8");
  for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name))
      environment.push_back(std::string(name) + "=" + value);
  }
  const std::vector<char*> word_list = Pointers(words);
  const std::vector<char*> environment_list = Pointers(environment);
  const OwnDisk disk = DiskOf(options_);
  const bool root = ::geteuid() == 0;
  const int log = ::open(LogFile().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_ = ::fork();
  if (pid_ == 0) {
    Become(const_cast<char**>(word_list.data()), const_cast<char**>(environment_list.data()), log,
           disk, root);
  }
  ::close(log);
  if (pid_ < 0) return Fail(ErrorKind::kInternal, std::string("fork: ") + std::strerror(errno));
  pid_fd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  return AwaitPort();
}

Result<void> MemoProcess::AwaitPort() {
  const auto end = std::chrono::steady_clock::now() + kListenLimit;
  while (std::chrono::steady_clock::now() < end) {
    std::uint16_t port = 0;
    if (std::ifstream(PortFile()) >> port) {
      endpoint_.port = port;
      return {};
    }
    if (!Ended(kLookEvery)) continue;
    int status = 0;
    ::waitpid(pid_, &status, WNOHANG);
    ::close(pid_fd_);
    pid_ = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNoOwnDisk) {
      return Fail(ErrorKind::kNotFound, "this machine refuses a file system of one's own");
    }
    return Fail(ErrorKind::kInternal, options_.name + " ended at its start: " + LogTail());
  }
  Kill();
  return Fail(ErrorKind::kTimeout, options_.name + " does not listen: " + LogTail());
}

void MemoProcess::Kill() {
  endpoint_.port = 0;
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(pid_fd_);
  pid_ = -1;
}

Result<void> MemoProcess::Restart() { return Launch(); }

Result<void> MemoProcess::AwaitReady(milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  HttpClient client;
  Request request;
  request.path = "/readyz";
  request.timeout = milliseconds(1000);
  while (std::chrono::steady_clock::now() < end) {
    if (client.Send(endpoint_.port, request).status == 200) return {};
    if (Ended(kLookEvery)) break;
  }
  return Fail(ErrorKind::kTimeout, options_.name + " is not ready: " + LogTail());
}

// Whether the process has ended by itself; waits up to `wait` for that.
bool MemoProcess::Ended(milliseconds wait) const {
  pollfd event{pid_fd_, POLLIN, 0};
  return ::poll(&event, 1, static_cast<int>(wait.count())) == 1;
}

std::filesystem::path MemoProcess::PortFile() const {
  return options_.directory / (options_.name + ".port");
}

std::filesystem::path MemoProcess::LogFile() const {
  return options_.directory / (options_.name + ".log");
}

std::filesystem::path MemoProcess::Outside(const std::filesystem::path& path) const {
  return "/proc/" + std::to_string(pid_) + "/root" + path.string();
}

std::string MemoProcess::LogTail() const {
  std::ostringstream text;
  text << std::ifstream(LogFile()).rdbuf();
  const std::string all = text.str();
  return all.substr(all.size() - std::min(all.size(), kTailBytes));
}

}  // namespace scv::fault
