// The directory of Processes: the records by which a restarted daemon finds what runs, and the
// locks that keep a second daemon out.
//
//   owner.lock    held by the daemon as long as it lives
//   launch.lock   shared by every launch under way, so that a new daemon waits for their records
//   records/      one file of JSON per process (ProcessRecord), written by scv-launch
//   root/         where instances mount their scratch space, each in its own mount namespace
//   skeleton/     without root only: see overlay.h
#ifndef SCV_WORLD_LINUX_PROCESSES_STORE_H_
#define SCV_WORLD_LINUX_PROCESSES_STORE_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "world/linux/fd_store.h"
#include "world/linux/launcher_spec.h"
#include "world/linux/processes.h"

namespace scv::world {

class ProcessStore {
 public:
  // kConflict: another daemon has it.
  static Result<ProcessStore> Open(std::filesystem::path directory);

  // Of everything that was started and not removed. Records that cannot be read are refused.
  Result<std::vector<ProcessRecord>> Records() const;
  void Remove(std::string_view name) const;
  Result<UniqueFd> LockForLaunch() const;
  // Without the control groups.
  Result<LaunchSpec> ToLaunch(const ProcessSpec& spec) const;

  // What the lab's control groups are named after: its state directory ($SCV_LAB_STATE, set by the
  // lab's init) or else this directory.
  const std::filesystem::path& lab() const { return lab_; }

 private:
  ProcessStore(std::filesystem::path directory, UniqueFd owner);

  std::filesystem::path RecordPath(std::string_view name) const;
  std::vector<std::string> HiddenPaths() const;

  std::filesystem::path directory_;
  std::filesystem::path lab_;
  UniqueFd owner_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_PROCESSES_STORE_H_
