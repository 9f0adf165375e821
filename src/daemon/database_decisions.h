// The clusters of databases that the daemon decides about: their durable memory, what was counted
// since it started, and what was decided last. Owned by the control loop, called with its lock.
#ifndef SCV_DAEMON_DATABASE_DECISIONS_H_
#define SCV_DAEMON_DATABASE_DECISIONS_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "control/database.h"
#include "control/lab_plan.h"
#include "control/reconcile.h"
#include "daemon/event_log.h"
#include "daemon/state_store.h"

namespace scv::daemon {

class DatabaseDecisions {
 public:
  struct Cluster {
    control::DatabaseCluster cluster;
    control::DatabaseMemory memory;
    control::DatabaseWatch watch;
    control::DatabasePlan plan;
  };
  // Writes documents down; an error means that they are not on disk.
  using Keep = std::function<Result<void>(const Documents&,
                                          const std::vector<std::pair<std::string, std::string>>&)>;

  DatabaseDecisions(control::Pace pace, EventLog& events, Keep keep);

  Result<void> Restore(const std::string& name, std::string_view document);

  // Takes up the clusters as planned. Forgets those that nothing wants any more.
  void SetClusters(const std::vector<control::DatabaseCluster>& clusters);

  // Decides about every cluster. Returns whether roles or endpoints in `environment` changed; they
  // are changed only by what is written down. `wake_at` is lowered to when to decide again.
  bool Decide(const control::ObservedParts& observed, const std::set<std::string>& lost_regions,
              Millis now, control::Environment& environment, Millis& wake_at);

  // Moves the writer of every cluster that has a site in `region` ("": back to the site that
  // Terraform made first).
  Result<void> Order(const std::string& region, bool force);

  const std::map<std::string, Cluster>& clusters() const { return clusters_; }

 private:
  bool DecideOne(const std::string& name, Cluster& entry, const control::ObservedParts& observed,
                 const std::set<std::string>& lost_regions, Millis now,
                 control::Environment& environment, Millis& wake_at);

  control::Pace pace_;
  EventLog& events_;
  Keep keep_;
  std::map<std::string, Cluster> clusters_;
  std::map<std::string, control::DatabaseMemory> remembered_;  // of clusters that are not planned
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_DATABASE_DECISIONS_H_
