#include "services/disk_object_store.h"

#include <fcntl.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>

namespace scv::services {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kBusyTimeout{5};
constexpr std::string_view kNullVersion = "null";

// Keys are bytes, and so is their order.
constexpr char kSchema[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA locking_mode = EXCLUSIVE;"
    "CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, region TEXT NOT NULL,"
    " versioning INTEGER NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS object (sequence INTEGER PRIMARY KEY AUTOINCREMENT,"
    " bucket TEXT NOT NULL, key BLOB NOT NULL, version_id TEXT NOT NULL, blob TEXT NOT NULL,"
    " etag TEXT NOT NULL, size INTEGER NOT NULL, modified_at INTEGER NOT NULL,"
    " content_type TEXT NOT NULL, metadata TEXT NOT NULL, delete_marker INTEGER NOT NULL,"
    " latest INTEGER NOT NULL, UNIQUE (bucket, key, version_id));"
    "CREATE INDEX IF NOT EXISTS object_order ON object (bucket, key, sequence DESC);"
    "CREATE INDEX IF NOT EXISTS object_latest ON object (bucket, key) WHERE latest = 1;"
    "CREATE TABLE IF NOT EXISTS upload (id TEXT PRIMARY KEY, bucket TEXT NOT NULL,"
    " key BLOB NOT NULL, content_type TEXT NOT NULL, metadata TEXT NOT NULL,"
    " created_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS part (upload TEXT NOT NULL, number INTEGER NOT NULL,"
    " blob TEXT NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL, modified_at INTEGER NOT NULL,"
    " PRIMARY KEY (upload, number)) WITHOUT ROWID;";

std::string ToJson(const std::map<std::string, std::string>& metadata) {
  json::object object;
  for (const auto& [name, value] : metadata) object[name] = value;
  return json::serialize(object);
}

std::map<std::string, std::string> FromJson(const std::string& text) {
  std::map<std::string, std::string> metadata;
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_object()) return metadata;
  for (const auto& [name, entry] : value.get_object()) {
    if (entry.is_string()) metadata[std::string(name)] = std::string(entry.get_string());
  }
  return metadata;
}

Error NoBucket(std::string_view bucket) {
  return {ErrorKind::kNotFound, "there is no bucket " + std::string(bucket)};
}

}  // namespace

Result<std::unique_ptr<DiskObjectStore>> DiskObjectStore::Open(
    const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  SCV_ASSIGN(auto index, SqliteConnection::Open(directory / "index.sqlite", kBusyTimeout, true));
  SCV_ASSIGN(auto blobs, BlobDirectory::Open(directory / "blobs"));
  std::unique_ptr<DiskObjectStore> store(new DiskObjectStore(std::move(index), std::move(blobs)));
  SCV_TRY(store->Prepare());
  SCV_TRY(store->SweepBlobs());
  return store;
}

Result<void> DiskObjectStore::Prepare() { return index_->Execute(kSchema); }

// Blobs that a crash left between their rename and their row, or between a row's end and theirs.
Result<void> DiskObjectStore::SweepBlobs() {
  std::set<std::string> names;
  SqliteStatement all(*index_, "SELECT blob FROM object UNION ALL SELECT blob FROM part");
  SqliteRun run(all);
  while (true) {
    SCV_ASSIGN(const bool row, run.Step());
    if (!row) break;
    names.insert(run.Text());
  }
  blobs_.RemoveOthers(names);
  return {};
}

Result<void> DiskObjectStore::CreateBucket(std::string_view bucket, std::string_view region) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = NeedBucket(bucket)) {
    if (found->region == region) return {};
    return Fail(ErrorKind::kConflict,
                "the bucket " + std::string(bucket) + " exists in " + found->region);
  }
  SqliteStatement insert(*index_, "INSERT INTO bucket VALUES (?, ?, 0, ?)");
  SqliteRun run(insert);
  return run.Bind(bucket).Bind(region).Bind(WallClockMillis()).Finish();
}

Result<BucketInfo> DiskObjectStore::NeedBucket(std::string_view bucket) {
  SqliteStatement find(*index_, "SELECT region, versioning, created_at FROM bucket WHERE name = ?");
  SqliteRun run(find);
  SCV_ASSIGN(const bool row, run.Bind(bucket).Step());
  if (!row) return std::unexpected(NoBucket(bucket));
  BucketInfo info{.name = std::string(bucket), .region = run.Text()};
  info.versioning = run.As<BucketInfo::Versioning>();
  info.created_at = run.Int();
  return info;
}

std::optional<BucketInfo> DiskObjectStore::FindBucket(std::string_view bucket) {
  const std::scoped_lock lock(mutex_);
  auto found = NeedBucket(bucket);
  if (!found) return std::nullopt;
  return std::move(*found);
}

std::vector<BucketInfo> DiskObjectStore::Buckets() {
  const std::scoped_lock lock(mutex_);
  std::vector<BucketInfo> buckets;
  SqliteStatement all(*index_, "SELECT name, region, versioning, created_at FROM bucket");
  SqliteRun run(all);
  while (run.Step().value_or(false)) {
    BucketInfo info{.name = run.Text(), .region = run.Text()};
    info.versioning = run.As<BucketInfo::Versioning>();
    info.created_at = run.Int();
    buckets.push_back(std::move(info));
  }
  return buckets;
}

Result<void> DiskObjectStore::DeleteBucket(std::string_view bucket) {
  const std::scoped_lock lock(mutex_);
  SCV_TRY(NeedBucket(bucket));
  {
    SqliteStatement any(*index_, "SELECT 1 FROM object WHERE bucket = ? LIMIT 1");
    SqliteRun run(any);
    SCV_ASSIGN(const bool row, run.Bind(bucket).Step());
    if (row) {
      return Fail(ErrorKind::kConflict, "the bucket " + std::string(bucket) +
                                            " is not empty; delete every version of its objects");
    }
  }
  SqliteStatement remove(*index_, "DELETE FROM bucket WHERE name = ?");
  return SqliteRun(remove).Bind(bucket).Finish();
}

Result<void> DiskObjectStore::SetVersioning(std::string_view bucket, bool enabled) {
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(const auto info, NeedBucket(bucket));
  if (!enabled && info.versioning == BucketInfo::Versioning::kNever) return {};
  SqliteStatement update(*index_, "UPDATE bucket SET versioning = ? WHERE name = ?");
  return SqliteRun(update).Bind(enabled ? 1 : 2).Bind(bucket).Finish();
}

Result<void> DiskObjectStore::EmptyBucket(std::string_view bucket) {
  const std::scoped_lock lock(mutex_);
  SCV_TRY(NeedBucket(bucket));
  std::vector<std::string> unused;
  {
    SqliteStatement blobs(*index_,
                          "SELECT blob FROM object WHERE bucket = ?1 UNION ALL SELECT part.blob"
                          " FROM part JOIN upload ON upload.id = part.upload"
                          " WHERE upload.bucket = ?1");
    SqliteRun run(blobs);
    run.Bind(bucket);
    while (run.Step().value_or(false)) unused.push_back(run.Text());
  }
  SqliteTransaction transaction(transactions_);
  SCV_TRY(transaction.BeginWrite(writers_, kBusyTimeout));
  for (const std::string_view sql :
       {"DELETE FROM object WHERE bucket = ?",
        "DELETE FROM part WHERE upload IN (SELECT id FROM upload WHERE bucket = ?)",
        "DELETE FROM upload WHERE bucket = ?"}) {
    SqliteStatement statement(*index_, sql);
    SCV_TRY(SqliteRun(statement).Bind(bucket).Finish());
  }
  SCV_TRY(transaction.Commit());
  RemoveBlobs(unused);
  return {};
}

Result<aws::ObjectInfo> DiskObjectStore::PutFile(std::string_view bucket, std::string_view key,
                                                 const std::filesystem::path& file,
                                                 aws::ObjectInfo wanted) {
  const Fd from(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!from) return Fail(ErrorKind::kNotFound, "cannot read the file " + file.string());
  SCV_ASSIGN(auto draft, NewDraft());
  Digest md5(EVP_md5());
  SCV_TRY(ReadAll(from.get(), [&](std::string_view bytes) {
    md5.Add(bytes);
    return draft.Write(bytes);
  }));
  wanted.etag = Hex(md5.Finish());
  return Keep(bucket, key, std::move(draft), std::move(wanted));
}

Result<aws::ObjectInfo> DiskObjectStore::PutBytes(std::string_view bucket, std::string_view key,
                                                  std::string_view bytes, aws::ObjectInfo wanted) {
  SCV_ASSIGN(auto draft, NewDraft());
  SCV_TRY(draft.Write(bytes));
  wanted.etag = Md5Hex(bytes);
  return Keep(bucket, key, std::move(draft), std::move(wanted));
}

Result<aws::ObjectInfo> DiskObjectStore::Keep(std::string_view bucket, std::string_view key,
                                              BlobDraft draft, aws::ObjectInfo wanted) {
  if (key.empty() || key.size() > 1024) {
    return Fail(ErrorKind::kInvalid, "an object's key has 1 to 1024 bytes");
  }
  wanted.key = key;
  wanted.size = draft.size();
  wanted.delete_marker = false;
  SCV_ASSIGN(const auto blob, blobs_.Keep(std::move(draft)));
  const std::scoped_lock lock(mutex_);
  auto stored = Store(bucket, std::move(wanted), blob);
  if (!stored) blobs_.Remove(blob);
  return stored;
}

Result<aws::ObjectInfo> DiskObjectStore::Store(std::string_view bucket, aws::ObjectInfo info,
                                               std::string_view blob) {
  SCV_ASSIGN(const auto where, NeedBucket(bucket));
  std::vector<std::string> unused;
  SqliteTransaction transaction(transactions_);
  SCV_TRY(transaction.BeginWrite(writers_, kBusyTimeout));
  SCV_TRY(Insert(where, info, blob, unused));
  SCV_TRY(transaction.Commit());
  RemoveBlobs(unused);
  return info;
}

// Version ids order by nothing that a client could tell, as AWS's.
Result<void> DiskObjectStore::Insert(const BucketInfo& bucket, aws::ObjectInfo& info,
                                     std::string_view blob, std::vector<std::string>& unused) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
  const bool versioned = bucket.versioning == BucketInfo::Versioning::kEnabled;
  info.version_id = versioned ? RandomText(32, kAlphabet) : std::string(kNullVersion);
  if (info.modified_at == 0) info.modified_at = WallClockMillis();
  if (info.content_type.empty() && !info.delete_marker) {
    info.content_type = "binary/octet-stream";
  }
  if (!versioned) {
    SCV_ASSIGN(const auto old, FindRow(bucket.name, info.key, kNullVersion));
    if (old) SCV_TRY(Erase(bucket.name, *old, unused));
  }
  SqliteStatement demote(*index_,
                         "UPDATE object SET latest = 0 WHERE bucket = ? AND key = ? AND latest");
  SCV_TRY(SqliteRun(demote).Bind(bucket.name).BindBlob(info.key).Finish());
  const auto metadata = ToJson(info.metadata);
  SqliteStatement insert(*index_,
                         "INSERT INTO object (bucket, key, version_id, blob, etag, size,"
                         " modified_at, content_type, metadata, delete_marker, latest)"
                         " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)");
  SqliteRun run(insert);
  run.Bind(bucket.name).BindBlob(info.key).Bind(info.version_id).Bind(blob).Bind(info.etag);
  run.Bind(info.size).Bind(info.modified_at).Bind(info.content_type).Bind(metadata);
  return run.Bind(info.delete_marker ? 1 : 0).Finish();
}

DiskObjectStore::Row DiskObjectStore::ReadRow(SqliteRun& run) {
  Row row;
  row.sequence = run.Int();
  row.info.key = std::string(run.Blob());
  row.info.version_id = run.Text();
  row.blob = run.Text();
  row.info.etag = run.Text();
  row.info.size = run.Int();
  row.info.modified_at = run.Int();
  row.info.content_type = run.Text();
  row.info.metadata = FromJson(run.Text());
  row.info.delete_marker = run.Int() != 0;
  row.latest = run.Int() != 0;
  return row;
}

Result<std::optional<DiskObjectStore::Row>> DiskObjectStore::FindRow(std::string_view bucket,
                                                                     std::string_view key,
                                                                     std::string_view version_id) {
  SqliteStatement find(*index_,
                       "SELECT sequence, key, version_id, blob, etag, size, modified_at,"
                       " content_type, metadata, delete_marker, latest FROM object"
                       " WHERE bucket = ?1 AND key = ?2 AND"
                       " CASE WHEN ?3 = '' THEN latest = 1 ELSE version_id = ?3 END");
  SqliteRun run(find);
  SCV_ASSIGN(const bool found, run.Bind(bucket).BindBlob(key).Bind(version_id).Step());
  if (!found) return std::nullopt;
  return ReadRow(run);
}

Result<std::vector<DiskObjectStore::Row>> DiskObjectStore::Rows(std::string_view bucket,
                                                                std::string_view from,
                                                                std::int64_t before_sequence,
                                                                bool versions, int limit) {
  SqliteStatement page(*index_,
                       "SELECT sequence, key, version_id, blob, etag, size, modified_at,"
                       " content_type, metadata, delete_marker, latest FROM object"
                       " WHERE bucket = ?1 AND key >= ?2 AND (key > ?2 OR sequence < ?3)"
                       " AND (?4 OR (latest = 1 AND NOT delete_marker))"
                       " ORDER BY key, sequence DESC LIMIT ?5");
  SqliteRun run(page);
  run.Bind(bucket).BindBlob(from).Bind(before_sequence).Bind(versions ? 1 : 0).Bind(limit);
  std::vector<Row> rows;
  while (true) {
    SCV_ASSIGN(const bool row, run.Step());
    if (!row) return rows;
    rows.push_back(ReadRow(run));
  }
}

void DiskObjectStore::RemoveBlobs(const std::vector<std::string>& unused) {
  for (const auto& blob : unused) blobs_.Remove(blob);
}

}  // namespace scv::services
