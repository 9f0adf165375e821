// The schema of the MariaDB store: migration and its check.
#ifndef SCV_MEMO_STORE_MARIADB_SCHEMA_H_
#define SCV_MEMO_STORE_MARIADB_SCHEMA_H_

#include <chrono>

#include "memo/store/mariadb_client.h"

namespace scv::memo {

// As Store::Migrate. The connection's io_timeout must be longer than `timeout`. The lock that
// keeps the others waiting belongs to the connection and goes with it.
Result<void> MigrateMariadb(MariadbConnection& connection, std::chrono::milliseconds timeout);

// kConflict: the schema is newer or older than this program's.
Result<void> CheckMariadbSchema(MariadbConnection& connection);

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_SCHEMA_H_
