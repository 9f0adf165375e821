// What a group remembers between decisions, durably: what AWS would know of it besides its
// configuration and its instances.
#ifndef SCV_CONTROL_GROUP_MEMORY_H_
#define SCV_CONTROL_GROUP_MEMORY_H_

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "control/alarm.h"
#include "control/pace.h"
#include "control/scaling_metric.h"

namespace scv::control {

// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceRefresh.html
enum class RefreshStatus {
  kNone,
  kInProgress,
  kSuccessful,
  kFailed,
  kCancelled,
  kRollbackInProgress,
  kRollbackSuccessful,
  kRollbackFailed,
};
std::string_view Name(RefreshStatus status);  // "InProgress", "RollbackSuccessful", …

struct RefreshState {
  int number = 0;  // counts the group's refreshes
  RefreshStatus status = RefreshStatus::kNone;
  int version = 0;           // what is rolled out (or, in a rollback, back to)
  int previous_version = 0;  // what was in force before the refresh; 0: none
  Millis started_at = 0;
  Millis ended_at = 0;
  Millis progress_at = 0;  // the last time an instance of `version` came into service
  int percentage = 0;      // of the instances that are replaced and warm
  int checkpoints_passed = 0;
  Millis checkpoint_until = 0;  // paused until then; 0: not
  int failed_launches = 0;      // in a row, of `version`
  std::string reason;
  bool active() const {
    return status == RefreshStatus::kInProgress || status == RefreshStatus::kRollbackInProgress;
  }
  bool operator==(const RefreshState&) const = default;
};

// DescribeScalingActivities' entries.
struct Activity {
  Millis at = 0;
  std::string description;  // "Launching a new EC2 instance"
  std::string cause;        // "At 2026-…Z an instance was started in response to …"
  bool operator==(const Activity&) const = default;
};

struct ZoneTrouble {
  int failures = 0;  // launches in a row that came to nothing
  Millis last_at = 0;
  Millis until = 0;  // no launch before
  std::string why;
  bool operator==(const ZoneTrouble&) const = default;
};

struct GroupMemory {
  static constexpr std::size_t kActivities = 100;

  bool created = false;                    // the first decision was made
  int capacity = 0;                        // the desired capacity in force
  std::optional<int> configured_capacity;  // what Terraform said last
  int configured_min = 0, configured_max = 0;
  std::string configured_template;  // id and version as written, to notice a change
  std::string configured_triggers;
  int version = 0;           // in force for launches; differs from the wanted one after a rollback
  bool rolled_back = false;  // the wanted version failed; `version` stays until the HCL changes
  Millis capacity_lowered_at = 0;

  Millis cooldown = 0;                       // of the last simple scaling activity, scaled; 0: none
  Millis cooldown_until = 0;                 // 0 while the activity itself goes on
  Millis scaled_at = 0;                      // the last change of capacity by a policy
  std::map<std::string, AlarmState> alarms;  // by name; target tracking's own as policy + "/high"
  Millis evaluated_until = 0;                // alarms were evaluated for data points up to here
  std::map<std::string, ZoneTrouble> zones;
  Millis rebalance_after = 0;
  RefreshState refresh;
  std::deque<Activity> activities;  // newest last, at most kActivities
  MetricHistory metrics;

  bool operator==(const GroupMemory&) const = default;
};

// What differs between two memories is worth a durable write: anything but metrics and
// evaluated_until, which are re-measured after a restart.
bool DurablyEqual(const GroupMemory& a, const GroupMemory& b);

// Counts a launch in `zone` that came to nothing and puts off the next one there.
void NoteLaunchFailure(GroupMemory& memory, const std::string& zone, std::string why, Millis now,
                       const Pace& pace);

// JSON text, without the metrics. kInvalid: not such a memory (says where).
std::string ToJson(const GroupMemory& memory);
Result<GroupMemory> ParseGroupMemory(std::string_view json);

}  // namespace scv::control

#endif  // SCV_CONTROL_GROUP_MEMORY_H_
