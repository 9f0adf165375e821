#include "services/blob_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace scv::services {
namespace {

namespace fs = std::filesystem;

Error DiskError(const std::string& what, const fs::path& path) {
  return {ErrorKind::kUnavailable, "object store: cannot " + what + " " + path.string() + ": " +
                                       std::strerror(errno) +
                                       "; check the disk's space and who owns the directory"};
}

Result<void> SyncDirectory(const fs::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return std::unexpected(DiskError("sync", path));
  return {};
}

Result<void> MakeDirectory(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return std::unexpected(DiskError("make", path));
  }
  return {};
}

}  // namespace

BlobDraft::BlobDraft(BlobDraft&& other) noexcept
    : fd_(std::move(other.fd_)), path_(std::move(other.path_)), size_(other.size_) {
  other.path_.clear();
}

BlobDraft::~BlobDraft() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Result<void> BlobDraft::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return std::unexpected(DiskError("write", path_));
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_ += written;
  }
  return {};
}

Result<BlobDirectory> BlobDirectory::Open(const fs::path& root) {
  BlobDirectory directory(root);
  SCV_TRY(MakeDirectory(root));
  SCV_TRY(MakeDirectory(root / "tmp"));
  for (int i = 0; i < 256; ++i) {
    SCV_TRY(MakeDirectory(root / Hex(std::string(1, static_cast<char>(i)))));
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root / "tmp", error)) {
    fs::remove(entry.path(), error);
  }
  SCV_TRY(SyncDirectory(root));
  return directory;
}

fs::path BlobDirectory::PathOf(std::string_view name) const {
  return root_ / name.substr(0, 2) / name;
}

Result<BlobDraft> BlobDirectory::Create() const {
  const fs::path path = root_ / "tmp" / Hex(RandomBytes(16));
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return std::unexpected(DiskError("create", path));
  return BlobDraft(std::move(fd), path);
}

Result<std::string> BlobDirectory::Keep(BlobDraft draft) const {
  if (::fsync(draft.fd_.get()) != 0) return std::unexpected(DiskError("sync", draft.path_));
  auto name = draft.path_.filename().string();
  const fs::path path = PathOf(name);
  if (::rename(draft.path_.c_str(), path.c_str()) != 0) {
    return std::unexpected(DiskError("rename", draft.path_));
  }
  draft.path_.clear();
  SCV_TRY(SyncDirectory(path.parent_path()));
  return name;
}

Result<Fd> BlobDirectory::Read(std::string_view name) const {
  Fd fd(::open(PathOf(name).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::unexpected(DiskError("open", PathOf(name)));
  return fd;
}

void BlobDirectory::Remove(std::string_view name) const {
  if (!name.empty()) ::unlink(PathOf(name).c_str());
}

void BlobDirectory::RemoveOthers(const std::set<std::string>& names) const {
  std::error_code error;
  for (int i = 0; i < 256; ++i) {
    const auto directory = root_ / Hex(std::string(1, static_cast<char>(i)));
    for (const auto& entry : fs::directory_iterator(directory, error)) {
      if (!names.contains(entry.path().filename().string())) fs::remove(entry.path(), error);
    }
  }
}

Result<void> ReadAll(int fd, const std::function<Result<void>(std::string_view)>& visit) {
  std::string buffer(std::size_t{256} << 10, '\0');
  for (off_t offset = 0;;) {
    const auto count = ::pread(fd, buffer.data(), buffer.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(DiskError("read", "a file"));
    if (count == 0) return {};
    SCV_TRY(visit({buffer.data(), static_cast<std::size_t>(count)}));
    offset += count;
  }
}

}  // namespace scv::services
