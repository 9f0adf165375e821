// What can happen to instances on one SQLite file.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "fault/scenario.h"

namespace scv::fault {
namespace {

using namespace std::chrono_literals;

constexpr int kKills = 16;
constexpr std::size_t kDiskBytes = std::size_t{32} << 20;

MemoOptions OnFile(const std::filesystem::path& file) {
  MemoOptions options;
  options.flags = {"--data", file};
  return options;
}

// The only instance is killed again and again, at any moment.
Result<void> KillRepeatedly(Stage& stage) {
  SCV_TRY(stage.AddMemo(OnFile(stage.directory() / "memo.db")));
  SCV_TRY(stage.StartLoad());
  for (int i = 0; i < kKills; ++i) {
    stage.Hold(stage.Between(0ms, 120ms));
    SCV_TRY(stage.KillAndRestart(0));
    SCV_TRY(stage.AwaitSuccesses(20));
  }
  return stage.Finish();
}

// One of two instances on the same file is killed; the other must not notice.
Result<void> KillOneOfTwo(Stage& stage) {
  const auto file = stage.directory() / "memo.db";
  SCV_TRY(stage.AddMemo(OnFile(file)));
  SCV_TRY(stage.AddMemo(OnFile(file)));
  SCV_TRY(stage.StartLoad());
  for (int i = 0; i < kKills; ++i) {
    stage.Hold(stage.Between(0ms, 120ms));
    stage.memo(static_cast<std::size_t>(i % 2)).Kill();
    SCV_TRY(stage.AwaitSuccesses(50));
    SCV_TRY(stage.memo(static_cast<std::size_t>(i % 2)).Restart());
    SCV_TRY(stage.AwaitSuccesses(20));
  }
  return stage.Finish();
}

// Both at once, as when the machine's power fails but its disk is written.
Result<void> KillBoth(Stage& stage) {
  const auto file = stage.directory() / "memo.db";
  SCV_TRY(stage.AddMemo(OnFile(file)));
  SCV_TRY(stage.AddMemo(OnFile(file)));
  SCV_TRY(stage.StartLoad());
  for (int i = 0; i < kKills / 2; ++i) {
    stage.Hold(stage.Between(0ms, 120ms));
    stage.memo(0).Kill();
    stage.memo(1).Kill();
    SCV_TRY(stage.memo(0).Restart());
    SCV_TRY(stage.memo(1).Restart());
    SCV_TRY(stage.AwaitSuccesses(20));
  }
  return stage.Finish();
}

Result<void> LimitFileSize(pid_t pid, rlim_t bytes) {
  rlimit limit{};
  if (::prlimit(pid, RLIMIT_FSIZE, nullptr, &limit) == 0) {
    limit.rlim_cur = std::min(bytes, limit.rlim_max);
    if (::prlimit(pid, RLIMIT_FSIZE, &limit, nullptr) == 0) return {};
  }
  return Fail(ErrorKind::kNotFound, std::string("prlimit: ") + std::strerror(errno));
}

// No file may grow any more for a while: every write fails, as on a disk with an error.
Result<void> FilesCannotGrow(Stage& stage) {
  SCV_TRY(stage.AddMemo(OnFile(stage.directory() / "memo.db")));
  SCV_TRY(stage.StartLoad());
  for (int i = 0; i < 3; ++i) {
    SCV_TRY(LimitFileSize(stage.memo(0).pid(), 4096));
    stage.Hold(stage.Between(500ms, 1500ms));
    SCV_TRY(LimitFileSize(stage.memo(0).pid(), RLIM_INFINITY));
    SCV_TRY(stage.AwaitSuccesses(50));
  }
  return stage.Finish();
}

// Writes until there is no room left; false: something else stopped it.
bool FillDisk(const std::filesystem::path& filler) {
  const std::string block(4096, 'x');
  const int fd = ::open(filler.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  std::size_t written = 0;
  while (written < 2 * kDiskBytes) {
    const ssize_t put = ::write(fd, block.data(), block.size());
    if (put <= 0) break;
    written += static_cast<std::size_t>(put);
  }
  const bool full = errno == ENOSPC;
  ::close(fd);
  return full;
}

// The file system is really full, then there is room again.
Result<void> DiskFull(Stage& stage) {
  const auto disk = stage.directory() / "disk";
  std::filesystem::create_directory(disk);
  MemoOptions options = OnFile(disk / "memo.db");
  options.own_disk = disk;
  options.disk_bytes = kDiskBytes;
  SCV_TRY(stage.AddMemo(options));
  SCV_TRY(stage.StartLoad());
  const auto filler = stage.memo(0).Outside(disk / "filler");
  for (int i = 0; i < 3; ++i) {
    if (!FillDisk(filler)) {
      return Fail(ErrorKind::kNotFound, "this machine does not let us fill the instance's disk");
    }
    stage.Hold(stage.Between(500ms, 1500ms));
    std::filesystem::remove(filler);
    SCV_TRY(stage.AwaitSuccesses(50));
  }
  return stage.Finish();
}

}  // namespace

const std::vector<Scenario>& SqliteScenarios() {
  static const std::vector<Scenario> scenarios = {
      {"SqliteKillRepeatedly",
       "memo is killed and started anew, again and again",
       {},
       KillRepeatedly},
      {"SqliteKillOneOfTwo", "one of two instances on one file is killed", {}, KillOneOfTwo},
      {"SqliteKillBoth", "both instances on one file are killed at once", {}, KillBoth},
      {"SqliteFilesCannotGrow",
       "every write to the file fails for a second",
       {.no_client_fault = true, .livez_throughout = true},
       FilesCannotGrow},
      {"SqliteDiskFull",
       "the disk is full for a second",
       {.no_client_fault = true, .livez_throughout = true},
       DiskFull},
  };
  return scenarios;
}

}  // namespace scv::fault
