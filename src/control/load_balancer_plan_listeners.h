// A load balancer's listeners and rules.
#ifndef SCV_CONTROL_LOAD_BALANCER_PLAN_LISTENERS_H_
#define SCV_CONTROL_LOAD_BALANCER_PLAN_LISTENERS_H_

#include <set>
#include <string>
#include <vector>

#include "control/lab_plan_context.h"

namespace scv::control {

struct PlannedListeners {
  std::vector<lab::ListenerSpec> specs;  // by port
  std::set<std::string> target_groups;   // ARNs that they forward to
};

// A listener whose certificate is not issued yet is left out, and said to be missing. `nodes`: of
// the load balancer; its listeners shape them.
PlannedListeners PlanListeners(PlanContext& context, const RegionIndex& region,
                               const std::string& load_balancer_arn,
                               const std::vector<lab::PartKey>& nodes);

}  // namespace scv::control

#endif  // SCV_CONTROL_LOAD_BALANCER_PLAN_LISTENERS_H_
