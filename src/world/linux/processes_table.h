// What is known of every process by its name. Thread-safe.
#ifndef SCV_WORLD_LINUX_PROCESSES_TABLE_H_
#define SCV_WORLD_LINUX_PROCESSES_TABLE_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "world/linux/launcher_spec.h"
#include "world/linux/processes.h"
#include "world/linux/processes_watch.h"

namespace scv::world {

class ProcessTable {
 public:
  // The name is taken until Started or Forget. kConflict: it is taken or runs.
  Result<void> Reserve(std::string_view name);
  void Forget(std::string_view name);
  ProcessStatus Started(const ProcessRecord& record);
  // Tells of it, in this thread.
  void Ended(ProcessIdentity process, int exit_code);

  // One that is being started is waited for.
  std::optional<ProcessRecord> Running(std::string_view name);
  std::optional<ProcessRecord> RecordOf(ProcessIdentity process);
  std::optional<ProcessStatus> Find(std::string_view name);
  std::vector<ProcessStatus> List();
  bool AwaitEnd(ProcessIdentity process, std::chrono::steady_clock::time_point deadline);

  // Is also told at once of what ended before.
  void OnExit(std::function<void(const ProcessStatus&)> told);
  void BoundLogs();

 private:
  enum class Phase { kStarting, kRunning, kEnded };
  struct Entry {
    Phase phase = Phase::kStarting;
    ProcessRecord record;
    int exit_code = 0;
    bool told = false;
  };
  static ProcessStatus StatusOf(const Entry& entry);
  Entry* EntryOf(ProcessIdentity process);
  void DropOldest();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::deque<ProcessIdentity> ended_;  // in order, to forget the oldest
  std::mutex telling_;                 // taken before mutex_: who is told hears one at a time
  std::function<void(const ProcessStatus&)> told_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_PROCESSES_TABLE_H_
