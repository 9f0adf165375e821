#include "render/mariadb.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace scv::render {
namespace {

bool IsName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// What a line of the file can hold without quotes and comments changing its meaning.
bool IsValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c != '#' && c != '"' && c != '\'' && c != '\\' && c < 0x7f;
  });
}

// Where the lab decides itself, whatever the parameter group says: where files are, who may get in,
// and how it replicates.
bool IsOurs(std::string_view name) {
  constexpr std::string_view kOurs[] = {"datadir",
                                        "tmpdir",
                                        "socket",
                                        "pid_file",
                                        "port",
                                        "bind_address",
                                        "ssl_cert",
                                        "ssl_key",
                                        "ssl_ca",
                                        "skip_grant_tables",
                                        "plugin_dir",
                                        "basedir",
                                        "user",
                                        "init_file",
                                        "log_error",
                                        "secure_file_priv",
                                        "lc_messages_dir",
                                        "server_id",
                                        "log_bin",
                                        "log_bin_index",
                                        "log_basename",
                                        "read_only",
                                        "sync_binlog",
                                        "log_slave_updates",
                                        "expire_logs_days",
                                        "binlog_expire_logs_seconds",
                                        "skip_name_resolve",
                                        "skip_slave_start",
                                        "skip_networking"};
  constexpr std::string_view kOurBeginnings[] = {"gtid_",      "relay_",        "rpl_semi_sync_",
                                                 "init_rpl_",  "slave_",        "replicate_",
                                                 "binlog_do_", "binlog_ignore_"};
  return std::find(std::begin(kOurs), std::end(kOurs), name) != std::end(kOurs) ||
         std::any_of(std::begin(kOurBeginnings), std::end(kOurBeginnings),
                     [&](std::string_view beginning) { return name.starts_with(beginning); });
}

}  // namespace

std::string MariadbConfiguration(const MariadbSettings& settings) {
  std::string text = fmt::format(
      "[mariadbd]\n"
      "user=root\n"
      "datadir={0}\n"
      "tmpdir={1}\n"
      "socket={2}/mariadbd.sock\n"
      "pid-file={2}/mariadbd.pid\n"
      "secure-file-priv={1}\n"
      "bind-address={3}\n"
      "port={4}\n"
      "ssl-cert={5}\n"
      "ssl-key={6}\n"
      "ssl-ca={7}\n"
      "skip-name-resolve=1\n"
      "log-bin=binlog\n"
      "binlog-format=ROW\n"
      "sync-binlog=1\n"
      "innodb-flush-log-at-trx-commit=1\n"
      "log-slave-updates=1\n"
      "gtid-strict-mode=1\n"
      "relay-log=relay\n"
      "relay-log-recovery=1\n"
      "skip-slave-start=1\n"
      "server-id={8}\n"
      "gtid-domain-id=0\n"
      "read-only=1\n"
      "slave-parallel-threads=8\n"
      "slave-parallel-mode=conservative\n"
      "slave-net-timeout=1\n"
      "rpl-semi-sync-master-wait-point=AFTER_SYNC\n"
      "rpl-semi-sync-master-wait-no-slave=1\n"
      "rpl-semi-sync-master-timeout=4294967295\n"
      "rpl-semi-sync-slave-kill-conn-timeout=1\n"
      "character-set-server=utf8mb4\n"
      "performance-schema=0\n"
      "log-warnings=1\n"  // at 2, every probe that only asks for the greeting is a line
      "innodb-buffer-pool-size=16M\n"
      "innodb-log-file-size=8M\n"
      "innodb-data-file-path=ibdata1:4M:autoextend\n"
      "innodb-autoextend-increment=1\n"
      "innodb-temp-data-file-path=ibtmp1:1M:autoextend\n"
      "key-buffer-size=1M\n"
      "aria-pagecache-buffer-size=1M\n",
      settings.data_directory, settings.temporary_directory, settings.run_directory,
      settings.address, settings.port, settings.certificate, settings.key, settings.authority,
      settings.server_id);
  for (const auto& [name, value] : settings.parameters) {
    std::string plain = name;
    std::replace(plain.begin(), plain.end(), '-', '_');
    if (!IsName(name) || !IsValue(value) || IsOurs(plain)) continue;
    text += fmt::format("loose-{}={}\n", name, value);
  }
  return text;
}

std::vector<std::string> MariadbDiscardTailArguments() {
  return {"--rpl-semi-sync-slave-enabled=1", "--init-rpl-role=SLAVE"};
}

}  // namespace scv::render
