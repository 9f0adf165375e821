// The object store's multipart uploads.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>

#include "services/disk_object_store.h"

namespace scv::services {
namespace {

namespace json = boost::json;
constexpr std::chrono::seconds kBusyTimeout{5};
constexpr int kUploadsMax = 10000;

}  // namespace

Result<Upload> DiskObjectStore::CreateUpload(Upload wanted) {
  const std::scoped_lock lock(mutex_);
  SCV_TRY(NeedBucket(wanted.bucket));
  {
    SqliteStatement count(*index_, "SELECT count(*) FROM upload");
    SqliteRun run(count);
    SCV_TRY(run.Step());
    if (run.Int() >= kUploadsMax) {
      return Fail(ErrorKind::kOverloaded, "too many multipart uploads are open; abort some");
    }
  }
  wanted.id = Hex(RandomBytes(24));
  wanted.created_at = WallClockMillis();
  json::object metadata;
  for (const auto& [name, value] : wanted.metadata) metadata[name] = value;
  const auto text = json::serialize(metadata);
  SqliteStatement insert(*index_, "INSERT INTO upload VALUES (?, ?, ?, ?, ?, ?)");
  SqliteRun run(insert);
  run.Bind(wanted.id).Bind(wanted.bucket).BindBlob(wanted.key).Bind(wanted.content_type);
  SCV_TRY(run.Bind(text).Bind(wanted.created_at).Finish());
  return wanted;
}

Result<Upload> DiskObjectStore::FindUpload(std::string_view bucket, std::string_view key,
                                           std::string_view id) {
  const std::scoped_lock lock(mutex_);
  SqliteStatement find(*index_,
                       "SELECT content_type, metadata, created_at FROM upload"
                       " WHERE id = ? AND bucket = ? AND key = ?");
  SqliteRun run(find);
  SCV_ASSIGN(const bool found, run.Bind(id).Bind(bucket).BindBlob(key).Step());
  if (!found) return Fail(ErrorKind::kNotFound, "there is no such upload");
  Upload upload{.id = std::string(id), .bucket = std::string(bucket), .key = std::string(key)};
  upload.content_type = run.Text();
  boost::system::error_code error;
  const auto metadata = json::parse(run.Text(), error);
  if (!error && metadata.is_object()) {
    for (const auto& [name, value] : metadata.get_object()) {
      if (value.is_string()) upload.metadata[std::string(name)] = std::string(value.get_string());
    }
  }
  upload.created_at = run.Int();
  return upload;
}

Result<void> DiskObjectStore::KeepPart(const Upload& upload, UploadPart part, BlobDraft draft) {
  part.size = draft.size();
  SCV_ASSIGN(const auto blob, blobs_.Keep(std::move(draft)));
  const std::scoped_lock lock(mutex_);
  std::string replaced;
  {
    SqliteStatement find(*index_, "SELECT blob FROM part WHERE upload = ? AND number = ?");
    SqliteRun run(find);
    SCV_ASSIGN(const bool found, run.Bind(upload.id).Bind(part.number).Step());
    if (found) replaced = run.Text();
  }
  // Nothing is put where the upload was completed or aborted in the meantime.
  SqliteStatement put(*index_,
                      "INSERT OR REPLACE INTO part SELECT id, ?, ?, ?, ?, ? FROM upload"
                      " WHERE id = ?");
  SqliteRun run(put);
  run.Bind(part.number).Bind(blob).Bind(part.etag).Bind(part.size).Bind(WallClockMillis());
  if (auto done = run.Bind(upload.id).Finish(); !done || run.Changes() == 0) {
    blobs_.Remove(blob);
    if (!done) return done;
    return Fail(ErrorKind::kNotFound, "there is no such upload");
  }
  blobs_.Remove(replaced);
  return {};
}

Result<std::vector<UploadPart>> DiskObjectStore::Parts(const Upload& upload) {
  const std::scoped_lock lock(mutex_);
  SqliteStatement all(*index_,
                      "SELECT number, etag, size, modified_at FROM part WHERE upload = ?"
                      " ORDER BY number");
  SqliteRun run(all);
  run.Bind(upload.id);
  std::vector<UploadPart> parts;
  while (true) {
    SCV_ASSIGN(const bool row, run.Step());
    if (!row) return parts;
    UploadPart part{.number = run.As<int>(), .etag = run.Text()};
    part.size = run.Int();
    part.modified_at = run.Int();
    parts.push_back(std::move(part));
  }
}

// The parts are joined outside the lock: they change only with their upload, and then Read() or the
// transaction fails.
Result<aws::ObjectInfo> DiskObjectStore::Complete(const Upload& upload,
                                                  const std::vector<UploadPart>& parts) {
  SCV_ASSIGN(auto draft, NewDraft());
  Digest md5(EVP_md5());
  for (const auto& part : parts) {
    Fd file;
    {
      const std::scoped_lock lock(mutex_);
      SqliteStatement find(
          *index_, "SELECT blob, etag FROM part WHERE upload = ? AND number = ? AND etag = ?");
      SqliteRun run(find);
      SCV_ASSIGN(const bool found, run.Bind(upload.id).Bind(part.number).Bind(part.etag).Step());
      if (!found) return Fail(ErrorKind::kNotFound, "there is no such part");
      SCV_ASSIGN(file, blobs_.Read(run.Text()));
    }
    Digest part_md5(EVP_md5());
    SCV_TRY(ReadAll(file.get(), [&](std::string_view bytes) {
      part_md5.Add(bytes);
      return draft.Write(bytes);
    }));
    md5.Add(part_md5.Finish());
  }
  aws::ObjectInfo info;
  info.key = upload.key;
  info.etag = Hex(md5.Finish()) + "-" + std::to_string(parts.size());
  info.content_type = upload.content_type;
  info.metadata = upload.metadata;
  info.size = draft.size();
  SCV_ASSIGN(const auto blob, blobs_.Keep(std::move(draft)));
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> unused{blob};
  auto done = [&]() -> Result<void> {
    SCV_ASSIGN(const auto where, NeedBucket(upload.bucket));
    SqliteTransaction transaction(transactions_);
    SCV_TRY(transaction.BeginWrite(writers_, kBusyTimeout));
    std::vector<std::string> replaced;
    SCV_TRY(ForgetUpload(upload, replaced));
    SCV_TRY(Insert(where, info, blob, replaced));
    SCV_TRY(transaction.Commit());
    unused = std::move(replaced);
    return {};
  }();
  RemoveBlobs(unused);
  if (!done) return std::unexpected(done.error());
  return info;
}

Result<void> DiskObjectStore::Abort(const Upload& upload) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> unused;
  SqliteTransaction transaction(transactions_);
  SCV_TRY(transaction.BeginWrite(writers_, kBusyTimeout));
  SCV_TRY(ForgetUpload(upload, unused));
  SCV_TRY(transaction.Commit());
  RemoveBlobs(unused);
  return {};
}

Result<void> DiskObjectStore::ForgetUpload(const Upload& upload, std::vector<std::string>& unused) {
  {
    SqliteStatement blobs(*index_, "SELECT blob FROM part WHERE upload = ?");
    SqliteRun run(blobs);
    run.Bind(upload.id);
    while (true) {
      SCV_ASSIGN(const bool row, run.Step());
      if (!row) break;
      unused.push_back(run.Text());
    }
  }
  SqliteStatement parts(*index_, "DELETE FROM part WHERE upload = ?");
  SCV_TRY(SqliteRun(parts).Bind(upload.id).Finish());
  SqliteStatement remove(*index_, "DELETE FROM upload WHERE id = ?");
  SqliteRun run(remove);
  SCV_TRY(run.Bind(upload.id).Finish());
  if (run.Changes() == 0) return Fail(ErrorKind::kNotFound, "there is no such upload");
  return {};
}

}  // namespace scv::services
