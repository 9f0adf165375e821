// What is known of one node's targets, and how HAProxy's servers are made to follow them.
#ifndef SCV_WORLD_LINUX_LOAD_BALANCER_NODE_H_
#define SCV_WORLD_LINUX_LOAD_BALANCER_NODE_H_

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "lab/parts.h"
#include "world/linux/haproxy_socket.h"

namespace scv::world {

// Not thread-safe but for `mutex`, which guards all the rest.
class LoadBalancerNode {
 public:
  explicit LoadBalancerNode(std::filesystem::path socket) : socket_(std::move(socket)) {}

  std::mutex mutex;

  void SetSpec(const lab::LoadBalancerNodeSpec& spec) { spec_ = spec; }
  // The state file for a process that is about to take over: what the running one knows (if one
  // runs), and everything else down until it was checked.
  Result<std::string> StateFile();
  // Adds, changes, drains and removes servers until they are the specification's.
  Result<void> FollowTargets();

  struct Look {
    std::optional<std::vector<lab::TargetSighting>> changed;
    bool in_transition = false;
  };
  // Reads what HAProxy says of its servers, takes new ones into service at their first good check,
  // and removes drained ones.
  Look LookAtTargets();
  bool ready = false;  // HAProxy stands by the specification; look at it

 private:
  using Name = std::pair<std::string, std::string>;  // backend, server
  struct Known {
    bool initial = false;  // has not passed a check yet
    std::chrono::steady_clock::time_point since;
    std::int64_t requests_before = 0, errors_before = 0;  // of processes before this one
    std::int64_t requests_seen = 0, errors_seen = 0;
  };

  Result<void> Command(const std::string& commands);
  Result<void> FollowTarget(const lab::TargetGroupSpec& group, const lab::TargetSpec& target,
                            const HaproxyServerState* actual);
  void RemoveDrained(const std::vector<HaproxyServerStat>& stats);
  lab::TargetSighting Sight(const lab::TargetGroupSpec& group, const lab::TargetSpec& target,
                            const HaproxyServerStat& stat);

  const std::filesystem::path socket_;
  lab::LoadBalancerNodeSpec spec_;
  std::map<Name, Known> known_;
  std::map<Name, std::chrono::steady_clock::time_point> leaving_;  // until when at most
  std::vector<lab::TargetSighting> last_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LOAD_BALANCER_NODE_H_
