// Looks at database nodes all the time: from outside, over the VPC's network as a client would
// reach it, and inside, on the server's own socket. Judges nothing.
#ifndef SCV_WORLD_LINUX_DATABASE_MONITOR_H_
#define SCV_WORLD_LINUX_DATABASE_MONITOR_H_

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "lab/database.h"
#include "world/linux/network.h"

namespace scv::world {

// Thread-safe. One thread for each node, so that one that hangs keeps nobody else waiting.
class DatabaseMonitor {
 public:
  // Told after every look that saw a fact change or failed in part, and of the rest at least every
  // two seconds. From the node's thread: it must not block, nor call Forget.
  using Sink = std::function<void(const std::string& process, const lab::DatabaseSighting& look)>;

  DatabaseMonitor(Network& network, Sink sink,
                  std::chrono::milliseconds interval = std::chrono::milliseconds(200));
  ~DatabaseMonitor();  // forgets all

  struct Node {
    std::filesystem::path socket;
    std::string vpc_id;  // whose router the greeting is asked from (its subnet gateway's address
                         // must be let in by the node's firewall)
    std::string address;
    int port = 3306;
    bool operator==(const Node&) const = default;
  };
  // From now on, at every interval, and oftener while nothing is reached, until it is forgotten; a
  // changed node replaces it. The first look is made at once.
  void Watch(const std::string& process, const Node& node);
  // Look now: something about it was just changed, or it died.
  void Look(std::string_view process);
  // The sink is not told about it any more when this returns (at most 400 ms).
  void Forget(std::string_view process);

 private:
  class Watcher;

  Network& network_;
  Sink sink_;
  std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Watcher>, std::less<>> watchers_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_MONITOR_H_
