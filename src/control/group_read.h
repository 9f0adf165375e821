// From Terraform's attributes to GroupDesired.
#ifndef SCV_CONTROL_GROUP_READ_H_
#define SCV_CONTROL_GROUP_READ_H_

#include <vector>

#include "aws/resource.h"
#include "control/group.h"

namespace scv::control {

// `resource` is an aws_autoscaling_group in `state`. What it names and is not there (a subnet, the
// launch template) is left out; DecideGroup says what is missing. Policies and alarms that the lab
// cannot follow are kept with the reason.
GroupDesired ReadGroup(const aws::DesiredState& state, const aws::Resource& resource);

// All groups of all regions, by key. One pass over policies and alarms.
std::vector<GroupDesired> ReadGroups(const aws::DesiredState& state);

}  // namespace scv::control

#endif  // SCV_CONTROL_GROUP_READ_H_
