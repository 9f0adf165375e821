// Alarms and scaling policies: from the group's metrics to another capacity. Internal to the
// group_* files.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html
#ifndef SCV_CONTROL_GROUP_SCALING_H_
#define SCV_CONTROL_GROUP_SCALING_H_

#include <cstddef>

#include "control/group_work.h"

namespace scv::control {

// Evaluates what is due and changes memory.capacity. Once per metric period.
void EvaluateScaling(GroupWork& work);

// How many data points of `resolution` the group's alarms and policies look back.
std::size_t PointsNeeded(const GroupDesired& desired, const Pace& pace);

}  // namespace scv::control

#endif  // SCV_CONTROL_GROUP_SCALING_H_
