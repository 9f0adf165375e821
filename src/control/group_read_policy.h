// The parts of group_read that read policies and alarms.
#ifndef SCV_CONTROL_GROUP_READ_POLICY_H_
#define SCV_CONTROL_GROUP_READ_POLICY_H_

#include <boost/json/object.hpp>
#include <optional>
#include <string_view>

#include "aws/resource.h"
#include "control/group.h"

namespace scv::control {

// A number, also where Terraform's schema has a string for a number that may be absent.
std::optional<double> Number(const boost::json::object& attributes, std::string_view name);
// A number of seconds, from 0 to ten years, in milliseconds.
std::optional<Millis> Seconds(const boost::json::object& attributes, std::string_view name);

// `group` needs its key and targets.
ScalingPolicy ReadPolicy(const aws::Resource& resource, const GroupDesired& group);
AlarmRule ReadAlarm(const aws::Resource& resource, const GroupDesired& group);

}  // namespace scv::control

#endif  // SCV_CONTROL_GROUP_READ_POLICY_H_
