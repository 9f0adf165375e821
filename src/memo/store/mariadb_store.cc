#include "memo/store/mariadb_store.h"

#include <fstream>
#include <utility>

#include "memo/store/mariadb_client.h"
#include "memo/store/mariadb_schema.h"
#include "memo/store/mariadb_session.h"

namespace scv::memo {
namespace {

using std::chrono::milliseconds;

class MariadbStore final : public Store {
 public:
  explicit MariadbStore(MariadbOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<StoreSession>> Open(milliseconds timeout) override {
    SCV_ASSIGN(auto connection, Connect(options_, timeout));
    return std::make_unique<MariadbSession>(std::move(connection));
  }

  Result<void> Migrate(milliseconds timeout) override {
    // Whoever waits for another instance, or for a long step, waits in one round trip.
    MariadbOptions patient = options_;
    patient.io_timeout += timeout;
    patient.lock_wait = std::chrono::ceil<std::chrono::seconds>(timeout);
    SCV_ASSIGN(const auto connection, Connect(patient, timeout));
    return MigrateMariadb(*connection, timeout);
  }

  std::string_view kind() const override { return "mariadb"; }

 private:
  Result<std::unique_ptr<MariadbConnection>> Connect(const MariadbOptions& options,
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

  const MariadbOptions options_;
};

}  // namespace

Result<std::unique_ptr<Store>> MakeMariadbStore(MariadbOptions options) {
  if (options.host.empty() || options.database.empty() || !options.credentials) {
    return Fail(ErrorKind::kInvalid, "MariaDB needs a host, a database and credentials");
  }
  const bool verify = options.tls == MariadbOptions::Tls::kVerify;
  if (verify && !options.ca_file.empty() && !std::ifstream(options.ca_file).good()) {
    return Fail(ErrorKind::kInvalid, "the CA file " + options.ca_file + " cannot be read");
  }
  return std::make_unique<MariadbStore>(std::move(options));
}

}  // namespace scv::memo
