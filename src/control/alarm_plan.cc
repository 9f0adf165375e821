#include "control/alarm_plan.h"

#include <map>
#include <string>
#include <utility>

#include "control/group_read.h"

namespace scv::control {
namespace {

constexpr auto kMetricAlarmType = "aws_cloudwatch_metric_alarm";
constexpr auto kFollowedByNobody =
    "INSUFFICIENT_DATA: the lab evaluates the alarms of scaling policies and instance refreshes "
    "alone";

}  // namespace

void PlanAlarms(const aws::DesiredState& state, LabPlan& plan) {
  const auto alarms = state.List(kMetricAlarmType);
  if (alarms.empty()) return;
  // Region and name of an alarm that a fleet follows => why it does nothing all the same.
  std::map<std::pair<std::string, std::string>, std::string> followed;
  for (const auto& group : ReadGroups(state)) {
    if (group.deleting) continue;
    for (const auto& alarm : group.alarms) {
      auto& why = followed.try_emplace({group.key.region, alarm.name}, alarm.ignored).first->second;
      // Two fleets may follow it; one that can is enough.
      if (alarm.ignored.empty()) why.clear();
    }
  }
  for (const auto& alarm : alarms) {
    if (alarm->status == aws::Status::kDeleting) continue;
    const auto name = aws::String(alarm->attributes, "alarm_name");
    const auto found = followed.find({alarm->key.region, name});
    if (found == followed.end()) {
      plan.not_honoured.emplace(alarm->key, kFollowedByNobody);
    } else if (!found->second.empty()) {
      plan.not_honoured.emplace(alarm->key, "INSUFFICIENT_DATA: " + found->second);
    }
  }
}

}  // namespace scv::control
