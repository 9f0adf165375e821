// Access logs of load balancers: HAProxy's lines become AWS's, gathered and handed over as gzip
// files in AWS's naming. Thread-safe. What was not yet handed over is lost with this process, as
// AWS's delivery is best effort, too; what HAProxy says while there is no such process it keeps.
#ifndef SCV_WORLD_LINUX_ACCESS_LOG_H_
#define SCV_WORLD_LINUX_ACCESS_LOG_H_

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "lab/load_balancer.h"
#include "world/linux/access_log_line.h"
#include "world/linux/fd_store.h"
#include "world/linux/octet_frames.h"

namespace scv::world {

class AccessLogs {
 public:
  // Called from a thread of this class, and from Remove.
  using Sink =
      std::function<void(const std::string& bucket, const std::string& key, std::string gzip)>;

  // `every`: how long a file gathers (AWS: five minutes), scaled by the lab's pace.
  AccessLogs(std::chrono::milliseconds every, Sink sink);
  ~AccessLogs();

  // Listens for the node's HAProxy at `socket`; gives its path back.
  Result<std::string> Ensure(const std::string& process, const lab::LoadBalancerNodeSpec& spec,
                             const std::filesystem::path& socket);
  // Hands over what there is and stops listening.
  void Remove(const std::string& process);

 private:
  struct Connection {
    UniqueFd socket;
    OctetFrames frames;
  };
  struct Log {
    AccessLogNode node;
    std::string bucket, prefix;
    UniqueFd socket;
    std::vector<Connection> connections;
    std::string text;
    std::chrono::steady_clock::time_point since;
  };

  void Gather(const std::stop_token& stop);
  // Ends early when there is something at a source, or for it to do.
  void Pause(std::chrono::milliseconds at_most, const std::vector<int>& sources);
  void Receive(Log& log);
  bool Read(Log& log, Connection& connection);  // false: it is at its end
  void HandOver(Log& log);

  const std::chrono::milliseconds every_;
  const Sink sink_;
  std::mutex mutex_;
  std::map<std::string, Log> logs_;  // guarded by mutex_
  UniqueFd wake_;
  std::jthread thread_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_ACCESS_LOG_H_
