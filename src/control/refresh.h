// Instance refresh: the fleet replaced step by step by instances of another launch template
// version, and back when that goes wrong. Internal to the group_* files.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html
#ifndef SCV_CONTROL_REFRESH_H_
#define SCV_CONTROL_REFRESH_H_

#include <string>

#include "control/group_work.h"

namespace scv::control {

// After this many launches of the new version in a row came to nothing, the refresh has failed.
// (AWS retries for an hour; a broken version must not hold up a drill that long.)
inline constexpr int kRefreshFailedLaunches = 3;

// Begins to replace everything by `version`; one under way is cancelled.
void StartRefresh(GroupMemory& memory, int version, Millis now);
void CancelRefresh(GroupMemory& memory, std::string reason, Millis now);

// How many instances must stay ready and how many there may be, by the preferences' percentages.
struct RefreshBounds {
  int floor = 0, ceiling = 0;
};
// Where the percentages leave no room (90 % of 2, say), one more instance is launched first. AWS
// would take one of the two away.
RefreshBounds BoundsOf(const RefreshPreferences& preferences, int capacity);

// The active refresh's next step: launches, terminations, checkpoints, its end, its rollback.
void AdvanceRefresh(GroupWork& work);

}  // namespace scv::control

#endif  // SCV_CONTROL_REFRESH_H_
