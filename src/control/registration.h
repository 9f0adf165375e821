// Which instance stands in which target group: what RegisterTargets has been told. Decided by the
// fleets, read by the load balancers' plan.
#ifndef SCV_CONTROL_REGISTRATION_H_
#define SCV_CONTROL_REGISTRATION_H_

#include <compare>
#include <string>

namespace scv::control {

struct Registration {
  std::string instance;  // i-…
  std::string target_group_arn;
  bool draining = false;  // deregistered: no new connection, open ones may end
  auto operator<=>(const Registration&) const = default;
};

}  // namespace scv::control

#endif  // SCV_CONTROL_REGISTRATION_H_
