// Which metric alarms do something in the lab: those that scale a fleet, or stop its instance
// refresh, on a metric that the lab measures. The others are recorded, with the reason; on AWS
// they would be in state INSUFFICIENT_DATA.
#ifndef SCV_CONTROL_ALARM_PLAN_H_
#define SCV_CONTROL_ALARM_PLAN_H_

#include "aws/resource.h"
#include "control/lab_plan.h"

namespace scv::control {

// Adds the alarms that do nothing to `plan.not_honoured`.
void PlanAlarms(const aws::DesiredState& state, LabPlan& plan);

}  // namespace scv::control

#endif  // SCV_CONTROL_ALARM_PLAN_H_
