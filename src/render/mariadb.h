// MariaDB configuration, as text.
#ifndef SCV_RENDER_MARIADB_H_
#define SCV_RENDER_MARIADB_H_

#include <map>
#include <string>

namespace scv::render {

struct MariadbSettings {
  std::string data_directory, temporary_directory, run_directory;
  std::string address;  // where it listens
  int port = 3306;
  std::string certificate, key, authority;        // PEM files
  std::map<std::string, std::string> parameters;  // of the parameter group; they win
};

// my.cnf: durable (every commit on disk, binary log too), TLS, and small. Parameters with a name or
// value that cannot stand in such a file are left out; those that this server does not know are
// ignored by it ("loose").
std::string MariadbConfiguration(const MariadbSettings& settings);

}  // namespace scv::render

#endif  // SCV_RENDER_MARIADB_H_
