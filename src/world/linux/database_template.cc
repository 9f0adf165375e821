#include "world/linux/database_template.h"

#include <chrono>
#include <thread>

#include "world/linux/certificate_x509.h"
#include "world/linux/database_role.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kTemplateWithin{60};

Error FileError(const fs::path& path, const std::error_code& code) {
  return {ErrorKind::kUnavailable, path.string() + ": " + code.message()};
}

}  // namespace

// The name changes with what is in it: an earlier program's is not taken up.
DatabaseTemplate::DatabaseTemplate(Processes& processes, fs::path scratch)
    : processes_(processes), scratch_(std::move(scratch)), ready_(scratch_ / "template-2") {}

Result<void> DatabaseTemplate::Prepare() {
  const std::lock_guard lock(mutex_);
  if (fs::exists(ready_)) return {};
  const auto work = scratch_ / "template.work";
  std::error_code failed;
  fs::remove_all(work, failed);
  fs::create_directories(work / "data", failed);
  fs::create_directories(work / "tmp", failed);
  if (failed) return std::unexpected(FileError(work, failed));
  SCV_TRY(Install(work));
  fs::rename(work / "data", ready_, failed);
  if (failed) return std::unexpected(FileError(ready_, failed));
  fs::remove_all(work, failed);
  return {};
}

Result<void> DatabaseTemplate::Install(const fs::path& work) {
  // The bootstrapping server reads one statement from each line.
  SCV_TRY(
      WriteFile(work / "accounts.sql", "FLUSH PRIVILEGES;\n" + GrantReplication() + ";\n", false));
  ProcessSpec wanted;
  wanted.name = "template/mariadb";
  wanted.arguments = {"mariadb-install-db",
                      "--no-defaults",
                      "--datadir=" + (work / "data").string(),
                      "--tmpdir=" + (work / "tmp").string(),
                      "--extra-file=" + (work / "accounts.sql").string(),
                      "--user=root",
                      "--skip-test-db",
                      "--skip-name-resolve",
                      "--force",  // does not look this machine's name up
                      "--auth-root-authentication-method=socket",
                      "--auth-root-socket-user=root",
                      "--innodb-log-file-size=8M",
                      "--innodb-data-file-path=ibdata1:4M:autoextend",
                      "--innodb-autoextend-increment=1"};
  wanted.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
  wanted.working_directory = work;
  wanted.log = scratch_ / "template.log";
  SCV_ASSIGN(const auto started, processes_.Start(wanted));
  static_cast<void>(started);
  const auto deadline = Clock::now() + kTemplateWithin;
  for (;;) {
    const auto status = processes_.Find(wanted.name);
    if (!status || !status->running) break;
    if (Clock::now() >= deadline) {
      SCV_TRY(processes_.Stop(wanted.name, milliseconds(0)));
      return Fail(ErrorKind::kTimeout, "mariadb-install-db takes longer than a minute");
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
  if (!fs::exists(work / "data/mysql/global_priv.MAD")) {
    return Fail(ErrorKind::kUnavailable,
                "mariadb-install-db made no data directory; see " + wanted.log.string());
  }
  return {};
}

Result<void> DatabaseTemplate::CopyTo(const fs::path& data) {
  SCV_TRY(Prepare());
  fs::path next = data;
  next += ".new";
  std::error_code failed;
  fs::remove_all(next, failed);
  fs::copy(ready_, next, fs::copy_options::recursive, failed);
  if (!failed) fs::rename(next, data, failed);
  if (failed) return std::unexpected(FileError(data, failed));
  return {};
}

}  // namespace scv::world
