// Cuts a database node off one address for a moment. A semi-synchronous replica that stops
// following connects to its source once more, to end its connection there, and waits a second for
// a source that is isolated: with no route to it the attempt fails at once. It also makes sure
// that nothing of the old source arrives any more.
#ifndef SCV_WORLD_LINUX_DATABASE_CUT_H_
#define SCV_WORLD_LINUX_DATABASE_CUT_H_

#include <string>

#include "base/result.h"
#include "render/ipv4.h"
#include "world/linux/netlink.h"

namespace scv::world {

// Holds until it ends. What a kill leaves of it, Network::EnsureHost removes.
class DatabaseCut {
 public:
  static Result<DatabaseCut> Make(int network_namespace, const std::string& address);
  DatabaseCut(DatabaseCut&& other) noexcept;
  DatabaseCut& operator=(DatabaseCut&&) = delete;
  ~DatabaseCut();

 private:
  DatabaseCut(NetlinkSocket socket, render::Ipv4 address)
      : socket_(std::move(socket)), address_(address) {}

  NetlinkSocket socket_;
  render::Ipv4 address_;
  bool holds_ = false;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_CUT_H_
