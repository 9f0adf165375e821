// What scv-launch is told, and what it answers: one packet of JSON each (lab_init_packets.h), the
// descriptors with the first.
#ifndef SCV_WORLD_LINUX_LAUNCHER_SPEC_H_
#define SCV_WORLD_LINUX_LAUNCHER_SPEC_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "world/linux/overlay.h"

namespace scv::world {

struct LaunchSpec {
  std::string name;
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string working_directory;
  std::string log;
  std::string record;                // written before the program runs, removed if it cannot
  std::string spec_hash;             // goes into the record
  bool has_network = false;          // then the first descriptor is the network namespace
  std::vector<int> numbers;          // of the other descriptors in the program
  std::vector<std::string> cgroups;  // directories to join
  bool cgroup_unified = false;       // the first of them is of version 2
  bool batch = false;                // SCHED_BATCH
  std::optional<InstanceRoot> instance;
};

std::string ToJson(const LaunchSpec& spec);
Result<LaunchSpec> ParseLaunchSpec(std::string_view text);

// What the record of a process says, in its file and in the launcher's answer.
struct ProcessRecord {
  std::string name;
  int pid = 0;
  unsigned long long start_ticks = 0;  // with the pid, names a process for as long as the machine
                                       // is up
  Millis started_at = 0;
  std::string spec_hash;
  std::string log;
  bool instance = false;
};

std::string ToJson(const ProcessRecord& record);
Result<ProcessRecord> ParseProcessRecord(std::string_view text);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAUNCHER_SPEC_H_
