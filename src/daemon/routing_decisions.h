// Route 53's health checks as the daemon follows them: probes in, unhealthy checks, dark load
// balancer nodes and lost regions out. Owned by the control loop, called with its lock.
#ifndef SCV_DAEMON_ROUTING_DECISIONS_H_
#define SCV_DAEMON_ROUTING_DECISIONS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/resource.h"
#include "control/lab_plan.h"
#include "control/reconcile.h"
#include "control/routing.h"
#include "daemon/event_log.h"

namespace scv::daemon {

class RoutingDecisions {
 public:
  explicit RoutingDecisions(EventLog& events) : events_(events) {}

  // What an earlier process remembered. kInternal: it cannot be read.
  Result<void> Restore(std::string_view document);
  // What to remember, if it differs from what this said last.
  std::optional<std::string> TakeDocument();

  void SetState(const aws::DesiredState& state);

  // Returns whether what the names depend on changed in `environment`.
  bool Decide(const control::LabPlan& plan, const control::ObservedParts& observed, Millis now,
              control::Environment& environment);

  // Regions whose records are guarded by health checks, all of which fail.
  const std::set<std::string>& lost_regions() const { return lost_regions_; }
  const control::RoutingMemory& memory() const { return memory_; }

 private:
  EventLog& events_;
  std::vector<control::CheckRule> rules_;
  std::map<std::string, std::set<std::string>> checks_of_region_;  // region → check ids
  control::RoutingMemory memory_;
  std::string document_ = control::ChecksDocument({});
  std::set<std::string> lost_regions_;
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_ROUTING_DECISIONS_H_
