#include "memo/store/mariadb_schema.h"

#include <string>

#include "base/time.h"
#include "memo/store/mariadb_text.h"
#include "memo/store/migrations.h"

namespace scv::memo {
namespace {

Error NewerSchema(int version) {
  return {ErrorKind::kConflict,
          "the database has schema version " + std::to_string(version) +
              ", this program knows only " + std::to_string(SchemaVersion()) +
              "; run the newer program, or restore a backup made before the upgrade"};
}

// The steps taken so far; 0 for a new database.
Result<int> VersionOf(MariadbConnection& connection) {
  auto results = connection.Query("SELECT COALESCE(MAX(version), 0) FROM schema_version");
  if (!results) {
    if (connection.last_code() == kMariadbNoTable) return 0;
    return std::unexpected(std::move(results).error());
  }
  MariadbRows& row = results->front();
  return row.Next() ? static_cast<int>(row.Int(0)) : 0;
}

// Locks of this kind are the whole server's, so the name has the database in it.
Result<void> LockMigrations(MariadbConnection& connection, std::chrono::milliseconds timeout) {
  MariadbText text;
  text.Raw("SELECT GET_LOCK(CONCAT('memo.migrate.', MD5(DATABASE())), ");
  text.Number(std::chrono::ceil<std::chrono::seconds>(timeout).count()).Raw(")");
  SCV_ASSIGN(auto results, connection.Query(text.sql()));
  MariadbRows& row = results.front();
  if (row.Next() && row.Int(0) == 1) return {};
  return Fail(ErrorKind::kTimeout, "another instance is still migrating the database's schema");
}

Result<void> TakeStep(MariadbConnection& connection, int version) {
  const Migration& step = Migrations()[static_cast<std::size_t>(version - 1)];
  for (const std::string_view sql : step.mariadb) SCV_TRY(connection.Execute(sql));
  MariadbText text;
  text.Raw("INSERT INTO schema_version (version, name, applied_at) VALUES (").Number(version);
  text.Raw(", ").Bytes(step.name).Raw(", ").Number(WallClockMillis()).Raw(")");
  return connection.Execute(text.sql());
}

}  // namespace

Result<void> MigrateMariadb(MariadbConnection& connection, std::chrono::milliseconds timeout) {
  SCV_ASSIGN(int version, VersionOf(connection));
  if (version == SchemaVersion()) return {};
  if (version < SchemaVersion()) {
    SCV_TRY(LockMigrations(connection, timeout));
    // Another instance may have been first while this one waited.
    SCV_ASSIGN(version, VersionOf(connection));
  }
  if (version > SchemaVersion()) return std::unexpected(NewerSchema(version));
  SCV_TRY(
      connection.Execute("CREATE TABLE IF NOT EXISTS schema_version ("
                         " version INT NOT NULL PRIMARY KEY,"
                         " name VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,"
                         " applied_at BIGINT NOT NULL) ENGINE=InnoDB"));
  for (int next = version + 1; next <= SchemaVersion(); ++next) {
    SCV_TRY(TakeStep(connection, next));
  }
  return {};
}

Result<void> CheckMariadbSchema(MariadbConnection& connection) {
  SCV_ASSIGN(const int version, VersionOf(connection));
  if (version > SchemaVersion()) return std::unexpected(NewerSchema(version));
  if (version == SchemaVersion()) return {};
  return Fail(ErrorKind::kConflict, "the database has schema version " + std::to_string(version) +
                                        ", this program needs " + std::to_string(SchemaVersion()) +
                                        "; migrate it");
}

}  // namespace scv::memo
