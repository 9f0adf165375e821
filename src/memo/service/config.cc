#include "memo/service/config.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>

namespace scv::memo {
namespace {

constexpr std::size_t kSecretFileMax = 4096;

// An option with its environment variable. (The file's key is the flag's name.)
template <typename T>
CLI::Option* Add(CLI::App& app, const char* flag, const char* env, T& value, const char* help) {
  return app.add_option(flag, value, help)->envname(env)->capture_default_str();
}

void AddDuration(CLI::App& app, const char* flag, const char* env, std::chrono::milliseconds& value,
                 const char* help) {
  app.add_option_function<std::string>(
         flag,
         [&value, flag](const std::string& text) {
           const auto parsed = ParseDuration(text);
           if (!parsed) throw CLI::ValidationError(flag, parsed.error().message);
           value = *parsed;
         },
         help)
      ->envname(env)
      ->type_name("DURATION")
      ->default_str(std::to_string(value.count()) + "ms");
}

void AddGlobalDurability(CLI::App& app, ServeConfig& config) {
  Add(app, "--db-replica-host", "DB_REPLICA_HOST", config.replica_host,
      "The other region's read replica of the database; writes may then ask for durability=global");
  Add(app, "--db-replica-port", "DB_REPLICA_PORT", config.replica_port, "The replica's port");
  Add(app, "--global-fallback", "MEMO_GLOBAL_FALLBACK", config.global_fallback,
      "What a write gets that the replica does not confirm in time: fail (503), or region (and the "
      "answer says so)")
      ->check(CLI::IsMember({"fail", "region"}));
  AddDuration(app, "--global-timeout", "MEMO_GLOBAL_TIMEOUT", config.global_timeout,
              "How long a write waits for the replica, within its request's own time");
}

void AddTimeouts(CLI::App& app, ServeConfig& config) {
  AddDuration(app, "--request-timeout", "MEMO_REQUEST_TIMEOUT", config.request_timeout,
              "A request is answered within this time, whatever the database does");
  AddDuration(app, "--header-timeout", "MEMO_HEADER_TIMEOUT", config.header_timeout,
              "A request must have arrived this long after its first byte");
  AddDuration(app, "--body-timeout", "MEMO_BODY_TIMEOUT", config.body_timeout,
              "A request's body must have arrived this long after its header");
  AddDuration(app, "--idle-timeout", "MEMO_IDLE_TIMEOUT", config.idle_timeout,
              "Idle connections are closed after this time");
  AddDuration(app, "--drain-delay", "MEMO_DRAIN_DELAY", config.drain_delay,
              "After SIGTERM: time for load balancers to see that this instance is leaving");
  AddDuration(app, "--drain-timeout", "MEMO_DRAIN_TIMEOUT", config.drain_timeout,
              "After SIGTERM: time for running requests to finish");
}

// Passwords come from the environment or a file, never from a flag: argv is public.
void TakeEnvironment(const char* name, std::string& value) {
  if (const char* text = std::getenv(name); text != nullptr && value.empty()) value = text;
}

Result<void> CheckAddress(const char* option, const std::string& text) {
  const auto parsed = ParseHostPort(text);
  if (parsed) return {};
  return Fail(ErrorKind::kInvalid, std::string(option) + ": " + parsed.error().message);
}

}  // namespace

void AddStoreOptions(CLI::App& app, StoreConfig& config) {
  Add(app, "--data", "MEMO_DATA", config.data, "SQLite file, used when no database host is given");
  Add(app, "--db-host", "DB_HOST", config.db_host, "MariaDB host; selects MariaDB");
  Add(app, "--db-port", "DB_PORT", config.db_port, "MariaDB port");
  Add(app, "--db-user", "DB_USER", config.db_user, "MariaDB user");
  Add(app, "--db-password-file", "DB_PASSWORD_FILE", config.db_password_file,
      "File with the password; or set DB_PASSWORD in the environment");
  Add(app, "--db-name", "DB_NAME", config.db_name, "MariaDB database");
  Add(app, "--db-ca", "DB_CA", config.db_ca, "CA certificates (PEM) that sign the server's");
  Add(app, "--db-tls", "DB_TLS", config.db_tls,
      "verify: TLS with verified CA and host name; off: no TLS (loopback only)")
      ->check(CLI::IsMember({"verify", "off"}));
  Add(app, "--db-secret-id", "DB_SECRET_ID", config.db_secret_id,
      "Secrets Manager secret (name or ARN) with the credentials");
}

void AddServeOptions(CLI::App& app, ServeConfig& config) {
  AddStoreOptions(app, config.store);
  Add(app, "--listen", "MEMO_LISTEN", config.listen, "Address of the API; port 0 picks a free one");
  Add(app, "--metrics-listen", "MEMO_METRICS_LISTEN", config.metrics_listen,
      "Address of /metrics, or off");
  Add(app, "--port-file", "MEMO_PORT_FILE", config.port_file,
      "Write the API's port there once it listens");
  Add(app, "--web", "MEMO_WEB", config.web, "Directory of the built web app to serve");
  Add(app, "--region", "AWS_REGION", config.region, "Region named in answers and logs");
  Add(app, "--instance-id", "MEMO_INSTANCE_ID", config.instance_id,
      "Instance named in answers and logs (default: the host name)");
  Add(app, "--signup", "MEMO_SIGNUP", config.signup, "Whether anyone may sign up")
      ->check(CLI::IsMember({"open", "closed"}));
  Add(app, "--seed", "MEMO_SEED", config.seed, "demo: an account with dummy memos at first run")
      ->check(CLI::IsMember({"none", "demo"}));
  Add(app, "--seed-password-file", "MEMO_SEED_PASSWORD_FILE", config.seed_password_file,
      "Password of the demo account (or MEMO_SEED_PASSWORD); without one it cannot sign in");
  Add(app, "--log-level", "MEMO_LOG_LEVEL", config.log_level, "Least severe lines to log")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  Add(app, "--access-log", "MEMO_ACCESS_LOG", config.access_log,
      "Requests to log: all, errors (5xx and slower than 1 s), off")
      ->check(CLI::IsMember({"all", "errors", "off"}));
  Add(app, "--batching", "MEMO_BATCHING", config.batching,
      "Requests that wait together share round trips and commits")
      ->check(CLI::IsMember({"on", "off"}));
  Add(app, "--threads", "MEMO_THREADS", config.threads, "I/O threads; 0: one per core")
      ->check(CLI::Range(0, 256));
  Add(app, "--connections-max", "MEMO_CONNECTIONS_MAX", config.connections_max,
      "Open client connections; more are refused")
      ->check(CLI::Range(1, 100'000));
  Add(app, "--proxy-hops", "MEMO_PROXY_HOPS", config.proxy_hops,
      "Trusted proxies in front that append to X-Forwarded-For")
      ->check(CLI::Range(0, 8));
  Add(app, "--pool", "MEMO_POOL", config.pool, "Database connections per lane with batching off")
      ->check(CLI::Range(1, 256));
  AddGlobalDurability(app, config);
  AddTimeouts(app, config);
}

Result<void> ApplyConfigFile(CLI::App& command, const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) {
    return Fail(ErrorKind::kInvalid, "the configuration file " + path + " is not a file");
  }
  try {
    for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_file(path)) {
      // CLI11 reports where a section begins and ends as items of these names.
      if (item.name == "++" || item.name == "--") {
        return Fail(ErrorKind::kInvalid, path + " must have no sections, only keys");
      }
      CLI::Option* option = command.get_option_no_throw("--" + item.name);
      if (option == nullptr || !item.parents.empty() || item.name == "config") {
        return Fail(ErrorKind::kInvalid, "unknown key \"" + item.fullname() + "\" in " + path +
                                             "; the keys are the names of the flags");
      }
      if (option->count() > 0) continue;
      option->add_result(item.inputs);
      option->run_callback();
    }
  } catch (const CLI::Error& error) {
    return Fail(ErrorKind::kInvalid, path + ": " + error.what());
  }
  return {};
}

Result<std::string> ReadSecretFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Fail(ErrorKind::kNotFound, "cannot read the file " + path);
  std::string text(kSecretFileMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  text.resize(std::min(text.size(), text.find_first_of("\r\n")));
  if (text.empty() || text.size() > kSecretFileMax) {
    return Fail(ErrorKind::kInvalid, "the file " + path + " must hold one line of 1 to 4096 bytes");
  }
  return text;
}

Result<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const std::int64_t factor = unit == "ms"                ? 1
                              : unit == "s" || unit == "" ? 1000
                              : unit == "m"               ? 60'000
                                                          : 0;
  if (error != std::errc{} || factor == 0 || number < 0 || number > 86'400'000 / factor) {
    return Fail(ErrorKind::kInvalid, "a duration is like 300ms, 10s or 2m, at most a day");
  }
  return std::chrono::milliseconds(number * factor);
}

Result<HostPort> ParseHostPort(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  HostPort result;
  const auto bad = [] {
    return Fail(ErrorKind::kInvalid, "an address is like 127.0.0.1:8080 or [::1]:8080");
  };
  if (colon == std::string_view::npos) return bad();
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), result.port);
  if (host.empty() || error != std::errc{} || end != port.data() + port.size()) return bad();
  result.host = host;
  return result;
}

Result<void> FinishStoreConfig(StoreConfig& config) {
  if (config.db_host.empty() && !config.db_secret_id.empty()) {
    return Fail(ErrorKind::kInvalid,
                "--db-secret-id (DB_SECRET_ID) names credentials for MariaDB: give its --db-host "
                "(DB_HOST), too");
  }
  if (config.db_host.empty()) return {};
  if (!config.db_password_file.empty()) {
    SCV_ASSIGN(config.db_password, ReadSecretFile(config.db_password_file));
  }
  TakeEnvironment("DB_PASSWORD", config.db_password);
  if (config.db_secret_id.empty() && config.db_user.empty()) {
    return Fail(ErrorKind::kInvalid,
                "--db-host needs credentials: --db-user with DB_PASSWORD, or --db-secret-id");
  }
  return {};
}

Result<void> FinishServeConfig(ServeConfig& config) {
  SCV_TRY(FinishStoreConfig(config.store));
  if (!config.replica_host.empty() && config.store.db_host.empty()) {
    return Fail(ErrorKind::kInvalid,
                "--db-replica-host (DB_REPLICA_HOST) names a replica of a MariaDB server: give its "
                "--db-host (DB_HOST), too");
  }
  if (config.instance_id.empty()) {
    std::array<char, 256> name{};
    config.instance_id = gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
  }
  if (!config.seed_password_file.empty()) {
    SCV_ASSIGN(config.seed_password, ReadSecretFile(config.seed_password_file));
  }
  TakeEnvironment("MEMO_SEED_PASSWORD", config.seed_password);
  SCV_TRY(CheckAddress("--listen", config.listen));
  if (config.metrics_listen != "off") {
    SCV_TRY(CheckAddress("--metrics-listen", config.metrics_listen));
  }
  return {};
}

}  // namespace scv::memo
