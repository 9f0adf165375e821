// Everything an operator can choose. Precedence: flag, then environment, then the file given by
// --config (TOML), then the default. Unknown flags and unknown keys of the file are refused; the
// password of the database is never a flag. docs/configuration.md lists them all.
#ifndef SCV_MEMO_SERVICE_CONFIG_H_
#define SCV_MEMO_SERVICE_CONFIG_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace CLI {
class App;
}

namespace scv::memo {

struct StoreConfig {
  std::string data = "memo.db";  // the SQLite file, used when db_host is empty
  std::string db_host;           // set: MariaDB
  std::uint16_t db_port = 3306;
  std::string db_user;
  std::string db_password;  // environment, file, or a file named by db_password_file
  std::string db_password_file;
  std::string db_name = "memo";
  std::string db_ca;
  std::string db_tls = "verify";  // or "off"
  std::string db_secret_id;       // set: credentials from Secrets Manager
};

struct ServeConfig {
  StoreConfig store;
  std::string listen = "127.0.0.1:8080";
  std::string metrics_listen = "127.0.0.1:9090";  // "off": none
  std::string port_file;
  std::string web;
  std::string region = "local";
  std::string instance_id;  // default: the host name
  std::string signup = "open";
  std::string seed = "none";
  std::string seed_password_file;
  std::string log_level = "info";
  std::string access_log = "errors";  // all, errors (5xx and slow), off
  std::string batching = "on";
  std::size_t threads = 0;  // 0: one per core
  std::size_t connections_max = 4096;
  std::size_t proxy_hops = 0;  // how many proxies add to X-Forwarded-For before us
  std::size_t pool = 16;       // database connections per lane with batching off
  std::string seed_password;   // environment, or the file
  // Durability global: the other region's read replica, of the same database and credentials as
  // `store`. Empty: there is none.
  std::string replica_host;
  std::uint16_t replica_port = 3306;
  std::string global_fallback = "fail";  // or "region"
  std::chrono::milliseconds global_timeout{2'000};
  std::chrono::milliseconds request_timeout{10'000};
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds drain_delay{300};
  std::chrono::milliseconds drain_timeout{20'000};
};

// Adds the options of a command to `app`; values land in the struct when `app` parses. The caller
// keeps both alive.
void AddStoreOptions(CLI::App& app, StoreConfig& config);
void AddServeOptions(CLI::App& app, ServeConfig& config);

// Applies the TOML file to every option of `command` that neither a flag nor the environment has
// set. kInvalid: not readable, not TOML, an unknown key, a value the option refuses.
Result<void> ApplyConfigFile(CLI::App& command, const std::string& path);

// After parsing: reads the files that options name (password, seed password) and checks what one
// option alone cannot. kInvalid names the option and the remedy.
Result<void> FinishStoreConfig(StoreConfig& config);
Result<void> FinishServeConfig(ServeConfig& config);

// The first line of a small file, without its end of line. kNotFound, kInvalid (empty or over
// 4 KiB).
Result<std::string> ReadSecretFile(const std::string& path);

// "10s", "300ms", "2m"; used for durations everywhere.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// "HOST:PORT", "[::1]:8080".
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
Result<HostPort> ParseHostPort(std::string_view text);

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_CONFIG_H_
