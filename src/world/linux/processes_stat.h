// What /proc says of a process.
#ifndef SCV_WORLD_LINUX_PROCESSES_STAT_H_
#define SCV_WORLD_LINUX_PROCESSES_STAT_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace scv::world {

struct ProcessStat {
  int parent = 0;
  char state = '?';
  std::int64_t cpu_ticks = 0;  // its own and that of the children it has waited for
  unsigned long long start_ticks = 0;
};

// proc(5), /proc/PID/stat. nullopt: there is no such process.
std::optional<ProcessStat> ReadProcessStat(int pid);

// CPU used by `pid` and by what descends from it, in microseconds, from one pass over /proc; a
// child whose parent died before waiting for it is no longer counted.
std::int64_t CpuMicrosOfTree(int pid);

// Bounds a log that somebody else appends to (opened with O_APPEND): beyond `bytes_max` its last
// part is copied to `log`.1 and the file is cut to nothing. What is written between the two is
// lost: the price of a writer that nobody needs to tell.
void BoundLog(const std::filesystem::path& log, std::int64_t bytes_max);
inline constexpr std::int64_t kLogBytesMax = 16 << 20;

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_PROCESSES_STAT_H_
