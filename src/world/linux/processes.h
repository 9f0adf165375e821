// Processes that outlive this one: engines (HAProxy, MariaDB, PowerDNS, …) and instances. They are
// children of the lab's init, watched through pidfds, and known again after a restart of this
// program by name, pid and start time.
#ifndef SCV_WORLD_LINUX_PROCESSES_H_
#define SCV_WORLD_LINUX_PROCESSES_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "lab/parts.h"
#include "world/linux/fd_store.h"

namespace scv::world {

struct ProcessSpec {
  std::string name;  // unique: "i-0123…", "alb/front/ap-northeast-2a", "db/memo"
  std::vector<std::string> arguments;    // arguments[0] is looked up in PATH; never a secret
  std::vector<std::string> environment;  // NAME=value, nothing else is inherited; never a secret
  std::filesystem::path working_directory;
  std::filesystem::path log;                     // stdout and stderr, appended; bounded by rotation
  int network_namespace = -1;                    // borrowed; -1: the lab's own
  std::vector<std::pair<int, int>> descriptors;  // (borrowed here, number in the child, ≥ 3)
  lab::Limits limits;
  // It and all that it starts wait for their turn when they wake up (SCHED_BATCH) and interrupt
  // nobody. In a chain of servers that share a few processors, each of which would interrupt the
  // one before it at every message, that is an eighth of all work.
  bool batch = false;

  // An instance: its own mount, PID, UTS and IPC namespaces on an overlay of this machine's files,
  // capabilities dropped; arguments run as its first process.
  struct Instance {
    std::string hostname;
    std::string resolver;                 // for /etc/resolv.conf
    std::filesystem::path trusted_roots;  // PEM, added to the instance's CA bundle
  };
  std::optional<Instance> instance;
};

struct ProcessStatus {
  std::string name;
  int pid = 0;  // as this process sees it
  bool running = false;
  int exit_code = 0;  // when it ended: the code, or 128 + the signal
  Millis started_at = 0;
};

// Thread-safe.
class Processes {
 public:
  virtual ~Processes() = default;
  // Returns once exec succeeded (or says why it did not). kConflict: `name` runs already.
  virtual Result<ProcessStatus> Start(const ProcessSpec& spec) = 0;
  // SIGTERM, then SIGKILL after `grace`; returns when nothing of it is left (an instance: its whole
  // PID namespace and its mounts). Not running is success.
  virtual Result<void> Stop(std::string_view name, std::chrono::milliseconds grace) = 0;
  virtual Result<void> Signal(std::string_view name, int signal) = 0;
  virtual Result<ProcessStatus> Find(std::string_view name) = 0;
  virtual std::vector<ProcessStatus> List() = 0;
  // CPU used by it and all that it started, in microseconds.
  virtual Result<std::int64_t> CpuMicros(std::string_view name) = 0;
  // Told when a process ends by itself or by Stop, from a thread of this class. Set once, before
  // the first Start.
  virtual void OnExit(std::function<void(const ProcessStatus&)> told) = 0;
};

// `directory` holds the records, overlays and cgroup names. Takes up what runs.
Result<std::unique_ptr<Processes>> MakeProcesses(FdStore& fds, std::filesystem::path directory);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_PROCESSES_H_
