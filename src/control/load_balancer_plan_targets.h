// Target groups with the targets that are registered in them.
#ifndef SCV_CONTROL_LOAD_BALANCER_PLAN_TARGETS_H_
#define SCV_CONTROL_LOAD_BALANCER_PLAN_TARGETS_H_

#include <map>
#include <string>
#include <vector>

#include "control/instance_plan.h"
#include "control/lab_plan_context.h"

namespace scv::control {

// The target groups of one region. Valid as long as the index.
class TargetGroups {
 public:
  TargetGroups(PlanContext& context, const RegionIndex& region,
               const std::vector<PlannedInstance>& instances,
               const std::vector<Registration>& registrations);

  // nullptr: there is none.
  const lab::TargetGroupSpec* Find(const std::string& arn) const;

 private:
  std::map<std::string, lab::TargetGroupSpec> specs_;  // by ARN
};

// A target group and its attachments shape the nodes that serve it.
void LinkTargetGroups(PlanContext& context, const RegionIndex& region);

// A health check at the lab's pace: at AWS's as written, otherwise the interval scaled, but at
// least 100 ms, and the timeout at least a second (a busy machine is not a dead target).
lab::HealthCheckSpec HealthCheckAt(const Pace& pace, const aws::TargetGroup::HealthCheck& check);

}  // namespace scv::control

#endif  // SCV_CONTROL_LOAD_BALANCER_PLAN_TARGETS_H_
