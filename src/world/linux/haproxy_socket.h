// HAProxy's runtime API over its Unix socket (its Management Guide 2.6, 9.3).
#ifndef SCV_WORLD_LINUX_HAPROXY_SOCKET_H_
#define SCV_WORLD_LINUX_HAPROXY_SOCKET_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::world {

// Sends commands (several between ";", one line) and returns all that is said until HAProxy closes,
// within two seconds. kUnavailable: nobody listens there.
Result<std::string> AskHaproxy(const std::filesystem::path& socket, std::string_view commands);

// What "show info" calls the configuration's description; kUnavailable: it does not run.
Result<std::string> HaproxyRevision(const std::filesystem::path& socket);

// A line of "show servers state".
struct HaproxyServerState {
  std::string backend, server, address;
  int port = 0;
  int admin = 0;  // SRV_ADMF_* bits: 0x01 forced maintenance, 0x08 forced drain
  static constexpr int kMaintenance = 0x01;
  static constexpr int kDrain = 0x08;
};
std::vector<HaproxyServerState> ParseServersState(std::string_view text);

// A server's line of "show stat", as far as the lab needs it.
struct HaproxyServerStat {
  std::string backend, server;
  std::string status;  // "UP", "DOWN 1/3", "DRAIN", "MAINT", …
  std::string check;   // "L7OK", "L4CON", "* L7STS", "INI", …
  std::string check_text;
  std::int64_t sessions = 0;
  std::int64_t sessions_total = 0;
  std::int64_t errors_5xx_total = 0;
};
std::vector<HaproxyServerStat> ParseStat(std::string_view csv);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_HAPROXY_SOCKET_H_
