// MariaDB configuration, as text.
#ifndef SCV_RENDER_MARIADB_H_
#define SCV_RENDER_MARIADB_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace scv::render {

struct MariadbSettings {
  std::string data_directory, temporary_directory, run_directory;
  std::string address;  // where it listens
  int port = 3306;
  std::uint32_t server_id = 1;                    // unique among all that replicate from each other
  std::string certificate, key, authority;        // PEM files
  std::map<std::string, std::string> parameters;  // of the parameter group; they win
};

// my.cnf: durable (every commit on disk, binary log too), TLS, and small; the same whatever the
// node's role. It starts read-only and follows nobody: who gives it its role goes on from there.
// A broken link shows in a second. Binary logs are kept for ever: a new replica is an empty
// database that follows from the beginning. Parameters with a name or value that cannot stand in
// such a file are left out, and those that decide where files are, who may get in and how it
// replicates; those that this server does not know are ignored by it ("loose").
std::string MariadbConfiguration(const MariadbSettings& settings);

// Further arguments of a server that was a primary and is to follow the one after it: what no
// standby acknowledged is cut off its binary log and rolled back when it starts.
// https://mariadb.com/kb/en/semisynchronous-replication/ (rpl_semi_sync_slave_enabled at start)
std::vector<std::string> MariadbDiscardTailArguments();

}  // namespace scv::render

#endif  // SCV_RENDER_MARIADB_H_
