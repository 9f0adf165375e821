#include "world/linux/name_database.h"

#include <algorithm>
#include <chrono>
#include <utility>

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

std::vector<lab::RecordSpec> Normal(std::vector<lab::RecordSpec> records) {
  for (auto& record : records) std::sort(record.values.begin(), record.values.end());
  std::sort(records.begin(), records.end());
  return records;
}

}  // namespace

NameDatabase::NameDatabase(std::filesystem::path file, std::unique_ptr<SqliteConnection> connection)
    : file_(std::move(file)), connection_(std::move(connection)), transactions_(*connection_) {}

Result<std::unique_ptr<NameDatabase>> NameDatabase::Open(const std::filesystem::path& file) {
  SCV_ASSIGN(auto connection, SqliteConnection::Open(file, kBusyTimeout, true));
  SCV_TRY(connection->Execute("PRAGMA journal_mode = WAL"));
  // It can be computed again from the desired state: no need to wait for the disk.
  SCV_TRY(connection->Execute("PRAGMA synchronous = OFF"));
  SCV_TRY(connection->Execute(kSchema));
  return std::unique_ptr<NameDatabase>(new NameDatabase(file, std::move(connection)));
}

Result<std::map<std::string, std::vector<lab::RecordSpec>>> NameDatabase::Load() {
  std::map<std::string, std::vector<lab::RecordSpec>> zones;
  SqliteStatement domains(*connection_, "SELECT name FROM domains");
  SqliteRun domain(domains);
  for (;;) {
    SCV_ASSIGN(const bool more, domain.Step());
    if (!more) break;
    zones[domain.Text()];
  }
  SqliteStatement select(*connection_,
                         "SELECT d.name, r.name, r.type, r.ttl, r.content FROM records r"
                         " JOIN domains d ON d.id = r.domain_id ORDER BY 1, 2, 3, 4");
  SqliteRun row(select);
  for (;;) {
    SCV_ASSIGN(const bool more, row.Step());
    if (!more) break;
    auto& records = zones[row.Text()];
    lab::RecordSpec record{
        .name = row.Text(), .type = row.Text(), .ttl = row.As<int>(), .values = {}};
    const bool same = !records.empty() && records.back().name == record.name &&
                      records.back().type == record.type && records.back().ttl == record.ttl;
    if (!same) records.push_back(std::move(record));
    records.back().values.push_back(row.Text());
  }
  return zones;
}

Result<void> NameDatabase::RemoveZone(const std::string& zone) {
  SqliteStatement records(*connection_,
                          "DELETE FROM records WHERE domain_id IN"
                          " (SELECT id FROM domains WHERE name = ?)");
  SqliteRun remove_records(records);
  SCV_TRY(remove_records.Bind(zone).Finish());
  SqliteStatement domain(*connection_, "DELETE FROM domains WHERE name = ?");
  SqliteRun remove_domain(domain);
  return remove_domain.Bind(zone).Finish();
}

Result<void> NameDatabase::AddZone(const std::string& zone,
                                   const std::vector<lab::RecordSpec>& records) {
  SqliteStatement domain(*connection_, "INSERT INTO domains (name, type) VALUES (?, 'NATIVE')");
  {
    SqliteRun add(domain);
    SCV_TRY(add.Bind(zone).Finish());
  }
  SqliteStatement insert(*connection_,
                         "INSERT INTO records (domain_id, name, type, ttl, content)"
                         " SELECT id, ?, ?, ?, ? FROM domains WHERE name = ?");
  for (const auto& record : records) {
    for (const auto& value : record.values) {
      SqliteRun add(insert);
      add.Bind(record.name).Bind(record.type).Bind(static_cast<std::int64_t>(record.ttl));
      SCV_TRY(add.Bind(value).Bind(zone).Finish());
    }
  }
  return {};
}

Result<void> NameDatabase::Ensure(const lab::NamesSpec& spec) {
  const std::lock_guard lock(mutex_);
  SqliteTransaction transaction(transactions_);
  SCV_TRY(transaction.BeginWrite(writers_, kBusyTimeout));
  SCV_ASSIGN(const auto present, Load());
  for (const auto& [zone, records] : present) {
    if (!spec.zones.contains(zone)) SCV_TRY(RemoveZone(zone));
  }
  for (const auto& [zone, records] : spec.zones) {
    const auto found = present.find(zone);
    if (found != present.end() && Normal(found->second) == Normal(records)) continue;
    if (found != present.end()) SCV_TRY(RemoveZone(zone));
    SCV_TRY(AddZone(zone, records));
  }
  return transaction.Commit();
}

}  // namespace scv::world
