// From sightings to lifecycle: into service, failed, drained. Internal to the group_* files.
#ifndef SCV_CONTROL_GROUP_LIFECYCLE_H_
#define SCV_CONTROL_GROUP_LIFECYCLE_H_

#include "control/group_work.h"

namespace scv::control {

// Brings every instance that needs attention to the lifecycle it has reached.
void AdvanceLifecycles(GroupWork& work);

// Whether every load balancer node has let go of a terminating instance.
bool Drained(const GroupWork& work, const InstanceView& view);

}  // namespace scv::control

#endif  // SCV_CONTROL_GROUP_LIFECYCLE_H_
