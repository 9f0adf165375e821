// Bytes on disk, whole or not at all: written under a temporary name, synced, then renamed into
// place with the directory synced.
#ifndef SCV_SERVICES_BLOB_FILE_H_
#define SCV_SERVICES_BLOB_FILE_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "services/bytes.h"
#include "services/http_message.h"

namespace scv::services {

// A file that is being written. Unless it is kept, it vanishes with this object.
class BlobDraft {
 public:
  BlobDraft(BlobDraft&& other) noexcept;
  BlobDraft& operator=(BlobDraft&&) = delete;
  ~BlobDraft();
  // kUnavailable: the disk is full, or fails.
  Result<void> Write(std::string_view bytes);
  std::int64_t size() const { return size_; }

 private:
  friend class BlobDirectory;
  BlobDraft(Fd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}

  Fd fd_;
  std::filesystem::path path_;
  std::int64_t size_ = 0;
};

// Blobs by random names, in 256 directories. Thread-safe.
class BlobDirectory {
 public:
  // Makes what is missing (mode 0700), and clears away what an earlier process left half-written.
  static Result<BlobDirectory> Open(const std::filesystem::path& root);

  Result<BlobDraft> Create() const;
  // Durable under the name that it gives.
  Result<std::string> Keep(BlobDraft draft) const;
  Result<Fd> Read(std::string_view name) const;
  void Remove(std::string_view name) const;
  // Removes every blob that is not among the names given.
  void RemoveOthers(const std::set<std::string>& names) const;

 private:
  explicit BlobDirectory(std::filesystem::path root) : root_(std::move(root)) {}
  std::filesystem::path PathOf(std::string_view name) const;

  std::filesystem::path root_;
};

// Calls `visit` with the file's bytes from its beginning, piece by piece.
Result<void> ReadAll(int fd, const std::function<Result<void>(std::string_view)>& visit);

}  // namespace scv::services

#endif  // SCV_SERVICES_BLOB_FILE_H_
