// For tests of the engines: processes as plain children, a directory that goes away, and clients.
#ifndef SCV_WORLD_LINUX_ENGINES_TEST_SUPPORT_H_
#define SCV_WORLD_LINUX_ENGINES_TEST_SUPPORT_H_

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "world/linux/processes.h"

namespace scv::world {

// Children of the test itself, killed with it.
class ChildProcesses final : public Processes {
 public:
  ~ChildProcesses() override;
  Result<ProcessStatus> Start(const ProcessSpec& spec) override;
  Result<void> Stop(std::string_view name, std::chrono::milliseconds grace) override;
  Result<void> Signal(std::string_view name, int signal) override;
  Result<ProcessStatus> Find(std::string_view name) override;
  std::vector<ProcessStatus> List() override;
  Result<std::int64_t> CpuMicros(std::string_view name) override;
  void OnExit(std::function<void(const ProcessStatus&)> told) override;

 private:
  void Reap(ProcessStatus& status);
  std::mutex mutex_;
  std::map<std::string, ProcessStatus, std::less<>> known_;
};

struct TestDirectory {
  // In `parent`, or in /tmp where that cannot be written.
  explicit TestDirectory(const std::string& parent = "/tmp");
  ~TestDirectory();
  std::filesystem::path path;
};

// What a command of this machine says (stdout and stderr), run in a network namespace (-1: here).
struct Ran {
  int exit_code = -1;
  std::string output;
};
Ran RunCommand(const std::vector<std::string>& arguments, int network_namespace = -1);

// Polls until `done` or the deadline; false: the deadline.
bool Eventually(const std::function<bool()>& done,
                std::chrono::milliseconds within = std::chrono::seconds(10));

bool IsInstalled(const char* program);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_ENGINES_TEST_SUPPORT_H_
