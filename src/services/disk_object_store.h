// The object store on disk: blobs in files, what they are in SQLite. Durable when a call returns; a
// crash leaves each object as it was or as it was to be. One process at a time. Thread-safe.
#ifndef SCV_SERVICES_DISK_OBJECT_STORE_H_
#define SCV_SERVICES_DISK_OBJECT_STORE_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/stores.h"
#include "services/blob_file.h"
#include "sqlite/sqlite_connection.h"

namespace scv::services {

struct BucketInfo {
  enum class Versioning { kNever = 0, kEnabled = 1, kSuspended = 2 };
  std::string name = {}, region = {};
  Versioning versioning = Versioning::kNever;
  Millis created_at = 0;
};

// What is listed: the part of the keys that begins with `prefix`, with whatever shares the same
// text up to the next delimiter as one.
struct ListQuery {
  std::string prefix, delimiter;
  std::string after;          // keys after this one
  std::string after_version;  // versions of `after` itself that follow this one; "": none of them
  bool versions = false;      // every version and delete marker instead of the current objects
  int keys_max = 1000;
};
struct ListedVersion {
  aws::ObjectInfo info;
  bool latest = true;
};
struct Listing {
  std::vector<ListedVersion> entries;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_key, next_version;  // of the last one listed, where truncated
};

struct Upload {
  std::string id = {}, bucket = {}, key = {}, content_type = {};
  std::map<std::string, std::string> metadata = {};
  Millis created_at = 0;
};
struct UploadPart {
  int number = 0;
  std::string etag = {};
  std::int64_t size = 0;
  Millis modified_at = 0;
};

class DiskObjectStore final : public aws::ObjectStore {
 public:
  // Makes the directory when missing. kConflict: another process has it open.
  static Result<std::unique_ptr<DiskObjectStore>> Open(const std::filesystem::path& directory);

  Result<void> CreateBucket(std::string_view bucket, std::string_view region) override;
  Result<void> DeleteBucket(std::string_view bucket) override;
  Result<void> SetVersioning(std::string_view bucket, bool enabled) override;
  Result<void> EmptyBucket(std::string_view bucket) override;
  Result<aws::ObjectInfo> PutFile(std::string_view bucket, std::string_view key,
                                  const std::filesystem::path& file,
                                  aws::ObjectInfo wanted) override;
  Result<aws::ObjectInfo> PutBytes(std::string_view bucket, std::string_view key,
                                   std::string_view bytes, aws::ObjectInfo wanted) override;
  Result<aws::ObjectInfo> Head(std::string_view bucket, std::string_view key,
                               std::string_view version_id = {}) override;
  Result<std::string> Get(std::string_view bucket, std::string_view key, std::int64_t bytes_max,
                          std::string_view version_id = {}) override;
  Result<void> Delete(std::string_view bucket, std::string_view key,
                      std::string_view version_id = {}) override;

  std::optional<BucketInfo> FindBucket(std::string_view bucket);
  std::vector<BucketInfo> Buckets();

  // Puts in two steps, for bodies that arrive over time: write the draft, then keep it. The draft's
  // MD5 is the caller's to compute (wanted.etag; every other caller leaves it empty).
  Result<BlobDraft> NewDraft() { return blobs_.Create(); }
  Result<aws::ObjectInfo> Keep(std::string_view bucket, std::string_view key, BlobDraft draft,
                               aws::ObjectInfo wanted);

  struct Opened {
    aws::ObjectInfo info;
    Fd file;  // none for a delete marker
  };
  // kNotFound as well for a delete marker that is asked for by its version; the message is
  // "delete marker" then.
  Result<Opened> OpenObject(std::string_view bucket, std::string_view key,
                            std::string_view version_id);
  // What was deleted or, in a versioned bucket without a version given, the marker that was put.
  Result<aws::ObjectInfo> Remove(std::string_view bucket, std::string_view key,
                                 std::string_view version_id);
  Result<Listing> List(std::string_view bucket, const ListQuery& query);

  Result<Upload> CreateUpload(Upload wanted);
  // kNotFound: there is none (any more) for this bucket and key.
  Result<Upload> FindUpload(std::string_view bucket, std::string_view key, std::string_view id);
  Result<void> KeepPart(const Upload& upload, UploadPart part, BlobDraft draft);
  Result<std::vector<UploadPart>> Parts(const Upload& upload);
  Result<aws::ObjectInfo> Complete(const Upload& upload, const std::vector<UploadPart>& parts);
  Result<void> Abort(const Upload& upload);

 private:
  DiskObjectStore(std::unique_ptr<SqliteConnection> index, BlobDirectory blobs)
      : index_(std::move(index)), blobs_(std::move(blobs)), transactions_(*index_) {}
  Result<void> Prepare();
  Result<void> SweepBlobs();
  Result<BucketInfo> NeedBucket(std::string_view bucket);
  struct Row {
    aws::ObjectInfo info;
    std::string blob;
    bool latest = false;
    std::int64_t sequence = 0;
  };
  Result<std::optional<Row>> FindRow(std::string_view bucket, std::string_view key,
                                     std::string_view version_id);
  Result<std::vector<Row>> Rows(std::string_view bucket, std::string_view from,
                                std::int64_t before_sequence, bool versions, int limit);
  static Row ReadRow(SqliteRun& run);
  // Inside a transaction. The blob of the version it replaces is added to `unused`.
  Result<void> Insert(const BucketInfo& bucket, aws::ObjectInfo& info, std::string_view blob,
                      std::vector<std::string>& unused);
  Result<void> Erase(std::string_view bucket, const Row& row, std::vector<std::string>& unused);
  Result<void> SetLatest(std::string_view bucket, std::string_view key);
  Result<aws::ObjectInfo> Store(std::string_view bucket, aws::ObjectInfo info,
                                std::string_view blob);
  Result<void> ForgetUpload(const Upload& upload, std::vector<std::string>& unused);
  void RemoveBlobs(const std::vector<std::string>& unused);

  std::mutex mutex_;
  std::unique_ptr<SqliteConnection> index_;
  BlobDirectory blobs_;
  SqliteTransactions transactions_;
  SqliteWriterQueue writers_;
};

}  // namespace scv::services

#endif  // SCV_SERVICES_DISK_OBJECT_STORE_H_
