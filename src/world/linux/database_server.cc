#include "world/linux/database_server.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "render/mariadb.h"
#include "world/linux/certificate_x509.h"
#include "world/linux/database_admin.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kReadyWithin{60};  // crash recovery included
constexpr seconds kTemplateWithin{60};
constexpr seconds kAnswerWithin{10};
// RDS stops a server with a fast shutdown; what takes longer is killed and recovers at the start.
constexpr milliseconds kStopGrace{5000};

// What RDS grants the master user of MariaDB: everything but SUPER, FILE and SHUTDOWN.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
constexpr std::string_view kMasterPrivileges =
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER,"
    " SHOW DATABASES, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE,"
    " REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER,"
    " EVENT, TRIGGER";

bool IsIdentifier(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

Error FileError(const fs::path& path, const std::error_code& code) {
  return {ErrorKind::kUnavailable, path.string() + ": " + code.message()};
}

}  // namespace

DatabaseServers::DatabaseServers(Processes& processes, Network& network,
                                 CertificateAuthority& authority, fs::path directory,
                                 fs::path scratch)
    : processes_(processes),
      network_(network),
      authority_(authority),
      directory_(std::move(directory)),
      scratch_(std::move(scratch)) {}

fs::path DatabaseServers::HomeOf(const std::string& process) const {
  std::string name = process;
  std::replace(name.begin(), name.end(), '/', '-');
  return directory_ / name;
}

Result<void> DatabaseServers::PrepareTemplate() {
  const std::lock_guard lock(template_mutex_);
  const auto ready = scratch_ / "template";
  if (fs::exists(ready)) return {};
  const auto work = scratch_ / "template.work";
  std::error_code failed;
  fs::remove_all(work, failed);
  fs::create_directories(work / "data", failed);
  fs::create_directories(work / "tmp", failed);
  if (failed) return std::unexpected(FileError(work, failed));
  ProcessSpec wanted;
  wanted.name = "template/mariadb";
  wanted.arguments = {"mariadb-install-db",
                      "--no-defaults",
                      "--datadir=" + (work / "data").string(),
                      "--tmpdir=" + (work / "tmp").string(),
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
  fs::rename(work / "data", ready, failed);
  if (failed) return std::unexpected(FileError(ready, failed));
  fs::remove_all(work, failed);
  return {};
}

Result<void> DatabaseServers::Ensure(const std::string& process, const lab::DatabaseSpec& spec) {
  if (!spec.database.empty() && !IsIdentifier(spec.database)) {
    return Fail(ErrorKind::kInvalid, "'" + spec.database + "' is no database name");
  }
  SCV_TRY(network_.EnsureHost(process, spec.interface, spec.firewall));
  const auto home = HomeOf(process);
  std::error_code failed;
  if (!fs::exists(home / "data")) {
    SCV_TRY(PrepareTemplate());
    fs::create_directories(home / "tmp", failed);
    fs::permissions(home, fs::perms::owner_all, failed);
    fs::remove_all(home / "data.new", failed);
    fs::copy(scratch_ / "template", home / "data.new", fs::copy_options::recursive, failed);
    if (!failed) fs::rename(home / "data.new", home / "data", failed);
    if (failed) return std::unexpected(FileError(home, failed));
  }
  const std::vector<std::string> names{spec.endpoint};
  SCV_ASSIGN(const auto certificate, authority_.Issue(process, names, {spec.interface.address}));
  const std::string configuration =
      render::MariadbConfiguration({.data_directory = (home / "data").string(),
                                    .temporary_directory = (home / "tmp").string(),
                                    .run_directory = home.string(),
                                    .address = spec.interface.address,
                                    .port = spec.port,
                                    .certificate = certificate.chain.string(),
                                    .key = certificate.key.string(),
                                    .authority = authority_.root_file().string(),
                                    .parameters = spec.parameters});
  const auto before = ReadFile(home / "my.cnf");
  const auto status = processes_.Find(process);
  const bool running = status && status->running;
  if (running && (!before || *before != configuration)) {
    SCV_TRY(processes_.Stop(process, kStopGrace));
  }
  SCV_TRY(WriteFile(home / "my.cnf", configuration, true));
  if (!running || !before || *before != configuration) SCV_TRY(Start(process, spec));
  SCV_TRY(WaitUntilReady(process));
  return SetUp(process, spec);
}

Result<void> DatabaseServers::Start(const std::string& process, const lab::DatabaseSpec& spec) {
  SCV_ASSIGN(const UniqueFd space, network_.NamespaceOf(process));
  const auto home = HomeOf(process);
  ProcessSpec wanted;
  wanted.name = process;
  wanted.arguments = {"mariadbd", "--defaults-file=" + (home / "my.cnf").string()};
  wanted.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  wanted.working_directory = home;
  wanted.log = home / "mariadbd.log";
  wanted.network_namespace = space.get();
  wanted.limits = spec.limits;
  SCV_ASSIGN(const auto started, processes_.Start(wanted));
  static_cast<void>(started);
  return {};
}

// MariaDB tells nobody when it is up: its socket is tried until it answers.
Result<void> DatabaseServers::WaitUntilReady(const std::string& process) {
  const auto deadline = Clock::now() + kReadyWithin;
  for (;;) {
    auto admin = DatabaseAdmin::Connect(HomeOf(process) / "mariadbd.sock", kAnswerWithin);
    if (admin && admin->Execute("SELECT 1")) return {};
    const auto status = processes_.Find(process);
    if (!status || !status->running) {
      return Fail(ErrorKind::kUnavailable, "the database ended while it started; see " +
                                               (HomeOf(process) / "mariadbd.log").string());
    }
    if (Clock::now() >= deadline) {
      return Fail(ErrorKind::kTimeout, "the database is not up in time; see " +
                                           (HomeOf(process) / "mariadbd.log").string());
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
}

Result<void> DatabaseServers::SetUp(const std::string& process, const lab::DatabaseSpec& spec) {
  SCV_ASSIGN(auto admin, DatabaseAdmin::Connect(HomeOf(process) / "mariadbd.sock", kAnswerWithin));
  // The lab's own accounts and schema are not the customer's data: no binary log.
  SCV_TRY(admin.Execute("SET SESSION sql_log_bin = 0"));
  if (!spec.database.empty()) {
    SCV_TRY(admin.Execute("CREATE DATABASE IF NOT EXISTS `" + spec.database + "`"));
  }
  if (spec.master_username.empty()) return {};
  const std::string user = admin.Quoted(spec.master_username) + "@'%'";
  const std::string password =
      " IDENTIFIED VIA mysql_native_password USING " + admin.Quoted(spec.master_password_hash);
  SCV_TRY(admin.Execute("CREATE USER IF NOT EXISTS " + user + password));
  SCV_TRY(admin.Execute("ALTER USER " + user + password));
  return admin.Execute("GRANT " + std::string(kMasterPrivileges) + " ON *.* TO " + user +
                       " WITH GRANT OPTION");
}

Result<void> DatabaseServers::Remove(const std::string& process) {
  SCV_TRY(processes_.Stop(process, kStopGrace));
  SCV_TRY(network_.RemoveHost(process));
  std::error_code failed;
  fs::remove_all(HomeOf(process), failed);
  if (failed) return std::unexpected(FileError(HomeOf(process), failed));
  return authority_.Forget(process);
}

}  // namespace scv::world
