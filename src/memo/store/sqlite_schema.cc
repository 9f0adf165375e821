#include "memo/store/sqlite_schema.h"

#include <string>

#include "base/time.h"
#include "memo/store/migrations.h"

namespace scv::memo {
namespace {

using Clock = std::chrono::steady_clock;

Error NewerSchema(int version) {
  return {ErrorKind::kConflict,
          "the database has schema version " + std::to_string(version) +
              ", this program knows only " + std::to_string(SchemaVersion()) +
              "; run the newer program, or restore a backup made before the upgrade"};
}

// Switching needs the file alone, and SQLite does not wait for that by itself: an exclusive
// transaction does (up to the busy timeout), after which it is worth another try.
Result<void> SwitchToWal(SqliteConnection& connection, Clock::time_point deadline) {
  // Takes effect on a new file only. A create changes few bytes of many pages, and every changed
  // page goes to the log whole: half the default size measured 5 to 8 % less CPU per create.
  SCV_TRY(connection.Execute("PRAGMA page_size = 2048"));
  for (;;) {
    auto switched = connection.Execute("PRAGMA journal_mode = WAL");
    if (switched || switched.error().kind != ErrorKind::kUnavailable) return switched;
    if (Clock::now() >= deadline) return switched;
    SCV_TRY(connection.Execute("BEGIN EXCLUSIVE; COMMIT"));
  }
}

// The steps taken so far; 0 for a new file.
Result<int> VersionOf(SqliteConnection& connection) {
  SqliteStatement exists(connection, "SELECT 1 FROM sqlite_schema WHERE name = 'schema_version'");
  SCV_ASSIGN(const bool versioned, SqliteRun(exists).Step());
  if (!versioned) return 0;
  SqliteStatement newest(connection, "SELECT coalesce(max(version), 0) FROM schema_version");
  SqliteRun row(newest);
  SCV_TRY(row.Step());
  return row.As<int>();
}

Result<void> TakeStep(SqliteConnection& connection, int version) {
  const Migration& step = Migrations()[static_cast<std::size_t>(version - 1)];
  for (const std::string_view sql : step.sqlite) {
    SqliteStatement statement(connection, sql);
    SCV_TRY(SqliteRun(statement).Finish());
  }
  SqliteStatement insert(connection,
                         "INSERT INTO schema_version (version, name, applied_at) VALUES (?, ?, ?)");
  SqliteRun run(insert);
  return run.Bind(version).Bind(step.name).Bind(WallClockMillis()).Finish();
}

Result<void> TakeMissingSteps(SqliteConnection& connection) {
  SqliteTransactions statements(connection);
  SqliteTransaction transaction(statements);
  SCV_TRY(transaction.BeginExclusive());
  // Another process may have been first while this one waited.
  SCV_ASSIGN(const int version, VersionOf(connection));
  if (version > SchemaVersion()) return std::unexpected(NewerSchema(version));
  SCV_TRY(connection.Execute(
      "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL,"
      " applied_at INTEGER NOT NULL) STRICT"));
  for (int next = version + 1; next <= SchemaVersion(); ++next) {
    SCV_TRY(TakeStep(connection, next));
  }
  return transaction.Commit();
}

}  // namespace

Result<void> MigrateSqlite(const std::filesystem::path& path, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  SCV_ASSIGN(const auto connection, SqliteConnection::Open(path, timeout, true));
  SCV_TRY(SwitchToWal(*connection, deadline));
  SCV_ASSIGN(const int version, VersionOf(*connection));
  if (version == SchemaVersion()) return {};
  return TakeMissingSteps(*connection);
}

Result<void> CheckSqliteSchema(SqliteConnection& connection) {
  SCV_ASSIGN(const int version, VersionOf(connection));
  if (version > SchemaVersion()) return std::unexpected(NewerSchema(version));
  if (version == SchemaVersion()) return {};
  return Fail(ErrorKind::kConflict, "the database has schema version " + std::to_string(version) +
                                        ", this program needs " + std::to_string(SchemaVersion()) +
                                        "; migrate it");
}

}  // namespace scv::memo
