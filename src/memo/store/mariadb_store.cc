#include "memo/store/mariadb_store.h"

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
    SCV_ASSIGN(auto connection, ConnectMariadb(options_, timeout));
    return std::make_unique<MariadbSession>(std::move(connection));
  }

  Result<void> Migrate(milliseconds timeout) override {
    // Whoever waits for another instance, or for a long step, waits in one round trip.
    MariadbOptions patient = options_;
    patient.io_timeout += timeout;
    patient.lock_wait = std::chrono::ceil<std::chrono::seconds>(timeout);
    SCV_ASSIGN(const auto connection, ConnectMariadb(patient, timeout));
    return MigrateMariadb(*connection, timeout);
  }

  std::string_view kind() const override { return "mariadb"; }

 private:
  const MariadbOptions options_;
};

}  // namespace

Result<std::unique_ptr<Store>> MakeMariadbStore(MariadbOptions options) {
  SCV_TRY(FinishMariadbOptions(options));
  return std::make_unique<MariadbStore>(std::move(options));
}

}  // namespace scv::memo
