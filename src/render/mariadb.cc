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

// Where the lab decides itself, whatever the parameter group says: where files are, and who may get
// in.
bool IsOurs(std::string_view name) {
  constexpr std::string_view kOurs[] = {
      "datadir",  "tmpdir",    "socket",    "pid_file",          "port",           "bind_address",
      "ssl_cert", "ssl_key",   "ssl_ca",    "skip_grant_tables", "plugin_dir",     "basedir",
      "user",     "init_file", "log_error", "secure_file_priv",  "lc_messages_dir"};
  return std::find(std::begin(kOurs), std::end(kOurs), name) != std::end(kOurs);
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
      "relay-log-recovery=1\n"
      "skip-slave-start=1\n"
      "character-set-server=utf8mb4\n"
      "performance-schema=0\n"
      "innodb-buffer-pool-size=16M\n"
      "innodb-log-file-size=8M\n"
      "innodb-data-file-path=ibdata1:4M:autoextend\n"
      "innodb-autoextend-increment=1\n"
      "innodb-temp-data-file-path=ibtmp1:1M:autoextend\n"
      "key-buffer-size=1M\n"
      "aria-pagecache-buffer-size=1M\n",
      settings.data_directory, settings.temporary_directory, settings.run_directory,
      settings.address, settings.port, settings.certificate, settings.key, settings.authority);
  for (const auto& [name, value] : settings.parameters) {
    std::string plain = name;
    std::replace(plain.begin(), plain.end(), '-', '_');
    if (!IsName(name) || !IsValue(value) || IsOurs(plain)) continue;
    text += fmt::format("loose-{}={}\n", name, value);
  }
  return text;
}

}  // namespace scv::render
