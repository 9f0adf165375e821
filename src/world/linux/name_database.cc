#include "world/linux/name_database.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "render/powerdns.h"

namespace scv::world {
namespace {

constexpr std::chrono::seconds kBusyTimeout{5};

// PowerDNS's tables for its generic SQLite backend, those columns that its queries name.
constexpr const char* kSchema =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS domains (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " master TEXT, last_check INTEGER, type TEXT NOT NULL, notified_serial INTEGER,"
    " account TEXT, options TEXT, catalog TEXT);"
    "CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY, domain_id INTEGER NOT NULL,"
    " name TEXT NOT NULL, type TEXT NOT NULL, content TEXT NOT NULL, ttl INTEGER NOT NULL,"
    " prio INTEGER, disabled INTEGER NOT NULL DEFAULT 0, ordername TEXT,"
    " auth INTEGER NOT NULL DEFAULT 1);"
    "CREATE INDEX IF NOT EXISTS records_by_name ON records (name, type);"
    "CREATE INDEX IF NOT EXISTS records_by_domain ON records (domain_id);"
    "CREATE TABLE IF NOT EXISTS domainmetadata (id INTEGER PRIMARY KEY, domain_id INTEGER,"
    " kind TEXT, content TEXT);"
    "CREATE TABLE IF NOT EXISTS supermasters (ip TEXT, nameserver TEXT, account TEXT);"
    "CREATE TABLE IF NOT EXISTS comments (id INTEGER PRIMARY KEY, domain_id INTEGER, name TEXT,"
    " type TEXT, modified_at INTEGER, account TEXT, comment TEXT);"
    "CREATE TABLE IF NOT EXISTS cryptokeys (id INTEGER PRIMARY KEY, domain_id INTEGER,"
    " flags INTEGER, active INTEGER, published INTEGER, content TEXT);"
    "CREATE TABLE IF NOT EXISTS tsigkeys (id INTEGER PRIMARY KEY, name TEXT, algorithm TEXT,"
    " secret TEXT);"
    "COMMIT";

std::string FileNameOf(std::string_view place) {
  std::string name = "names-" + std::string(place.empty() ? "internet" : place) + ".db";
  std::ranges::replace_if(
      name,
      [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.');
      },
      '_');
  return name;
}

}  // namespace

NameDatabase::NameDatabase(std::filesystem::path file, std::unique_ptr<SqliteConnection> connection)
    : file_(std::move(file)),
      connection_(std::move(connection)),
      transactions_(*connection_),
      remove_row_(*connection_, "DELETE FROM records WHERE id = ?"),
      add_row_(*connection_,
               "INSERT INTO records (domain_id, name, type, ttl, content) VALUES (?, ?, ?, ?, ?)") {
}

Result<std::unique_ptr<NameDatabase>> NameDatabase::Open(const std::filesystem::path& file) {
  SCV_ASSIGN(auto connection, SqliteConnection::Open(file, kBusyTimeout, true));
  SCV_TRY(connection->Execute("PRAGMA journal_mode = WAL"));
  // It can be computed again from the desired state: no need to wait for the disk.
  SCV_TRY(connection->Execute("PRAGMA synchronous = OFF"));
  SCV_TRY(connection->Execute(kSchema));
  return std::unique_ptr<NameDatabase>(new NameDatabase(file, std::move(connection)));
}

Result<void> NameDatabase::Load() {
  zones_.clear();
  rows_.clear();
  SqliteStatement domains(*connection_, "SELECT name, id FROM domains");
  SqliteRun domain(domains);
  for (;;) {
    SCV_ASSIGN(const bool more, domain.Step());
    if (!more) break;
    auto name = domain.Text();
    zones_[std::move(name)] = domain.Int();
  }
  SqliteStatement select(*connection_,
                         "SELECT d.name, r.name, r.type, r.ttl, r.content, r.id FROM records r"
                         " JOIN domains d ON d.id = r.domain_id");
  SqliteRun run(select);
  for (;;) {
    SCV_ASSIGN(const bool more, run.Step());
    if (!more) break;
    Row row{run.Text(), run.Text(), run.Text(), run.As<int>(), run.Text()};
    rows_[std::move(row)] = run.Int();
  }
  loaded_ = true;
  return {};
}

NameDatabase::Rows NameDatabase::RowsOf(const lab::NamesSpec& spec) {
  Rows rows;
  for (const auto& [zone, records] : spec.zones) {
    for (const auto& record : records) {
      if (auto program = render::LocatedRecord(record)) {
        rows.emplace(Row{zone, record.name, "LUA", record.ttl, std::move(*program)}, 0);
        continue;
      }
      for (const auto& value : record.values) {
        rows.emplace(Row{zone, record.name, record.type, record.ttl, value}, 0);
      }
    }
  }
  return rows;
}

// With all that is in it.
Result<void> NameDatabase::RemoveZone(const std::string& zone) {
  for (const std::string_view sql : {std::string_view("DELETE FROM records WHERE domain_id = ?"),
                                     std::string_view("DELETE FROM domains WHERE id = ?")}) {
    SqliteStatement statement(*connection_, sql);
    SqliteRun run(statement);
    SCV_TRY(run.Bind(zones_.at(zone)).Finish());
  }
  zones_.erase(zone);
  return {};
}

Result<void> NameDatabase::AddZone(const std::string& zone) {
  SqliteStatement statement(*connection_, "INSERT INTO domains (name, type) VALUES (?, 'NATIVE')");
  SqliteRun run(statement);
  SCV_TRY(run.Bind(zone).Finish());
  zones_[zone] = sqlite3_last_insert_rowid(connection_->handle());
  return {};
}

Result<void> NameDatabase::RemoveRow(const Row& row) {
  SqliteRun run(remove_row_);
  return run.Bind(rows_.at(row)).Finish();
}

Result<std::int64_t> NameDatabase::AddRow(const Row& row) {
  SqliteRun run(add_row_);
  run.Bind(zones_.at(row.zone)).Bind(row.name).Bind(row.type);
  SCV_TRY(run.Bind(std::int64_t{row.ttl}).Bind(row.content).Finish());
  return sqlite3_last_insert_rowid(connection_->handle());
}

Result<void> NameDatabase::Apply(const lab::NamesSpec& spec, Rows& wanted, const Changes& removed,
                                 const Changes& added) {
  SqliteTransaction transaction(transactions_);
  SCV_TRY(transaction.BeginWrite(writers_, kBusyTimeout));
  for (const auto* row : removed) SCV_TRY(RemoveRow(*row));
  const auto before = zones_;
  for (const auto& [zone, id] : before) {
    if (!spec.zones.contains(zone)) SCV_TRY(RemoveZone(zone));
  }
  for (const auto& [zone, records] : spec.zones) {
    if (!zones_.contains(zone)) SCV_TRY(AddZone(zone));
  }
  for (const auto* row : added) {
    SCV_ASSIGN(wanted[*row], AddRow(*row));
  }
  return transaction.Commit();
}

Result<void> NameDatabase::Ensure(const lab::NamesSpec& spec) {
  const std::lock_guard lock(mutex_);
  if (!loaded_) SCV_TRY(Load());
  auto wanted = RowsOf(spec);
  Changes removed;
  Changes added;
  for (const auto& [row, id] : rows_) {
    if (!wanted.contains(row)) removed.push_back(&row);
  }
  for (auto& [row, id] : wanted) {
    if (const auto there = rows_.find(row); there != rows_.end()) {
      id = there->second;
    } else {
      added.push_back(&row);
    }
  }
  const bool same_zones = std::ranges::equal(
      zones_, spec.zones, {}, [](const auto& entry) { return entry.first; },
      [](const auto& entry) { return entry.first; });
  if (removed.empty() && added.empty() && same_zones) return {};
  loaded_ = false;  // until all of it is written
  SCV_TRY(Apply(spec, wanted, removed, added));
  rows_ = std::move(wanted);
  loaded_ = true;
  return {};
}

Result<NameDatabase*> NameDatabases::DatabaseOf(std::string_view place) {
  const std::lock_guard lock(mutex_);
  if (const auto found = open_.find(place); found != open_.end()) return found->second.get();
  SCV_ASSIGN(auto opened, NameDatabase::Open(directory_ / FileNameOf(place)));
  return open_.emplace(place, std::move(opened)).first->second.get();
}

Result<void> NameDatabases::Ensure(std::string_view place, const lab::NamesSpec& spec) {
  SCV_ASSIGN(auto* const database, DatabaseOf(place));
  return database->Ensure(spec);
}

Result<std::filesystem::path> NameDatabases::FileOf(std::string_view place) {
  SCV_ASSIGN(const auto* const database, DatabaseOf(place));
  return database->file();
}

}  // namespace scv::world
