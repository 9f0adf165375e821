// PowerDNS processes: one for the internet, one for each VPC, each serving the file of its place.
// Thread-safe for different places.
#ifndef SCV_WORLD_LINUX_NAME_SERVER_H_
#define SCV_WORLD_LINUX_NAME_SERVER_H_

#include <filesystem>
#include <string>

#include "base/result.h"
#include "lab/parts.h"
#include "world/linux/name_database.h"
#include "world/linux/network.h"
#include "world/linux/processes.h"

namespace scv::world {

class NameServers {
 public:
  // What is borrowed outlives this.
  NameServers(Processes& processes, Network& network, std::filesystem::path directory,
              NameDatabases& names);

  // Starts the server under the process name given unless it runs, and waits until it answers.
  Result<void> Ensure(const std::string& process, const lab::NameServerSpec& spec);
  Result<void> Remove(const std::string& process);

 private:
  Result<void> WaitUntilAnswering(int network_namespace, const std::string& address,
                                  const std::string& process);

  Processes& processes_;
  Network& network_;
  std::filesystem::path directory_;
  NameDatabases& names_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NAME_SERVER_H_
