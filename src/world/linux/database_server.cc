#include "world/linux/database_server.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <thread>
#include <utility>

#include "render/mariadb.h"
#include "world/linux/certificate_x509.h"
#include "world/linux/database_cut.h"
#include "world/linux/database_disk.h"
#include "world/linux/database_facts.h"
#include "world/linux/database_monitor.h"
#include "world/linux/database_role.h"
#include "world/linux/database_setup.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kReadyWithin{60};         // after a start, crash recovery included
constexpr milliseconds kAliveWithin{2000};  // while it runs
// Of one statement. Short: a server that hangs in between is to be fenced next.
constexpr seconds kAnswerWithin{3};
constexpr std::string_view kCloneFile = "clone";

bool IsIdentifier(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

Error FileError(const fs::path& path, const std::error_code& code) {
  return {ErrorKind::kUnavailable, path.string() + ": " + code.message()};
}

std::uint64_t ClonesOf(const fs::path& home) {
  std::uint64_t count = 0;
  const auto text = ReadFile(home / kCloneFile).value_or("");
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

void FlushToDisk(const fs::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());
}

}  // namespace

DatabaseServers::DatabaseServers(Processes& processes, Network& network,
                                 CertificateAuthority& authority, fs::path directory,
                                 fs::path scratch, DatabaseMonitor* monitor)
    : processes_(processes),
      network_(network),
      authority_(authority),
      directory_(std::move(directory)),
      template_(processes, std::move(scratch)),
      monitor_(monitor) {}

fs::path DatabaseServers::HomeOf(const std::string& process) const {
  std::string name = process;
  std::replace(name.begin(), name.end(), '/', '-');
  return directory_ / name;
}

Result<void> DatabaseServers::PrepareTemplate() { return template_.Prepare(); }

Result<void> DatabaseServers::Ensure(const std::string& process, const lab::DatabaseSpec& spec) {
  if (!spec.database.empty() && !IsIdentifier(spec.database)) {
    return Fail(ErrorKind::kInvalid, "'" + spec.database + "' is no database name");
  }
  const auto lock = Lock(process);
  // First of all: everything else about it can wait.
  const bool fenced = spec.role.kind == lab::DatabaseRole::Kind::kFenced;
  if (fenced) SCV_TRY(Kill(process));
  SCV_TRY(network_.EnsureHost(process, spec.interface, spec.firewall));
  if (monitor_ != nullptr) {
    monitor_->Watch(process, {.socket = HomeOf(process) / "mariadbd.sock",
                              .vpc_id = spec.interface.vpc_id,
                              .address = spec.interface.address,
                              .port = spec.port});
  }
  auto outcome = fenced ? Result<void>() : MakeStand(process, spec);
  if (monitor_ != nullptr) monitor_->Look(process);
  return outcome;
}

Result<void> DatabaseServers::MakeStand(const std::string& process, const lab::DatabaseSpec& spec) {
  SCV_TRY(PrepareData(process, spec.role));
  SCV_TRY(Configure(process, spec));
  SCV_ASSIGN(auto admin, Run(process, spec));
  return TakeRole(process, admin, spec);
}

// Never SIGTERM first: a server that shuts down wakes the commits that wait for a standby, and
// they are then acknowledged.
Result<void> DatabaseServers::Kill(const std::string& process) {
  const auto status = processes_.Find(process);
  if (!status || !status->running) return {};
  static_cast<void>(processes_.Signal(process, SIGKILL));
  return processes_.Stop(process, milliseconds(0));
}

Result<void> DatabaseServers::PrepareData(const std::string& process,
                                          const lab::DatabaseRole& role) {
  const auto home = HomeOf(process);
  const auto data = home / "data";
  DatabaseDisk disk(home);
  SCV_TRY(disk.Recover());
  const bool replica = role.kind == lab::DatabaseRole::Kind::kReplica;
  const bool clone = replica && role.clone > ClonesOf(home);
  std::error_code failed;
  if (fs::exists(data) && !clone) return {};
  if (clone) SCV_TRY(Kill(process));
  fs::create_directories(home / "tmp", failed);
  fs::permissions(home, fs::perms::owner_all, failed);
  if (failed) return std::unexpected(FileError(home, failed));
  SCV_TRY(disk.Discard());
  SCV_TRY(template_.CopyTo(data));
  if (!clone) return {};
  SCV_TRY(WriteFile(home / kCloneFile, std::to_string(role.clone) + "\n", true));
  FlushToDisk(home / kCloneFile);
  FlushToDisk(home);
  return {};
}

Result<void> DatabaseServers::Configure(const std::string& process, const lab::DatabaseSpec& spec) {
  const auto home = HomeOf(process);
  const std::vector<std::string> names{spec.endpoint};
  SCV_ASSIGN(const auto certificate, authority_.Issue(process, names, {spec.interface.address}));
  const std::string configuration =
      render::MariadbConfiguration({.data_directory = (home / "data").string(),
                                    .temporary_directory = (home / "tmp").string(),
                                    .run_directory = home.string(),
                                    .address = spec.interface.address,
                                    .port = spec.port,
                                    .server_id = spec.server_id,
                                    .certificate = certificate.chain.string(),
                                    .key = certificate.key.string(),
                                    .authority = authority_.root_file().string(),
                                    .parameters = spec.parameters});
  const auto before = ReadFile(home / "my.cnf");
  if (before && *before == configuration) return {};
  // Stopped before the file says so: a kill in between must not leave the old one running.
  SCV_TRY(Kill(process));
  return WriteFile(home / "my.cnf", configuration, true);
}

// A connection to the server, started where it does not run. A former primary whose tail is to go
// and that runs has not lost it yet: it does when it starts.
Result<DatabaseAdmin> DatabaseServers::Run(const std::string& process,
                                           const lab::DatabaseSpec& spec) {
  const auto status = processes_.Find(process);
  if (status && status->running) {
    SCV_ASSIGN(auto admin, ConnectWhenReady(process, kAliveWithin));
    if (spec.role.kind != lab::DatabaseRole::Kind::kReplica || !spec.role.discard_tail) {
      return admin;
    }
    SCV_ASSIGN(const auto facts, FactsOf(admin, kAliveWithin));
    if (!facts.source.empty()) return admin;
    SCV_TRY(Kill(process));
  }
  SCV_TRY(Start(process, spec));
  return ConnectWhenReady(process, kReadyWithin);
}

Result<void> DatabaseServers::Start(const std::string& process, const lab::DatabaseSpec& spec) {
  SCV_ASSIGN(const UniqueFd space, network_.NamespaceOf(process));
  const auto home = HomeOf(process);
  if (DatabaseDisk(home).IsFull()) {
    return Fail(ErrorKind::kUnavailable, "the database's volume is full: it cannot start");
  }
  ProcessSpec wanted;
  wanted.name = process;
  wanted.arguments = {"mariadbd", "--defaults-file=" + (home / "my.cnf").string()};
  if (spec.role.kind == lab::DatabaseRole::Kind::kReplica && spec.role.discard_tail) {
    const auto further = render::MariadbDiscardTailArguments();
    wanted.arguments.insert(wanted.arguments.end(), further.begin(), further.end());
  }
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
Result<DatabaseAdmin> DatabaseServers::ConnectWhenReady(const std::string& process,
                                                        milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  const auto log = (HomeOf(process) / "mariadbd.log").string();
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    auto admin = DatabaseAdmin::Connect(HomeOf(process) / "mariadbd.sock",
                                        std::min<milliseconds>(left, kAnswerWithin));
    if (admin) return admin;
    const auto status = processes_.Find(process);
    if (!status || !status->running) {
      return Fail(ErrorKind::kUnavailable, "the database ended while it started; see " + log);
    }
    if (Clock::now() >= deadline) {
      return Fail(ErrorKind::kTimeout, "the database does not answer in time; see " + log);
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
}

Result<void> DatabaseServers::TakeRole(const std::string& process, DatabaseAdmin& admin,
                                       const lab::DatabaseSpec& spec) {
  const bool replica = spec.role.kind == lab::DatabaseRole::Kind::kReplica;
  SCV_ASSIGN(const auto facts, FactsOf(admin, kAliveWithin));
  std::optional<DatabaseCut> cut;
  if (!facts.source.empty() && !(replica && facts.source == spec.role.source_address)) {
    SCV_ASSIGN(const UniqueFd space, network_.NamespaceOf(process));
    SCV_ASSIGN(auto made, DatabaseCut::Make(space.get(), facts.source));
    cut.emplace(std::move(made));
  }
  if (replica) {
    SCV_ASSIGN(const auto client,
               authority_.Issue(kReplicationName, {std::string(kReplicationName)}, {},
                                CertificateAuthority::Use::kClient));
    return Follow(admin, facts, spec.role, {client, authority_.root_file(), spec.server_id});
  }
  // Before there is a standby that could be waited for, and before anybody else writes.
  if (facts.executed.empty() && facts.source.empty()) SCV_TRY(SetUpDatabase(admin, spec));
  SCV_TRY(Lead(admin, facts, spec.role));
  return SetUpDatabase(admin, spec);
}

// Killed before as well: whoever waits for it to start holds the lock.
Result<std::unique_lock<std::mutex>> DatabaseServers::LockKilled(const std::string& process) {
  SCV_TRY(Kill(process));
  auto lock = Lock(process);
  SCV_TRY(Kill(process));
  return lock;
}

Result<void> DatabaseServers::LimitDisk(const std::string& process, std::uint64_t spare) {
  if (DatabaseDisk(HomeOf(process)).IsLimited()) return {};
  SCV_ASSIGN(const auto lock, LockKilled(process));
  return DatabaseDisk(HomeOf(process)).Limit(spare);
}

Result<void> DatabaseServers::UnlimitDisk(const std::string& process) {
  if (!DatabaseDisk(HomeOf(process)).IsLimited()) return {};
  SCV_ASSIGN(const auto lock, LockKilled(process));
  return DatabaseDisk(HomeOf(process)).Unlimit();
}

Result<void> DatabaseServers::SetDiskFull(const std::string& process, bool full) {
  if (!full) return UnlimitDisk(process);
  if (!DatabaseDisk(HomeOf(process)).IsLimited()) SCV_TRY(LimitDisk(process));
  return FillDisk(process);
}

Result<void> DatabaseServers::FillDisk(const std::string& process) {
  return DatabaseDisk(HomeOf(process)).Fill();
}

Result<void> DatabaseServers::DrainDisk(const std::string& process) {
  return DatabaseDisk(HomeOf(process)).Drain();
}

std::unique_lock<std::mutex> DatabaseServers::Lock(const std::string& process) {
  std::mutex* own = nullptr;
  {
    const std::lock_guard lock(mutex_);
    own = &locks_[process];
  }
  return std::unique_lock(*own);
}

Result<void> DatabaseServers::Remove(const std::string& process) {
  if (monitor_ != nullptr) monitor_->Forget(process);
  const auto lock = Lock(process);
  SCV_TRY(Kill(process));  // nothing of it is needed any more
  SCV_TRY(network_.RemoveHost(process));
  SCV_TRY(DatabaseDisk(HomeOf(process)).Discard());
  std::error_code failed;
  fs::remove_all(HomeOf(process), failed);
  if (failed) return std::unexpected(FileError(HomeOf(process), failed));
  return authority_.Forget(process);
}

}  // namespace scv::world
