// What the API says of the lab: one document for people's pictures, one for plans.
#ifndef SCV_DAEMON_STATUS_JSON_H_
#define SCV_DAEMON_STATUS_JSON_H_

#include <boost/json/object.hpp>
#include <map>

#include "daemon/control_loop.h"

namespace scv::daemon {

// Regions with their load balancers, fleets, databases, names and certificates; what is not settled
// and why; of which types how many are only recorded.
boost::json::object StatusJson(const ControlLoop::View& view,
                               const std::map<aws::ResourceKey, Progress>& progress);

// Every part that should stand or still does, with its phase and reason, and what is not settled.
boost::json::object PlanJson(const ControlLoop::View& view,
                             const std::map<aws::ResourceKey, Progress>& progress);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_STATUS_JSON_H_
