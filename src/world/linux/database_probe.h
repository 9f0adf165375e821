// Whether a database server greets: TCP to its address, from inside of a namespace, and the first
// packet of its protocol, which may be a refusal. Nobody is logged in.
#ifndef SCV_WORLD_LINUX_DATABASE_PROBE_H_
#define SCV_WORLD_LINUX_DATABASE_PROBE_H_

#include <chrono>
#include <string>

#include "world/linux/fd_store.h"

namespace scv::world {

// One probe: begun by the constructor, in the network namespace of the calling thread.
class DatabaseProbe {
 public:
  DatabaseProbe(const std::string& address, int port);
  // Waits until the greeting is there or it is certain or late: false. That TCP connects is up to
  // the peer's kernel and has a deadline of its own, however busy the server is.
  bool Greets(std::chrono::steady_clock::time_point connected,
              std::chrono::steady_clock::time_point greeted);

 private:
  bool Connects(std::chrono::steady_clock::time_point deadline) const;

  UniqueFd socket_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_PROBE_H_
