#include "drill/clients_process.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "drill/clients_main.h"

namespace scv::drill {
namespace {

constexpr std::size_t kAttemptsMax = 2'000'000;
constexpr std::size_t kLineBytesMax = 64 << 20;
constexpr int kCannotEnter = 126;

struct Pipe {
  Fd read, write;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail(ErrorKind::kUnavailable, std::string("a pipe: ") + std::strerror(errno));
  }
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

// Between fork and exec: only what is safe after a signal.
[[noreturn]] void Become(const LabEntry& entry, int in, int out) {
  if ((entry.user.get() >= 0 && setns(entry.user.get(), CLONE_NEWUSER) != 0) ||
      setns(entry.network.get(), CLONE_NEWNET) != 0 || dup2(in, STDIN_FILENO) < 0 ||
      dup2(out, STDOUT_FILENO) < 0) {
    _exit(kCannotEnter);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Ctrl-C is for the parent, which ends this process when it has what it needs.
  signal(SIGINT, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execl("/proc/self/exe", "scv-drill", "clients", static_cast<char*>(nullptr));
  _exit(kCannotEnter);
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(fd, text.data(), text.size());
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<ClientsProcess>> ClientsProcess::Start(const LabEntry& entry,
                                                              const WorkloadOptions& options) {
  SCV_ASSIGN(auto input, MakePipe());
  SCV_ASSIGN(auto output, MakePipe());
  const pid_t pid = fork();
  if (pid == 0) Become(entry, input.read.get(), output.write.get());
  if (pid < 0) {
    return Fail(ErrorKind::kUnavailable,
                std::string("cannot start the clients: ") + std::strerror(errno));
  }
  std::unique_ptr<ClientsProcess> process(
      new ClientsProcess(pid, std::move(input.write), std::move(output.read)));
  output.write.Close();
  process->listener_ = std::jthread([clients = process.get()] { clients->Listen(); });
  WriteAll(process->in_.get(), ToLine(options) + "\n");
  return process;
}

ClientsProcess::ClientsProcess(pid_t pid, Fd in, Fd out)
    : pid_(pid), in_(std::move(in)), out_(std::move(out)) {}

ClientsProcess::~ClientsProcess() { Kill(); }

void ClientsProcess::Kill() {
  if (!listener_.joinable()) return;
  if (!tally().ended) kill(pid_, SIGKILL);
  listener_.join();
  waitpid(pid_, nullptr, 0);
}

void ClientsProcess::Listen() {
  std::string pending;
  std::array<char, 65536> piece{};
  for (;;) {
    const ssize_t count = read(out_.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0 || pending.size() > kLineBytesMax) break;
    pending.append(piece.data(), static_cast<std::size_t>(count));
    std::size_t start = 0;
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n', start)) {
      TakeLine(std::string_view(pending).substr(start, end - start));
      start = end + 1;
    }
    pending.erase(0, start);
  }
  const std::lock_guard lock(mutex_);
  tally_.ended = true;
  if (!done_ && tally_.error.empty()) {
    tally_.error = "the clients ended early; may this user enter the lab's network?";
  }
}

void ClientsProcess::TakeLine(std::string_view text) {
  auto line = ParseLine(text);
  const std::lock_guard lock(mutex_);
  if (!line) {
    tally_.error = line.error().message;
    return;
  }
  switch (line->kind) {
    case Line::Kind::kReady:
      tally_.ready = true;
      break;
    case Line::Kind::kDone:
      done_ = true;
      break;
    case Line::Kind::kFailed:
      tally_.error = line->error;
      break;
    case Line::Kind::kFinal:
      record_.finals.push_back(std::move(line->final_state));
      break;
    case Line::Kind::kAttempt:
      ++tally_.attempts;
      tally_.failed += line->attempt.failed() ? 1 : 0;
      if (!line->attempt.failed()) {
        tally_.last_success = std::max(tally_.last_success, line->attempt.end);
      }
      if (record_.attempts.size() < kAttemptsMax) {
        record_.attempts.push_back(std::move(line->attempt));
      } else {
        tally_.error = "there are more requests than a drill can remember; lower --rate";
      }
      break;
  }
}

ClientsProcess::Tally ClientsProcess::tally() const {
  const std::lock_guard lock(mutex_);
  return tally_;
}

void ClientsProcess::Finish() { WriteAll(in_.get(), "finish\n"); }

ClientsProcess::Record ClientsProcess::Take() {
  Kill();
  const std::lock_guard lock(mutex_);
  return std::move(record_);
}

}  // namespace scv::drill
