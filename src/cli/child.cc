#include "cli/child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

extern char** environ;

namespace scv::cli {
namespace {

constexpr std::chrono::milliseconds kTick{50};

std::atomic<int> received = 0;

void OnSignal(int number) { received = number; }

void CatchSignals() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

// "NAME=value" with `more` in place of or after this program's own.
std::vector<std::string> Environment(const std::map<std::string, std::string>& more) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!more.contains(std::string(text.substr(0, text.find('='))))) all.emplace_back(text);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

Error CannotStart(const std::string& program, int code) {
  return {ErrorKind::kUnavailable, "cannot start " + program + ": " + std::strerror(code)};
}

struct FileActions {
  FileActions() { posix_spawn_file_actions_init(&actions); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  posix_spawn_file_actions_t actions{};
};

}  // namespace

bool WaitForEnd(int pid, std::chrono::milliseconds timeout) {
  const int process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (process < 0) return errno == ESRCH;
  pollfd look{.fd = process, .events = POLLIN, .revents = 0};
  const int ready = poll(&look, 1, static_cast<int>(timeout.count()));
  close(process);
  return ready > 0;
}

bool Interrupted() { return received != 0; }

Result<int> RunChild(const ChildSpec& spec, const std::function<void()>& tick) {
  CatchSignals();
  auto texts = spec.arguments;
  auto variables = Environment(spec.environment);
  const auto arguments = Pointers(texts);
  const auto environment = Pointers(variables);
  FileActions files;
  const std::string log = spec.log.string();
  if (!log.empty()) {
    posix_spawn_file_actions_addopen(&files.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files.actions, STDOUT_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&files.actions, STDOUT_FILENO, STDERR_FILENO);
  }
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, arguments[0], &files.actions, nullptr, arguments.data(),
                                  environment.data());
  if (failed != 0) return std::unexpected(CannotStart(spec.arguments[0], failed));
  bool told = false;
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid) {
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (ended < 0 && errno != EINTR) return std::unexpected(CannotStart(spec.arguments[0], errno));
    // On a terminal the child has the Ctrl-C already; a second one would make Terraform give up.
    if (received != 0 && !told) {
      told = true;
      if (received == SIGTERM || !log.empty()) kill(pid, received);
    }
    if (!told && spec.give_up && spec.give_up()) {
      told = true;
      kill(pid, SIGINT);
    }
    WaitForEnd(pid, kTick);
    if (tick) tick();
  }
}

Error Become(const std::vector<std::string>& arguments,
             const std::map<std::string, std::string>& environment) {
  auto texts = arguments;
  auto variables = Environment(environment);
  const auto argument_pointers = Pointers(texts);
  const auto environment_pointers = Pointers(variables);
  execvpe(argument_pointers[0], argument_pointers.data(), environment_pointers.data());
  return CannotStart(arguments[0], errno);
}

std::string FindProgram(std::string_view name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const auto end = rest.find(':');
    const std::string file = std::string(rest.substr(0, end)) + "/" + std::string(name);
    if (access(file.c_str(), X_OK) == 0) return file;
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  }
  return "";
}

}  // namespace scv::cli
