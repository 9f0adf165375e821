#include "control/group_memory.h"

#include <tuple>
#include <utility>

namespace scv::control {

std::string_view Name(RefreshStatus status) {
  switch (status) {
    case RefreshStatus::kNone:
      return "None";
    case RefreshStatus::kInProgress:
      return "InProgress";
    case RefreshStatus::kSuccessful:
      return "Successful";
    case RefreshStatus::kFailed:
      return "Failed";
    case RefreshStatus::kCancelled:
      return "Cancelled";
    case RefreshStatus::kRollbackInProgress:
      return "RollbackInProgress";
    case RefreshStatus::kRollbackSuccessful:
      return "RollbackSuccessful";
    case RefreshStatus::kRollbackFailed:
      return "RollbackFailed";
  }
  return "?";
}

bool DurablyEqual(const GroupMemory& a, const GroupMemory& b) {
  const auto parts = [](const GroupMemory& m) {
    return std::tie(m.created, m.capacity, m.configured_capacity, m.configured_min,
                    m.configured_max, m.configured_template, m.configured_triggers, m.version,
                    m.rolled_back, m.capacity_lowered_at, m.cooldown, m.cooldown_until, m.scaled_at,
                    m.alarms, m.zones, m.rebalance_after, m.refresh, m.activities);
  };
  return parts(a) == parts(b);
}

void NoteLaunchFailure(GroupMemory& memory, const std::string& zone, std::string why, Millis now,
                       const Pace& pace) {
  auto& trouble = memory.zones[zone];
  if (now - trouble.last_at > pace.LaunchFailuresForgotten()) trouble.failures = 0;
  ++trouble.failures;
  trouble.last_at = now;
  trouble.until = now + pace.LaunchBackoff(trouble.failures);
  trouble.why = std::move(why);
}

}  // namespace scv::control
