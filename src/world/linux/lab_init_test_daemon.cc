// A stand-in for the daemon in tests: does what a test asks it over a socket in the state
// directory, one packet a request.
//
//   start NAME ARGUMENT…      → ok PID
//   instance NAME ARGUMENT…   → ok PID       hostname ip-10-0-1-5.test, log STATE/NAME.log
//   stop NAME GRACE_MS        → ok
//   find NAME                 → ok PID running | ok PID ended CODE
//   exits                     → ok NAME:CODE…       what OnExit told so far
//   put NAME, get NAME        → ok                  a pipe in the fd store
//   pid                       → ok PID
//   cpu NAME                  → ok MICROS
//   quit CODE                 (no answer)
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "world/linux/fd_store_client.h"
#include "world/linux/lab_init_packets.h"
#include "world/linux/processes.h"

namespace scv::world {
namespace {

using Words = std::vector<std::string>;

class TestDaemon {
 public:
  TestDaemon(std::filesystem::path state, FdStore& fds, Processes& processes)
      : state_(std::move(state)), fds_(fds), processes_(processes) {
    processes_.OnExit([this](const ProcessStatus& status) {
      const std::scoped_lock lock(mutex_);
      exits_ += " " + status.name + ":" + std::to_string(status.exit_code);
    });
  }

  std::string Answer(const std::string& request) {
    std::istringstream in(request);
    Words words;
    for (std::string word; std::getline(in, word, '\n');) words.push_back(word);
    auto answer = Dispatch(words);
    return answer ? "ok" + *answer : "error " + answer.error().message;
  }

 private:
  Result<std::string> Dispatch(const Words& words) {
    const std::string& what = words.front();
    if (what == "start" || what == "instance") return Start(words);
    if (what == "find") return Find(words[1]);
    if (what == "stop") {
      SCV_TRY(processes_.Stop(words[1], std::chrono::milliseconds(std::stoi(words[2]))));
      return "";
    }
    if (what == "exits") {
      const std::scoped_lock lock(mutex_);
      return exits_;
    }
    if (what == "put") {
      std::array<int, 2> ends{};
      if (::pipe(ends.data()) != 0) return Fail(ErrorKind::kInternal, "no pipe");
      SCV_TRY(fds_.Put(words[1], ends[0]));
      return "";
    }
    if (what == "get") {
      SCV_TRY(fds_.Get(words[1]));
      return "";
    }
    if (what == "cpu") {
      SCV_ASSIGN(const std::int64_t micros, processes_.CpuMicros(words[1]));
      return " " + std::to_string(micros);
    }
    if (what == "pid") return " " + std::to_string(::getpid());
    if (what == "quit") ::_exit(std::stoi(words[1]));
    return Fail(ErrorKind::kInvalid, "unknown");
  }

  Result<std::string> Start(const Words& words) {
    ProcessSpec spec;
    spec.name = words[1];
    spec.arguments.assign(words.begin() + 2, words.end());
    spec.log = state_ / (spec.name + ".log");
    if (words.front() == "instance") {
      spec.instance = ProcessSpec::Instance{
          .hostname = "ip-10-0-1-5.test", .resolver = "10.0.0.2", .trusted_roots = {}};
    }
    SCV_ASSIGN(const ProcessStatus status, processes_.Start(spec));
    return " " + std::to_string(status.pid);
  }

  Result<std::string> Find(const std::string& name) {
    SCV_ASSIGN(const ProcessStatus status, processes_.Find(name));
    return " " + std::to_string(status.pid) +
           (status.running ? " running" : " ended " + std::to_string(status.exit_code));
  }

  const std::filesystem::path state_;
  FdStore& fds_;
  Processes& processes_;
  std::mutex mutex_;
  std::string exits_;
};

int Serve(const std::filesystem::path& state) {
  FdStoreClient fds(state);
  auto processes = MakeProcesses(fds, state / "run");
  if (!processes) {
    std::fprintf(stderr, "%s\n", processes.error().message.c_str());
    return 3;
  }
  TestDaemon daemon(state, fds, **processes);
  auto listener = ListenPackets(state, "test.sock");
  if (!listener) return 4;
  for (;;) {
    pollfd waited{.fd = listener->get(), .events = POLLIN, .revents = 0};
    ::poll(&waited, 1, -1);
    const UniqueFd client(::accept4(listener->get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) continue;
    const auto request =
        ReceivePacket(client.get(), std::chrono::steady_clock::now() + std::chrono::seconds(1));
    if (!request) continue;
    static_cast<void>(SendPacket(client.get(), daemon.Answer(request->text)));
  }
}

}  // namespace
}  // namespace scv::world

int main(int count, char** arguments) {
  if (count == 2 && std::string(arguments[1]) == "--fail") return 9;
  return count == 2 ? scv::world::Serve(arguments[1]) : 2;
}
