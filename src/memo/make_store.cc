// The store that the configuration names.
#include <cstdio>

#include "memo/aws/secret_credentials.h"
#include "memo/command_line.h"
#include "memo/service/log.h"
#include "memo/store/mariadb_replica.h"
#include "memo/store/mariadb_store.h"
#include "memo/store/sqlite_store.h"

namespace scv::memo {
namespace {

constexpr std::chrono::milliseconds kMigrateTimeout{60'000};
constexpr std::chrono::milliseconds kOpenTimeout{5'000};
// For a round trip between distant regions with some loss.
constexpr std::chrono::milliseconds kReplicaTimeout{1'500};

void LogReading(const SecretCredentials::Reading& reading) {
  if (reading.error) {
    Log(LogLevel::kWarning, "secret_read_failed", reading.error->message);
  } else if (reading.changed) {
    Log(LogLevel::kInfo, "secret_read", "new database credentials from Secrets Manager",
        {{"version_id", std::string_view(reading.version_id)}});
  }
}

// A fixed user and password: "refreshing" them gives the same again.
CredentialSource FixedCredentials(const StoreConfig& config) {
  return [user = config.db_user, password = config.db_password](bool) -> Result<Credentials> {
    return Credentials{user, password};
  };
}

// Without its credentials the database is out of reach, whatever the reason: requests wait and try
// again as in any outage. Only a refusal stays one, as readiness tells the two apart.
CredentialSource FromSecret(std::shared_ptr<SecretCredentials> secret) {
  return [secret](bool refresh) -> Result<Credentials> {
    auto found = secret->Get(refresh);
    if (!found) {
      const bool denied = found.error().kind == ErrorKind::kDenied;
      return Fail(denied ? ErrorKind::kDenied : ErrorKind::kUnavailable, found.error().message);
    }
    return Credentials{std::move(found->username), found->password.Reveal()};
  };
}

Result<MariadbOptions> OptionsOf(const StoreConfig& config) {
  MariadbOptions options;
  options.host = config.db_host;
  options.port = config.db_port;
  options.database = config.db_name;
  options.ca_file = config.db_ca;
  options.tls = config.db_tls == "off" ? MariadbOptions::Tls::kOff : MariadbOptions::Tls::kVerify;
  // Two silent servers in a row still fit into the usual deadline of a request (10 s).
  options.io_timeout = std::chrono::milliseconds(3500);
  options.credentials = FixedCredentials(config);
  if (!config.db_secret_id.empty()) {
    SCV_ASSIGN(AwsEnvironment environment, ReadAwsEnvironment());
    std::shared_ptr<SecretCredentials> secret = MakeSecretCredentials(
        std::move(environment), config.db_secret_id, SecretCredentials::Options{}, LogReading);
    options.credentials = FromSecret(std::move(secret));
  }
  return options;
}

}  // namespace

Result<std::unique_ptr<Store>> MakeStore(const StoreConfig& config) {
  if (!config.db_host.empty()) {
    SCV_ASSIGN(MariadbOptions options, OptionsOf(config));
    return MakeMariadbStore(std::move(options));
  }
  SqliteOptions options;
  options.path = config.data;
  return MakeSqliteStore(std::move(options));
}

Result<ServedStores> MakeServedStores(const ServeConfig& config) {
  ServedStores stores;
  if (config.replica_host.empty()) {
    SCV_ASSIGN(stores.store, MakeStore(config.store));
    return stores;
  }
  // One source of credentials for both.
  SCV_ASSIGN(MariadbOptions options, OptionsOf(config.store));
  MariadbOptions replica = options;
  replica.host = config.replica_host;
  replica.port = config.replica_port;
  replica.io_timeout = kReplicaTimeout;
  SCV_ASSIGN(stores.store, MakeMariadbStore(std::move(options)));
  SCV_ASSIGN(stores.replica, MakeMariadbReplica(std::move(replica)));
  return stores;
}

Result<OpenedStore> OpenStore(StoreConfig& config) {
  SCV_TRY(FinishStoreConfig(config));
  OpenedStore opened;
  SCV_ASSIGN(opened.store, MakeStore(config));
  SCV_TRY(opened.store->Migrate(kMigrateTimeout));
  SCV_ASSIGN(opened.session, opened.store->Open(kOpenTimeout));
  return opened;
}

int Complain(const Error& error) {
  std::fprintf(stderr, "memo: %s\n", error.message.c_str());
  if (error.kind == ErrorKind::kConflict && error.message.find("newer") != std::string::npos) {
    return 3;
  }
  return error.kind == ErrorKind::kInvalid ? 2 : 1;
}

}  // namespace scv::memo
