// Bringing a SQLite file to the schema of migrations.h.
#ifndef SCV_MEMO_STORE_SQLITE_SCHEMA_H_
#define SCV_MEMO_STORE_SQLITE_SCHEMA_H_

#include <chrono>
#include <filesystem>

#include "sqlite/sqlite_connection.h"

namespace scv::memo {

// Creates the file when missing, switches it to WAL mode and takes the steps it lacks, all of them
// in one transaction. Several processes may do this at once: one does it, the others wait for it,
// up to `timeout`. Errors: as Store::Migrate and SqliteConnection::Open.
Result<void> MigrateSqlite(const std::filesystem::path& path, std::chrono::milliseconds timeout);

// kConflict: the schema is older or newer than this program's.
Result<void> CheckSqliteSchema(SqliteConnection& connection);

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_SQLITE_SCHEMA_H_
