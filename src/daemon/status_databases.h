// The databases' part of GET /v1/status: who is what, and whether anything may fail.
#ifndef SCV_DAEMON_STATUS_DATABASES_H_
#define SCV_DAEMON_STATUS_DATABASES_H_

#include <boost/json/array.hpp>
#include <string>

#include "daemon/control_loop.h"

namespace scv::daemon {

// One region's nodes, with their roles and what was seen of them last.
boost::json::array DatabaseNodes(const ControlLoop::View& view, const std::string& region);

// Every cluster: the writer, the term, whether it is redundant and what is missing.
boost::json::array DatabaseClusters(const ControlLoop::View& view);

// Route 53's health checks, and the regions that none of them reaches.
boost::json::array HealthChecks(const ControlLoop::View& view);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_STATUS_DATABASES_H_
