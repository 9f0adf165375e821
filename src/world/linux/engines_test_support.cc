#include "world/linux/engines_test_support.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

namespace scv::world {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ChildProcesses::~ChildProcesses() {
  for (const auto& status : List()) (void)Stop(status.name, milliseconds(0));
}

void ChildProcesses::Reap(ProcessStatus& status) {
  int how = 0;
  if (!status.running || ::waitpid(status.pid, &how, WNOHANG) != status.pid) return;
  status.running = false;
  status.exit_code = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
}

Result<ProcessStatus> ChildProcesses::Start(const ProcessSpec& spec) {
  const std::lock_guard lock(mutex_);
  auto& status = known_[spec.name];
  Reap(status);
  if (status.running) return Fail(ErrorKind::kConflict, spec.name + " runs already");
  const auto arguments = Pointers(spec.arguments);
  const auto environment = Pointers(spec.environment);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int log = ::open(spec.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ::dup2(log, 1);
    ::dup2(log, 2);
    for (const auto& [here, there] : spec.descriptors) {
      if (here == there) {
        ::fcntl(here, F_SETFD, 0);
      } else {
        ::dup2(here, there);
      }
    }
    if (spec.network_namespace >= 0) ::setns(spec.network_namespace, CLONE_NEWNET);
    if (!spec.working_directory.empty() && ::chdir(spec.working_directory.c_str()) != 0) _exit(126);
    ::execvpe(arguments[0], arguments.data(), environment.data());
    ::_exit(127);
  }
  status = {.name = spec.name, .pid = pid, .running = pid > 0, .exit_code = 0, .started_at = 0};
  return status;
}

Result<void> ChildProcesses::Stop(std::string_view name, milliseconds grace) {
  (void)Signal(name, SIGTERM);
  const auto ended = [&] {
    const auto status = Find(name);
    return !status || !status->running;
  };
  if (!Eventually(ended, grace)) {
    (void)Signal(name, SIGKILL);
    Eventually(ended);
  }
  return {};
}

Result<void> ChildProcesses::Signal(std::string_view name, int signal) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(name);
  if (found == known_.end() || !found->second.running) {
    return Fail(ErrorKind::kNotFound, std::string(name) + " does not run");
  }
  ::kill(found->second.pid, signal);
  return {};
}

Result<ProcessStatus> ChildProcesses::Find(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(name);
  if (found == known_.end()) return Fail(ErrorKind::kNotFound, "no process of this name");
  Reap(found->second);
  return found->second;
}

std::vector<ProcessStatus> ChildProcesses::List() {
  const std::lock_guard lock(mutex_);
  std::vector<ProcessStatus> all;
  for (auto& [name, status] : known_) all.push_back(status);
  return all;
}

Result<std::int64_t> ChildProcesses::CpuMicros(std::string_view) { return 0; }
void ChildProcesses::OnExit(std::function<void(const ProcessStatus&)>) {}

TestDirectory::TestDirectory(const std::string& parent) {
  for (const std::string& place : {parent, std::string("/tmp")}) {
    std::string name = place + "/scv-engines-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) continue;
    path = name;
    return;
  }
}

TestDirectory::~TestDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

Ran RunCommand(const std::vector<std::string>& arguments, int network_namespace) {
  const auto pointers = Pointers(arguments);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], 1);
    ::dup2(ends[1], 2);
    if (network_namespace >= 0) ::setns(network_namespace, CLONE_NEWNET);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  Ran ran;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = ::read(ends[0], buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    ran.output.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int how = 0;
  ::waitpid(pid, &how, 0);
  ran.exit_code = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
  return ran;
}

bool Eventually(const std::function<bool()>& done, milliseconds within) {
  const auto deadline = steady_clock::now() + within;
  while (!done()) {
    if (steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return true;
}

bool IsInstalled(const char* program) { return ::access(program, X_OK) == 0; }

}  // namespace scv::world
