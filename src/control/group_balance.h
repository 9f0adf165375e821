// From the capacity that is wanted to launches and terminations. Internal to the group_* files.
#ifndef SCV_CONTROL_GROUP_BALANCE_H_
#define SCV_CONTROL_GROUP_BALANCE_H_

#include <map>
#include <string>
#include <vector>

#include "control/group_work.h"

namespace scv::control {

using Views = std::vector<const InstanceView*>;

// In service, running, but unhealthy at the load balancer, and due to be replaced.
Views UnhealthyInService(GroupWork& work);

// Replaces what is unhealthy or too old, launches what is missing, lets go of what is too much,
// evens out the zones. Not while a refresh is active.
void Balance(GroupWork& work);

// Launches up to `count`; in `counts` the zone with the fewest wins. Returns how many.
int LaunchUpTo(GroupWork& work, int count, std::map<std::string, int> counts);

// Ends launches that a lowered capacity has made needless.
void CancelNeedlessLaunches(GroupWork& work);

// Lets go of `count` instances out of `candidates`, as the termination policies choose.
void ScaleIn(GroupWork& work, const Views& candidates, int count, std::string_view why);

// Healthy instances in service that nothing was decided about.
Views HealthyInService(const GroupWork& work);

}  // namespace scv::control

#endif  // SCV_CONTROL_GROUP_BALANCE_H_
