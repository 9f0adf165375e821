// What opens a connection to a server of the configuration, whoever uses it.
#include <fstream>
#include <utility>

#include "memo/store/mariadb_client.h"

namespace scv::memo {

using std::chrono::milliseconds;

Result<std::unique_ptr<MariadbConnection>> ConnectMariadb(const MariadbOptions& options,
                                                          milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  SCV_ASSIGN(Credentials credentials, options.credentials(false));
  auto connection = MariadbConnection::Open(options, credentials, timeout);
  if (connection || connection.error().kind != ErrorKind::kDenied) return connection;
  SCV_ASSIGN(Credentials renewed, options.credentials(true));
  if (renewed.user == credentials.user && renewed.password == credentials.password) {
    return connection;
  }
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
  if (left <= milliseconds::zero()) return connection;
  return MariadbConnection::Open(options, renewed, left);
}

Result<void> FinishMariadbOptions(MariadbOptions& options) {
  if (options.host.empty() || options.database.empty() || !options.credentials) {
    return Fail(ErrorKind::kInvalid, "MariaDB needs a host, a database and credentials");
  }
  const bool verify = options.tls == MariadbOptions::Tls::kVerify;
  if (verify && !options.ca_file.empty() && !std::ifstream(options.ca_file).good()) {
    return Fail(ErrorKind::kInvalid, "the CA file " + options.ca_file + " cannot be read");
  }
  if (!options.name_watch) {
    options.name_watch =
        std::make_shared<NameWatch>([host = options.host] { return ResolveName(host); });
  }
  return {};
}

}  // namespace scv::memo
