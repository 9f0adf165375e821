// Whether the lab's daemon dies each time it is started, as the lab's init and the daemon's last
// words tell it in their logs.
#ifndef SCV_CLI_DAEMON_DEATH_H_
#define SCV_CLI_DAEMON_DEATH_H_

#include <cstdint>
#include <optional>
#include <string>

#include "cli/lab_files.h"

namespace scv::cli {

// How far the logs went at some moment.
struct LogMark {
  std::uintmax_t init = 0, daemon = 0;  // bytes
};
LogMark MarkLogs(const LabFiles& files);

// After `since` the daemon ended by itself with an error, twice and not once since it was killed or
// served: what it said last. Reads at most the last 64 KiB of each log. nullopt: it did not.
std::optional<std::string> DaemonsLastWords(const LabFiles& files, const LogMark& since);

}  // namespace scv::cli

#endif  // SCV_CLI_DAEMON_DEATH_H_
