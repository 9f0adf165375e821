// How fast the lab's fleets live. AWS's numbers are minutes; at the lab's own pace one minute of
// AWS passes in one second, so that a drill takes seconds and the proportions between periods,
// cooldowns and warm-ups stay as they were written.
#ifndef SCV_CONTROL_PACE_H_
#define SCV_CONTROL_PACE_H_

#include "base/time.h"

namespace scv::control {

enum class PaceKind {
  kLab,  // as fast as the parts allow
  kAws,  // every number at face value
};

// All times in milliseconds; arguments are as written in the HCL (or AWS's default).
struct Pace {
  PaceKind kind = PaceKind::kLab;

  // Divides alarm periods, cooldowns, warm-ups, checkpoint delays and the deadline of a refresh.
  static constexpr Millis kLabFactor = 60;

  // A period, cooldown, warm-up or delay.
  Millis Scaled(Millis aws) const;

  // Health check grace period: a real boot is not sixty times faster here, so only a tenth, at
  // least 15 s.
  Millis Grace(Millis aws) const;

  // Deregistration delay: how long requests in flight may hold up a termination. A tenth, at least
  // 2 s (or what was written, if less).
  Millis Drain(Millis aws) const;

  // How long a launch may take until its instance runs.
  Millis BootDeadline() const { return kind == PaceKind::kAws ? 600'000 : 120'000; }

  // One minute of CloudWatch: what one metric data point stands for. Instances and load balancer
  // nodes should be sighted at least this often.
  Millis MetricPeriod() const { return Scaled(60'000); }

  // How long after `failures` failed launches in a row in one zone the next one is tried: the first
  // at once, then doubling (lab: 1 s to 60 s, AWS: 10 s to 15 min).
  Millis LaunchBackoff(int failures) const;
  // Failures older than this are forgotten.
  Millis LaunchFailuresForgotten() const;
  // An instance that dies this soon after it came into service counts as a failed launch.
  Millis EarlyDeath() const;

  // A refresh without progress for this long has failed: an hour on AWS.
  // https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
  Millis RefreshDeadline() const { return Scaled(3'600'000); }

  bool operator==(const Pace&) const = default;
};

}  // namespace scv::control

#endif  // SCV_CONTROL_PACE_H_
