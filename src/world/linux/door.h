// The host's way in: a HAProxy inside the "internet" namespace with listeners inherited from the
// host passes TLS on to whatever address the lab's public name server gives for the server name at
// that moment. The client's connection stays end to end encrypted. Not thread-safe.
#ifndef SCV_WORLD_LINUX_DOOR_H_
#define SCV_WORLD_LINUX_DOOR_H_

#include <filesystem>
#include <string>

#include "base/result.h"
#include "lab/parts.h"
#include "world/linux/network.h"
#include "world/linux/processes.h"

namespace scv::world {

struct DoorListeners {
  int https = -1;               // a listening TCP socket, borrowed
  int http = -1;                // the same for plain HTTP, which is redirected; -1: none
  int public_https_port = 443;  // where the redirect leads
};

class Door {
 public:
  // What is borrowed outlives this.
  Door(Processes& processes, Network& network, std::filesystem::path directory);

  // Makes or changes it. A change interrupts the connections that are open.
  Result<void> Ensure(const std::string& process, const lab::DoorSpec& spec,
                      const DoorListeners& listeners);
  Result<void> Remove(const std::string& process);

 private:
  Processes& processes_;
  Network& network_;
  const std::filesystem::path directory_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DOOR_H_
