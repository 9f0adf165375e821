// The object store's reading, deleting and listing.
#include <algorithm>
#include <chrono>
#include <limits>

#include "services/disk_object_store.h"

namespace scv::services {
namespace {

constexpr std::chrono::seconds kBusyTimeout{5};
constexpr int kPageRows = 256;
constexpr std::int64_t kEverySequence = std::numeric_limits<std::int64_t>::max();

Error NoObject() { return {ErrorKind::kNotFound, "there is no such object"}; }

// The smallest text that is greater than every text beginning with `prefix`; "" when there is none.
std::string After(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

}  // namespace

Result<aws::ObjectInfo> DiskObjectStore::Head(std::string_view bucket, std::string_view key,
                                              std::string_view version_id) {
  const std::scoped_lock lock(mutex_);
  SCV_TRY(NeedBucket(bucket));
  SCV_ASSIGN(auto row, FindRow(bucket, key, version_id));
  if (!row || (row->info.delete_marker && version_id.empty())) return std::unexpected(NoObject());
  return std::move(row->info);
}

Result<std::string> DiskObjectStore::Get(std::string_view bucket, std::string_view key,
                                         std::int64_t bytes_max, std::string_view version_id) {
  SCV_ASSIGN(const auto opened, OpenObject(bucket, key, version_id));
  if (!opened.file) return std::unexpected(NoObject());
  if (opened.info.size > bytes_max) {
    return Fail(ErrorKind::kInvalid, "the object has " + std::to_string(opened.info.size) +
                                         " bytes, more than the " + std::to_string(bytes_max) +
                                         " that were asked for at most");
  }
  std::string bytes;
  SCV_TRY(ReadAll(opened.file.get(), [&](std::string_view piece) -> Result<void> {
    bytes += piece;
    return {};
  }));
  return bytes;
}

Result<DiskObjectStore::Opened> DiskObjectStore::OpenObject(std::string_view bucket,
                                                            std::string_view key,
                                                            std::string_view version_id) {
  // Under the lock: whoever deletes the object cannot remove the blob in between.
  const std::scoped_lock lock(mutex_);
  SCV_TRY(NeedBucket(bucket));
  SCV_ASSIGN(auto row, FindRow(bucket, key, version_id));
  if (!row) return std::unexpected(NoObject());
  if (row->info.delete_marker) return Opened{std::move(row->info), Fd()};
  SCV_ASSIGN(auto file, blobs_.Read(row->blob));
  return Opened{std::move(row->info), std::move(file)};
}

Result<void> DiskObjectStore::Delete(std::string_view bucket, std::string_view key,
                                     std::string_view version_id) {
  SCV_TRY(Remove(bucket, key, version_id));
  return {};
}

Result<aws::ObjectInfo> DiskObjectStore::Remove(std::string_view bucket, std::string_view key,
                                                std::string_view version_id) {
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(const auto where, NeedBucket(bucket));
  const bool plain = where.versioning == BucketInfo::Versioning::kNever;
  aws::ObjectInfo result;
  result.key = key;
  result.version_id = version_id;
  std::vector<std::string> unused;
  SqliteTransaction transaction(transactions_);
  SCV_TRY(transaction.BeginWrite(writers_, kBusyTimeout));
  if (version_id.empty() && !plain) {
    result.delete_marker = true;
    SCV_TRY(Insert(where, result, "", unused));
  } else {
    SCV_ASSIGN(auto row, FindRow(bucket, key, plain && version_id.empty() ? "null" : version_id));
    if (row) {
      SCV_TRY(Erase(bucket, *row, unused));
      SCV_TRY(SetLatest(bucket, key));
      result = std::move(row->info);
    }
  }
  SCV_TRY(transaction.Commit());
  RemoveBlobs(unused);
  return result;
}

Result<void> DiskObjectStore::Erase(std::string_view /*bucket*/, const Row& row,
                                    std::vector<std::string>& unused) {
  SqliteStatement remove(*index_, "DELETE FROM object WHERE sequence = ?");
  SCV_TRY(SqliteRun(remove).Bind(row.sequence).Finish());
  if (!row.blob.empty()) unused.push_back(row.blob);
  return {};
}

// The newest version that is left is the current one.
Result<void> DiskObjectStore::SetLatest(std::string_view bucket, std::string_view key) {
  SqliteStatement update(*index_,
                         "UPDATE object SET latest = 1 WHERE sequence ="
                         " (SELECT max(sequence) FROM object WHERE bucket = ? AND key = ?)");
  return SqliteRun(update).Bind(bucket).BindBlob(key).Finish();
}

// Reads pages of rows; a common prefix is stepped over at once, however much is under it.
Result<Listing> DiskObjectStore::List(std::string_view bucket, const ListQuery& query) {
  const std::scoped_lock lock(mutex_);
  SCV_TRY(NeedBucket(bucket));
  Listing listing;
  std::string from = std::max(query.prefix, query.after);
  std::int64_t before = from == query.after && !query.after.empty() ? 0 : kEverySequence;
  if (!query.after_version.empty()) {
    SCV_ASSIGN(const auto row, FindRow(bucket, query.after, query.after_version));
    if (row && from == query.after) before = row->sequence;
  }
  if (const auto at = query.delimiter.empty() || query.after.size() < query.prefix.size()
                          ? std::string::npos
                          : query.after.find(query.delimiter, query.prefix.size());
      at != std::string::npos && at + query.delimiter.size() == query.after.size() &&
      query.after.starts_with(query.prefix)) {
    from = After(query.after);  // what was listed last is a common prefix
    before = kEverySequence;
    if (from.empty()) return listing;
  }
  if (query.keys_max <= 0) return listing;
  while (true) {
    SCV_ASSIGN(auto rows, Rows(bucket, from, before, query.versions, kPageRows));
    bool jumped = false;
    for (auto& row : rows) {
      if (!row.info.key.starts_with(query.prefix)) return listing;
      const auto listed = listing.entries.size() + listing.common_prefixes.size();
      if (static_cast<int>(listed) == query.keys_max) {
        listing.truncated = true;
        return listing;
      }
      const auto at = query.delimiter.empty()
                          ? std::string::npos
                          : row.info.key.find(query.delimiter, query.prefix.size());
      listing.next_version.clear();
      if (at != std::string::npos) {
        listing.common_prefixes.push_back(row.info.key.substr(0, at + query.delimiter.size()));
        listing.next_key = listing.common_prefixes.back();
        from = After(listing.next_key);
        before = kEverySequence;
        if (from.empty()) return listing;
        jumped = true;
        break;
      }
      listing.next_key = from = row.info.key;
      listing.next_version = query.versions ? row.info.version_id : "";
      before = query.versions ? row.sequence : 0;
      listing.entries.push_back({std::move(row.info), row.latest});
    }
    if (!jumped && static_cast<int>(rows.size()) < kPageRows) return listing;
  }
}

}  // namespace scv::services
