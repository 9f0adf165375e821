// MariaDB servers, one for each RDS instance: each in a namespace and a directory of its own,
// durable across kill -9. Thread-safe for different databases.
#ifndef SCV_WORLD_LINUX_DATABASE_SERVER_H_
#define SCV_WORLD_LINUX_DATABASE_SERVER_H_

#include <filesystem>
#include <mutex>
#include <string>

#include "base/result.h"
#include "lab/parts.h"
#include "world/linux/certificate_authority.h"
#include "world/linux/network.h"
#include "world/linux/processes.h"

namespace scv::world {

class DatabaseServers {
 public:
  // What is borrowed outlives this. `directory` is where the data lives: on a real disk. `scratch`
  // is for the template, which can be made again: memory will do, and is ten times faster.
  DatabaseServers(Processes& processes, Network& network, CertificateAuthority& authority,
                  std::filesystem::path directory, std::filesystem::path scratch);

  // Prepares the empty data directory that new databases are copied from (about a second, once).
  Result<void> PrepareTemplate();

  // Makes or changes the server under a process name and waits until it answers. A changed
  // configuration restarts it; a new password hash does not.
  Result<void> Ensure(const std::string& process, const lab::DatabaseSpec& spec);
  // Stops it and deletes its data.
  Result<void> Remove(const std::string& process);

  std::filesystem::path HomeOf(const std::string& process) const;

 private:
  Result<void> Start(const std::string& process, const lab::DatabaseSpec& spec);
  Result<void> WaitUntilReady(const std::string& process);
  Result<void> SetUp(const std::string& process, const lab::DatabaseSpec& spec);

  Processes& processes_;
  Network& network_;
  CertificateAuthority& authority_;
  std::filesystem::path directory_, scratch_;
  std::mutex template_mutex_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_SERVER_H_
