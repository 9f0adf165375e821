#include "services/encrypted_secret_store.h"

#include <algorithm>
#include <chrono>

#include "services/bytes.h"
#include "services/key_file.h"
#include "services/sealed.h"

namespace scv::services {
namespace {

constexpr std::chrono::seconds kBusyTimeout{5};
constexpr std::string_view kCurrent = "AWSCURRENT";
constexpr std::string_view kPrevious = "AWSPREVIOUS";
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
constexpr std::size_t kVersionsMax = 100;
constexpr std::size_t kStagesMax = 20;
constexpr std::size_t kValueBytesMax = 65536;

constexpr char kSchema[] =
    "PRAGMA journal_mode = WAL;"
    "CREATE TABLE IF NOT EXISTS secret (arn TEXT NOT NULL, version_id TEXT NOT NULL,"
    " stages TEXT NOT NULL, created_at INTEGER NOT NULL, sealed BLOB NOT NULL,"
    " PRIMARY KEY (arn, version_id)) WITHOUT ROWID;";

std::string Context(std::string_view arn, std::string_view version_id) {
  return std::string(arn) + "\n" + std::string(version_id);
}

// Stages have no line breaks: the endpoint and Terraform's schema see to that.
std::string Join(const std::vector<std::string>& stages) {
  std::string text;
  for (const auto& stage : stages) text += stage + "\n";
  return text;
}

std::vector<std::string> Split(std::string_view text) {
  std::vector<std::string> stages;
  while (!text.empty()) {
    const auto end = text.find('\n');
    stages.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return stages;
}

bool Has(const std::vector<std::string>& stages, std::string_view stage) {
  return std::ranges::find(stages, stage) != stages.end();
}

// Whoever had the stage loses it; who loses AWSCURRENT becomes AWSPREVIOUS.
template <typename Rows>
void Assign(Rows& rows, std::string_view stage, std::string_view to) {
  std::string lost;
  for (auto& row : rows) {
    auto& stages = row.version.stages;
    if (row.version.version_id == to) {
      if (!Has(stages, stage)) stages.emplace_back(stage);
    } else if (std::erase(stages, stage) > 0) {
      lost = row.version.version_id;
    }
  }
  if (stage == kCurrent && !lost.empty() && !to.empty()) Assign(rows, kPrevious, lost);
}

}  // namespace

Result<std::unique_ptr<EncryptedSecretStore>> EncryptedSecretStore::Open(
    const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  SCV_ASSIGN(auto key, ReadOrMakeKey(directory / "secrets.key"));
  SCV_ASSIGN(auto connection,
             SqliteConnection::Open(directory / "secrets.sqlite", kBusyTimeout, true));
  SCV_TRY(connection->Execute(kSchema));
  std::unique_ptr<EncryptedSecretStore> store(
      new EncryptedSecretStore(std::move(connection), std::move(key)));
  SCV_TRY(store->CheckKey());
  return store;
}

Result<void> EncryptedSecretStore::CheckKey() {
  SqliteStatement any(*connection_, "SELECT arn, version_id, sealed FROM secret LIMIT 1");
  SqliteRun run(any);
  SCV_ASSIGN(const bool row, run.Step());
  if (!row) return {};
  const auto arn = run.Text();
  Row first;
  first.version.version_id = run.Text();
  first.sealed = std::string(run.Blob());
  SCV_TRY(Open(arn, first));
  return {};
}

Result<std::string> EncryptedSecretStore::Open(std::string_view arn, const Row& row) {
  auto value = Unseal(key_, Context(arn, row.version.version_id), row.sealed);
  if (value) return std::move(*value);
  return Fail(ErrorKind::kInternal,
              "the value of the secret " + std::string(arn) +
                  " does not open: secrets.key is not the key it was sealed with, or the database "
                  "is damaged; put back a copy of both");
}

Result<std::vector<EncryptedSecretStore::Row>> EncryptedSecretStore::Rows(std::string_view arn) {
  SqliteStatement all(*connection_,
                      "SELECT version_id, stages, created_at, sealed FROM secret WHERE arn = ?"
                      " ORDER BY created_at, version_id");
  SqliteRun run(all);
  run.Bind(arn);
  std::vector<Row> rows;
  while (true) {
    SCV_ASSIGN(const bool found, run.Step());
    if (!found) return rows;
    Row row;
    row.version.version_id = run.Text();
    row.version.stages = Split(run.Text());
    row.version.created_at = run.Int();
    row.sealed = std::string(run.Blob());
    rows.push_back(std::move(row));
  }
}

Result<void> EncryptedSecretStore::Write(std::string_view arn, const std::vector<Row>& rows) {
  SqliteTransaction transaction(transactions_);
  SCV_TRY(transaction.BeginWrite(writers_, kBusyTimeout));
  SqliteStatement remove(*connection_, "DELETE FROM secret WHERE arn = ?");
  SCV_TRY(SqliteRun(remove).Bind(arn).Finish());
  SqliteStatement insert(*connection_, "INSERT INTO secret VALUES (?, ?, ?, ?, ?)");
  for (const auto& row : rows) {
    const auto stages = Join(row.version.stages);
    SqliteRun run(insert);
    run.Bind(arn).Bind(row.version.version_id).Bind(stages).Bind(row.version.created_at);
    SCV_TRY(run.BindBlob(row.sealed).Finish());
  }
  return transaction.Commit();
}

Result<aws::SecretStore::Version> EncryptedSecretStore::Put(std::string_view arn,
                                                            std::string_view version_id,
                                                            std::vector<std::string> stages,
                                                            std::string_view value) {
  if (version_id.empty() || value.size() > kValueBytesMax || stages.size() > kStagesMax) {
    return Fail(ErrorKind::kInvalid,
                "a secret's value has at most 65536 bytes, a version an id and at most 20 stages");
  }
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(auto rows, Rows(arn));
  const auto same = std::ranges::find(
      rows, version_id, [](const Row& row) -> std::string_view { return row.version.version_id; });
  if (same != rows.end()) {
    SCV_ASSIGN(const auto present, Open(arn, *same));
    if (SameSecret(present, value)) return same->version;
    return Fail(ErrorKind::kConflict, "the version " + std::string(version_id) +
                                          " of the secret exists with another value");
  }
  Row added;
  added.version.version_id = version_id;
  added.version.created_at = WallClockMillis();
  added.sealed = Seal(key_, Context(arn, version_id), value);
  rows.push_back(std::move(added));
  if (stages.empty()) stages.emplace_back(kCurrent);
  for (const auto& stage : stages) Assign(rows, stage, version_id);
  for (auto row = rows.begin(); rows.size() > kVersionsMax && row != rows.end();) {
    row = row->version.stages.empty() ? rows.erase(row) : std::next(row);
  }
  SCV_TRY(Write(arn, rows));
  return rows.back().version;
}

Result<aws::SecretStore::Value> EncryptedSecretStore::Get(std::string_view arn,
                                                          std::string_view version_id,
                                                          std::string_view stage) {
  if (version_id.empty() && stage.empty()) stage = kCurrent;
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(auto rows, Rows(arn));
  for (auto& row : rows) {
    const bool wanted = (version_id.empty() || row.version.version_id == version_id) &&
                        (stage.empty() || Has(row.version.stages, stage));
    if (!wanted) continue;
    SCV_ASSIGN(auto value, Open(arn, row));
    return Value{std::move(row.version), std::move(value)};
  }
  return Fail(ErrorKind::kNotFound, "the secret " + std::string(arn) + " has no such version");
}

Result<std::vector<aws::SecretStore::Version>> EncryptedSecretStore::Versions(
    std::string_view arn) {
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(auto rows, Rows(arn));
  std::vector<Version> versions;
  for (auto& row : rows) versions.push_back(std::move(row.version));
  return versions;
}

Result<void> EncryptedSecretStore::Forget(std::string_view arn) {
  const std::scoped_lock lock(mutex_);
  return Write(arn, {});
}

Result<void> EncryptedSecretStore::MoveStage(std::string_view arn, std::string_view stage,
                                             std::string_view from, std::string_view to) {
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(auto rows, Rows(arn));
  std::string holder;
  bool target = to.empty();
  for (const auto& row : rows) {
    if (Has(row.version.stages, stage)) holder = row.version.version_id;
    target = target || row.version.version_id == to;
  }
  if (!target) return Fail(ErrorKind::kNotFound, "the secret has no such version");
  if (holder != from && holder != to) {
    return Fail(ErrorKind::kInvalid,
                "the stage is attached to another version; name it in RemoveFromVersionId");
  }
  if (stage == kCurrent && to.empty()) {
    return Fail(ErrorKind::kInvalid, "AWSCURRENT can be moved, but not removed");
  }
  Assign(rows, stage, to);
  return Write(arn, rows);
}

}  // namespace scv::services
