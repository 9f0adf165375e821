// Which instance goes when a group scales in.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
#ifndef SCV_CONTROL_INSTANCE_CHOICE_H_
#define SCV_CONTROL_INSTANCE_CHOICE_H_

#include <map>
#include <string>
#include <vector>

#include "control/group_observed.h"

namespace scv::control {

struct ChoiceQuestion {
  std::vector<const InstanceView*> candidates;
  std::map<std::string, int> zones;   // instances of the group per zone, candidates or not
  std::string launch_template_id;     // the group's
  int newest_version = 0;             // in force: older ones are outdated
  std::vector<std::string> policies;  // termination_policies; empty: Default
  Millis now = 0;
};

// The first `count` to go, in that order: from the zone that has the most instances at that moment,
// and there by the policies. Default: another launch template first, then the oldest version of
// the group's that is not the newest, then whose next hour begins soonest (AWS's "next billing
// hour"), then (where AWS draws lots) the longest running, then the lowest id.
std::vector<const InstanceView*> ChooseForTermination(ChoiceQuestion question, int count);

}  // namespace scv::control

#endif  // SCV_CONTROL_INSTANCE_CHOICE_H_
