#include "world/linux/lab_init_test_lab.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "world/linux/cgroup.h"
#include "world/linux/lab_init_packets.h"
#include "world/linux/processes_stat.h"

extern char** environ;

namespace scv::world {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

bool Runs(int pid) {
  const auto stat = ReadProcessStat(pid);
  return stat && stat->state != 'Z';
}

}  // namespace

Ran RunProgram(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  for (const auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {.code = -1, .output = "no pipe"};
  UniqueFd read(ends[0]), write(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, write.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, write.get(), 2);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, pointers[0], &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  write = UniqueFd();
  if (failed != 0) return {.code = -1, .output = "cannot start " + arguments[0]};
  Ran ran;
  std::array<char, 4096> bytes{};
  for (ssize_t size = 0; (size = ::read(read.get(), bytes.data(), bytes.size())) > 0;) {
    ran.output.append(bytes.data(), static_cast<std::size_t>(size));
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

fs::path ProgramBeside(const std::string& name) {
  return fs::read_symlink("/proc/self/exe").parent_path() / name;
}

bool Eventually(const std::function<bool()>& holds, std::chrono::milliseconds within) {
  const auto deadline = Clock::now() + within;
  while (!holds()) {
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

std::string ReadAll(const fs::path& path) {
  // Not by iterators: a process of /proc that ends while it is read would make them throw.
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TestLab::TestLab() {
  std::string name = "/tmp/scv-lab-test-XXXXXX";
  state_ = ::mkdtemp(name.data());
}

TestLab::~TestLab() {
  if (init_ > 0) ::kill(init_, SIGKILL);
  Eventually([this] { return Gone(); });
  // A test that kills the process on the host leaves them to the next lab.
  Cgroups::Open(CgroupNameOf(state_)).RemoveAll();
  std::error_code ignored;
  fs::remove_all(state_, ignored);
}

Ran TestLab::Start(const std::vector<std::string>& options,
                   const std::vector<std::string>& prefix) {
  return StartDetached(
      options, {ProgramBeside("scv-lab-init-test-daemon").string(), state_.string()}, prefix);
}

Ran TestLab::StartDetached(const std::vector<std::string>& options,
                           const std::vector<std::string>& command,
                           const std::vector<std::string>& prefix) {
  std::vector<std::string> arguments = prefix;
  arguments.insert(arguments.end(), {ProgramBeside("scv-lab-init").string(), "--state",
                                     state_.string(), "--detach", "--stop-within", "2000"});
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), command.begin(), command.end());
  Ran ran = RunProgram(arguments);
  if (ran.code == 0) {
    init_ = pid();
    host_ = parent();
  }
  return ran;
}

std::string TestLab::Ask(const std::vector<std::string>& words) {
  std::string request;
  for (const auto& word : words) request += (request.empty() ? "" : "\n") + word;
  std::string answer = "no answer";
  Eventually([&] {
    const auto socket = ConnectPackets(state_, "test.sock");
    if (!socket || !SendPacket(socket->get(), request)) return false;
    const auto packet = ReceivePacket(socket->get(), Clock::now() + std::chrono::seconds(20));
    if (packet) answer = packet->text;
    return packet.has_value() || words.front() == "quit";
  });
  return answer;
}

int TestLab::Number(const std::string& name) const {
  boost::system::error_code failed;
  const auto value = boost::json::parse(ReadAll(state_ / "lab.json"), failed);
  if (failed || !value.is_object() || !value.get_object().contains(name)) return 0;
  return static_cast<int>(value.get_object().at(name).as_int64());
}

bool TestLab::Gone() const { return !Runs(init_) && !Runs(host_); }

}  // namespace scv::world
