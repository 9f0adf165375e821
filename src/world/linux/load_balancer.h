// The nodes of application load balancers: one HAProxy each, in the node's own namespace. Targets
// come and go through the runtime API, everything else by a seamless reload; neither costs a
// request. Thread-safe; calls for one node are to come one at a time.
#ifndef SCV_WORLD_LINUX_LOAD_BALANCER_H_
#define SCV_WORLD_LINUX_LOAD_BALANCER_H_

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "lab/parts.h"
#include "world/linux/access_log.h"
#include "world/linux/certificate_authority.h"
#include "world/linux/network.h"
#include "world/linux/processes.h"

namespace scv::world {

class LoadBalancerNode;

class LoadBalancers {
 public:
  // Told of a node's targets whenever something about one changed (health, sessions, totals).
  using TargetsSink =
      std::function<void(const std::string& process, std::vector<lab::TargetSighting> targets)>;

  // What is borrowed outlives this. `directory` gets a directory per node and should be short:
  // sockets are in it. `logs` may be null: no access logs. The sink is called from a thread of this
  // class, never while Ensure or Remove holds it up.
  LoadBalancers(Processes& processes, Network& network, CertificateAuthority& authority,
                AccessLogs* logs, std::filesystem::path directory, TargetsSink sink);
  ~LoadBalancers();

  // Makes or changes the node under a process name and waits until HAProxy stands by it. A target
  // is healthy after its first good check and unhealthy after the threshold; one that vanishes from
  // the specification is drained for at most the deregistration delay. Certificates are those that
  // the authority issued under their ARNs. What runs already is taken up.
  Result<void> Ensure(const std::string& process, const lab::LoadBalancerNodeSpec& spec);
  Result<void> Remove(const std::string& process);

  // Where a node keeps its files.
  std::filesystem::path HomeOf(const std::string& process) const;

 private:
  struct Loaded;
  Result<Loaded> Render(const std::string& process, const lab::LoadBalancerNodeSpec& spec);
  Result<void> Start(const std::string& process);
  Result<void> WaitForRevision(const std::string& process, const std::string& revision,
                               bool reload);
  void Watch(const std::stop_token& stop);

  Processes& processes_;
  Network& network_;
  CertificateAuthority& authority_;
  AccessLogs* logs_;
  const std::filesystem::path directory_;
  const TargetsSink sink_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool hurry_ = false;  // guarded by mutex_: a node changed, look at once
  std::map<std::string, std::shared_ptr<LoadBalancerNode>> nodes_;  // guarded by mutex_
  std::jthread watcher_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LOAD_BALANCER_H_
