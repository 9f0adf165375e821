#include "services/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "services/bytes.h"
#include "services/http_message.h"

namespace scv::services {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kFileBytesMax = 4096;

Error FileError(const std::string& what, const fs::path& path) {
  return {ErrorKind::kUnavailable, "cannot " + what + " the key file " + path.string() + ": " +
                                       std::strerror(errno) + "; check its directory"};
}

Result<void> Make(const fs::path& path, const std::string& bytes) {
  const fs::path draft = path.string() + "." + Hex(RandomBytes(8));
  {
    const Fd fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    const auto size = static_cast<ssize_t>(bytes.size());
    if (!fd || ::write(fd.get(), bytes.data(), bytes.size()) != size || ::fsync(fd.get()) != 0) {
      ::unlink(draft.c_str());
      return std::unexpected(FileError("write", path));
    }
  }
  // Unlike rename, link leaves a file that another process has made in the meantime.
  const int code = ::link(draft.c_str(), path.c_str());
  const int error = errno;
  ::unlink(draft.c_str());
  errno = error;
  if (code != 0 && errno != EEXIST) return std::unexpected(FileError("make", path));
  const Fd directory(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) ::fsync(directory.get());
  return {};
}

}  // namespace

Result<std::string> ReadOrMakeFile(const fs::path& path, const std::function<std::string()>& make) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd && errno == ENOENT) {
    SCV_TRY(Make(path, make()));
    fd = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  }
  struct stat facts {};
  if (!fd || ::fstat(fd.get(), &facts) != 0) return std::unexpected(FileError("read", path));
  if ((facts.st_mode & 077) != 0) {
    return Fail(ErrorKind::kDenied, "others may read the key file " + path.string() +
                                        "; it is not used. Remedy: chmod 600, or remove it");
  }
  std::string bytes(kFileBytesMax, '\0');
  const auto count = ::read(fd.get(), bytes.data(), bytes.size());
  if (count < 0) return std::unexpected(FileError("read", path));
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

Result<std::string> ReadOrMakeKey(const fs::path& path) {
  SCV_ASSIGN(auto key, ReadOrMakeFile(path, [] { return RandomBytes(kKeyBytes); }));
  if (key.size() != kKeyBytes) {
    return Fail(ErrorKind::kInternal, "the key file " + path.string() +
                                          " is damaged; put back a copy of it. Without it what was "
                                          "encrypted with it is lost");
  }
  return key;
}

}  // namespace scv::services
