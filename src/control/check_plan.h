// Route 53's health checks: which endpoint is probed, and how often.
#ifndef SCV_CONTROL_CHECK_PLAN_H_
#define SCV_CONTROL_CHECK_PLAN_H_

#include <string_view>

#include "control/lab_plan_context.h"

namespace scv::control {

// More are said not to be honoured: every check takes a thread and a connection.
inline constexpr int kEndpointChecksMost = 48;

lab::PartKey EndpointCheckKey(std::string_view health_check_id);

// Adds a part for every health check of an endpoint that is not disabled. At the lab's pace a
// 10-second interval is 250 ms, a 30-second one 500 ms, and an endpoint has 400 ms to answer.
// Calculated checks need no part (control/routing.h).
void PlanEndpointChecks(PlanContext& context);

}  // namespace scv::control

#endif  // SCV_CONTROL_CHECK_PLAN_H_
