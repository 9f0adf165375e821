// Scaling policies of an auto scaling group and their arithmetic.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
#ifndef SCV_CONTROL_SCALING_POLICY_H_
#define SCV_CONTROL_SCALING_POLICY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace scv::control {

enum class PolicyKind { kSimple, kStep, kTargetTracking };
enum class AdjustmentType { kChange, kExact, kPercent };
std::optional<AdjustmentType> ParseAdjustmentType(std::string_view name);  // "ChangeInCapacity", …

struct StepAdjustment {
  // Relative to the alarm's threshold; nullopt: infinity.
  std::optional<double> lower, upper;
  int adjustment = 0;
  bool operator==(const StepAdjustment&) const = default;
};

struct TargetTracking {
  std::string metric;  // key of MetricHistory; "": not measured in the lab
  // Whether the metric is a sum shared by all targets (requests) rather than a mean (CPU): then the
  // capacity that is needed is the sum divided by the target, however many are warm.
  bool per_target = false;
  double target = 0;
  bool disable_scale_in = false;
  bool operator==(const TargetTracking&) const = default;
};

struct ScalingPolicy {
  std::string name, arn;
  PolicyKind kind = PolicyKind::kSimple;
  bool enabled = true;
  std::string ignored;  // why the lab does not follow it (a customized metric, …); "": it does
  AdjustmentType adjustment_type = AdjustmentType::kChange;
  int adjustment = 0;                 // kSimple
  int minimum_magnitude = 0;          // for kPercent; 0: none
  std::vector<StepAdjustment> steps;  // kStep
  std::optional<Millis> cooldown;     // kSimple; nullopt: the group's default
  std::optional<Millis> warmup;       // kStep, kTargetTracking; nullopt: the group's
  TargetTracking tracking;            // kTargetTracking
  bool operator==(const ScalingPolicy&) const = default;
};

// The capacity after an adjustment of `capacity`, not below 0 and not yet bounded by the group.
// Percentages round as documented: above 1 down, between 0 and 1 to 1, and so towards zero for
// negative ones.
int Adjust(AdjustmentType type, int adjustment, int minimum_magnitude, int capacity);

// The step whose interval has `difference` (the metric minus the alarm's threshold): lower bounds
// belong to steps above the threshold, upper bounds to those below, as documented. nullptr: none.
const StepAdjustment* StepFor(const std::vector<StepAdjustment>& steps, double difference);

// The capacity that brings the metric to the target: proportional, rounded up.
// `average` over `warm` instances; with TargetTracking::per_target, `average` is the sum per minute
// of all of them and `warm` is not used.
int TrackedCapacity(const TargetTracking& tracking, double average, int warm);

// The alarms that target tracking makes of itself: above the target for three data points to scale
// out, below nine tenths of it for fifteen to scale in.
inline constexpr int kTrackingHighPoints = 3;
inline constexpr int kTrackingLowPoints = 15;
inline constexpr double kTrackingLowShare = 0.9;

}  // namespace scv::control

#endif  // SCV_CONTROL_SCALING_POLICY_H_
