// MariaDB servers, one for each node of an RDS instance: each in a namespace and a directory of its
// own, durable across kill -9, in the role that its specification says. Thread-safe for different
// databases.
//
// A node's whole history is in its binary log, accounts and schema included, and binary logs are
// never purged: a new replica is a copy of an empty template that follows from the beginning. That
// is the lab's bargain: a clone takes as long as replaying everything that was ever written.
#ifndef SCV_WORLD_LINUX_DATABASE_SERVER_H_
#define SCV_WORLD_LINUX_DATABASE_SERVER_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "base/result.h"
#include "lab/parts.h"
#include "world/linux/certificate_authority.h"
#include "world/linux/database_admin.h"
#include "world/linux/database_template.h"
#include "world/linux/network.h"
#include "world/linux/processes.h"

namespace scv::world {

class DatabaseMonitor;

class DatabaseServers {
 public:
  // What is borrowed outlives this. `directory` is where the data lives: on a real disk. `scratch`
  // is for the template, which can be made again: memory will do, and is ten times faster.
  // `monitor`, if any, looks at every node from its first Ensure to its Remove.
  DatabaseServers(Processes& processes, Network& network, CertificateAuthority& authority,
                  std::filesystem::path directory, std::filesystem::path scratch,
                  DatabaseMonitor* monitor = nullptr);

  // Prepares the empty data directory that new databases are copied from (about a second, once).
  Result<void> PrepareTemplate();

  // Makes or changes the server under a process name, waits until it answers and puts it into its
  // role; where nothing differs it only looks. Repeating it converges, whatever died in between.
  //  - A changed configuration restarts it (by kill -9: a clean stop would acknowledge commits that
  //    wait for a standby); a changed role or password hash does not, but for `discard_tail` on a
  //    node that follows nobody yet.
  //  - It never takes writes before it is in its role.
  //  - kFenced kills it, stopped (SIGSTOP) or not, and returns when the process is gone. The data
  //    and the network host stay.
  // kTimeout: a running server does not answer, or has not applied all that it received; repeat or
  // fence it.
  Result<void> Ensure(const std::string& process, const lab::DatabaseSpec& spec);
  // Stops it and deletes its data.
  Result<void> Remove(const std::string& process);

  // For drills: the node's data on a volume of its own with `spare` bytes left, and back where it
  // was (database_disk.h). Both kill the server; the next Ensure starts it. While it is limited,
  // FillDisk makes the running server's volume full, and DrainDisk gives it space again: MariaDB
  // tries a write that found no space again after a minute.
  Result<void> LimitDisk(const std::string& process, std::uint64_t spare = 16 << 20);
  Result<void> UnlimitDisk(const std::string& process);
  Result<void> FillDisk(const std::string& process);
  Result<void> DrainDisk(const std::string& process);
  // All of it at once: a volume that was not limited before is, which kills the server, and is
  // full; it cannot start there. Healing moves the data back, and kills the server, too.
  Result<void> SetDiskFull(const std::string& process, bool full);

  std::filesystem::path HomeOf(const std::string& process) const;

 private:
  Result<void> MakeStand(const std::string& process, const lab::DatabaseSpec& spec);
  Result<void> Kill(const std::string& process);
  // Kills a server that was started with another configuration.
  Result<void> Configure(const std::string& process, const lab::DatabaseSpec& spec);
  Result<void> PrepareData(const std::string& process, const lab::DatabaseRole& role);
  Result<DatabaseAdmin> Run(const std::string& process, const lab::DatabaseSpec& spec);
  Result<void> Start(const std::string& process, const lab::DatabaseSpec& spec);
  Result<DatabaseAdmin> ConnectWhenReady(const std::string& process,
                                         std::chrono::milliseconds limit);
  Result<void> TakeRole(const std::string& process, DatabaseAdmin& admin,
                        const lab::DatabaseSpec& spec);

  // Who changes the files or the process of a database holds its lock.
  std::unique_lock<std::mutex> Lock(const std::string& process);
  Result<std::unique_lock<std::mutex>> LockKilled(const std::string& process);

  Processes& processes_;
  Network& network_;
  CertificateAuthority& authority_;
  std::filesystem::path directory_;
  DatabaseTemplate template_;
  DatabaseMonitor* monitor_;
  std::mutex mutex_;
  std::map<std::string, std::mutex> locks_;  // never removed: one for each name ever used
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_SERVER_H_
