// The daemon's figures in Prometheus' text format.
#ifndef SCV_DAEMON_METRICS_TEXT_H_
#define SCV_DAEMON_METRICS_TEXT_H_

#include <string>

#include "daemon/control_loop.h"

namespace scv::daemon {

std::string MetricsText(const ControlLoop::View& view);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_METRICS_TEXT_H_
