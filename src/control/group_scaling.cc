#include "control/group_scaling.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace scv::control {
namespace {

// What one policy asks for, and why.
struct Proposal {
  int capacity = 0;
  const ScalingPolicy* policy = nullptr;
  std::string why;
};

struct Proposals {
  std::vector<Proposal> all;
  int tracking_in = 0;      // target tracking policies that may scale in …
  int tracking_agreed = 0;  // … and those that want to
};

Millis PeriodOf(const AlarmRule& rule, const Pace& pace) {
  const Millis resolution = pace.MetricPeriod();
  return std::max<Millis>(pace.Scaled(rule.period) / resolution, 1) * resolution;
}

Millis Warmup(const GroupWork& work, const ScalingPolicy& policy) {
  return work.pace.Scaled(policy.warmup.value_or(work.desired.Warmup()));
}

int Warm(const GroupWork& work, const ScalingPolicy& policy) {
  return std::min(work.observed.InServiceSince(work.now - Warmup(work, policy)), work.in_service());
}

bool Warming(const GroupWork& work, const ScalingPolicy& policy) {
  return work.pending() > 0 || Warm(work, policy) < work.in_service();
}

// The end of the newest data point that may be called complete: late sightings have one more
// period to arrive.
Millis CompleteUntil(const GroupWork& work) {
  const Millis resolution = work.pace.MetricPeriod();
  const Millis latest = work.now - resolution;
  return latest - latest % resolution;
}

// Data points that begin before this belong to a smaller or larger group than is warm now.
Millis MeasuredSince(const GroupWork& work, const ScalingPolicy& policy) {
  const Millis warmup = Warmup(work, policy);
  Millis since = work.memory.scaled_at;
  const auto& by_service = work.observed.by_service();
  for (auto it = by_service.rbegin(); it != by_service.rend(); ++it) {
    const Millis warm_at = it->first.first + warmup;
    if (warm_at > work.now) continue;
    since = std::max(since, warm_at);
    break;
  }
  return since;
}

// The last `count` data points, if all are there and none is older than `since`.
std::vector<double> Recent(const GroupWork& work, const std::string& metric,
                           const std::string& statistic, int count, Millis since) {
  const Millis period = work.pace.MetricPeriod();
  const Millis end = work.memory.evaluated_until;
  std::vector<double> values;
  if (end - count * period < since) return values;
  for (const auto& point : work.memory.metrics.Series(metric, statistic, end, period, count)) {
    if (!point) return {};
    values.push_back(*point);
  }
  return values;
}

std::string PerTargetMetric(const TargetTracking& tracking) {
  if (!tracking.per_target) return tracking.metric;
  return std::string(kRequestsPerTarget) + tracking.metric.substr(kRequestCount.size());
}

std::string Formatted(double value) {
  auto text = std::to_string(value);
  return text.substr(0, text.find('.') + 2);
}

void NoteTracking(GroupWork& work, const ScalingPolicy& policy, bool high, bool low) {
  work.memory.alarms[policy.name + "/high"] = high ? AlarmState::kAlarm : AlarmState::kOk;
  work.memory.alarms[policy.name + "/low"] = low ? AlarmState::kAlarm : AlarmState::kOk;
}

// Out: quickly and in proportion. In: only after a long calm, by the worst of it, and with nothing
// warming up.
void Track(GroupWork& work, const ScalingPolicy& policy, Proposals& proposals) {
  const auto& tracking = policy.tracking;
  const std::string statistic = tracking.per_target ? "Sum" : "Average";
  const auto metric = PerTargetMetric(tracking);
  const Millis since = MeasuredSince(work, policy);
  const auto above = Recent(work, metric, statistic, kTrackingHighPoints, since);
  const auto below = Recent(work, metric, statistic, kTrackingLowPoints, since);
  const auto breaches = [&](double value) { return value > tracking.target; };
  const auto calm = [&](double value) { return value < tracking.target * kTrackingLowShare; };
  const bool high = !above.empty() && std::all_of(above.begin(), above.end(), breaches);
  const bool low = !below.empty() && std::all_of(below.begin(), below.end(), calm);
  NoteTracking(work, policy, high, low);
  if (!tracking.disable_scale_in) ++proposals.tracking_in;
  if (!high && !low) return;
  const auto load = Recent(work, tracking.metric, statistic,
                           high ? kTrackingHighPoints : kTrackingLowPoints, since);
  if (load.empty()) return;
  const double value = high ? load.back() : *std::max_element(load.begin(), load.end());
  // In: so that nine tenths of the target are not exceeded afterwards, or it would be out again.
  auto aim = tracking;
  if (low) aim.target *= kTrackingLowShare;
  const int capacity = TrackedCapacity(aim, value, Warm(work, policy));
  const auto why = "a target tracking metric at " + Formatted(high ? above.back() : below.back()) +
                   " for a target of " + Formatted(tracking.target);
  if (high && capacity > work.capacity()) proposals.all.push_back({capacity, &policy, why});
  if (!low || tracking.disable_scale_in || Warming(work, policy)) return;
  if (capacity >= work.capacity()) return;
  ++proposals.tracking_agreed;
  proposals.all.push_back({capacity, &policy, why});
}

// A simple policy's activity goes on until its instances are launched; then the cooldown runs.
bool CoolsDown(GroupWork& work) {
  auto& memory = work.memory;
  if (memory.cooldown == 0) return false;
  if (memory.cooldown_until == 0) {
    if (work.pending() > 0 || work.terminating() > 0 || work.total() != work.capacity()) {
      return true;
    }
    memory.cooldown_until = work.now + memory.cooldown;
  }
  if (work.now < memory.cooldown_until) return true;
  memory.cooldown = memory.cooldown_until = 0;
  return false;
}

// Instances that warm up count as capacity that is already on its way: a second breach of the same
// step adds nothing, a higher step only what is missing.
void Step(GroupWork& work, const ScalingPolicy& policy, double difference, const std::string& why,
          Proposals& proposals) {
  const auto* step = StepFor(policy.steps, difference);
  if (step == nullptr) return;
  const bool out = policy.adjustment_type == AdjustmentType::kExact
                       ? step->adjustment > work.capacity()
                       : step->adjustment > 0;
  if (!out && (Warming(work, policy) || work.terminating() > 0)) return;
  const int warm = std::max(Warm(work, policy), std::min(work.desired.min_size, work.capacity()));
  const int base = out ? std::min(work.capacity(), warm) : work.capacity();
  const int capacity =
      Adjust(policy.adjustment_type, step->adjustment, policy.minimum_magnitude, base);
  const bool effective = out ? capacity > work.capacity() : capacity < work.capacity();
  if (effective) proposals.all.push_back({capacity, &policy, why});
}

void Trigger(GroupWork& work, const AlarmRule& alarm, double value, Proposals& proposals) {
  for (const auto& policy : work.desired.policies) {
    const bool meant =
        std::find(alarm.actions.begin(), alarm.actions.end(), policy.arn) != alarm.actions.end();
    if (!meant || !policy.enabled || !policy.ignored.empty()) continue;
    const auto why = "a monitor alarm " + alarm.name + " in state ALARM";
    if (policy.kind == PolicyKind::kStep) {
      Step(work, policy, value - alarm.threshold, why, proposals);
    }
    if (policy.kind == PolicyKind::kSimple && !CoolsDown(work)) {
      const int capacity = Adjust(policy.adjustment_type, policy.adjustment,
                                  policy.minimum_magnitude, work.capacity());
      if (capacity != work.capacity()) proposals.all.push_back({capacity, &policy, why});
    }
  }
}

void Evaluate(GroupWork& work, const AlarmRule& alarm, Millis before, Proposals& proposals) {
  if (alarm.metric.empty() || !alarm.ignored.empty()) return;
  const Millis period = PeriodOf(alarm, work.pace);
  const Millis end = work.memory.evaluated_until - work.memory.evaluated_until % period;
  if (end <= before) return;
  const auto points = work.memory.metrics.Series(alarm.metric, alarm.statistic, end, period,
                                                 EvaluationRange(alarm));
  auto& state =
      work.memory.alarms.try_emplace(alarm.name, AlarmState::kInsufficientData).first->second;
  state = EvaluateAlarm(alarm, points, state);
  if (state != AlarmState::kAlarm || !alarm.actions_enabled) return;
  const auto newest = std::find_if(points.rbegin(), points.rend(),
                                   [](const auto& point) { return point.has_value(); });
  const double value = newest == points.rend() ? alarm.threshold : **newest;
  if (!work.desired.Suspended("AlarmNotification")) Trigger(work, alarm, value, proposals);
}

// The policy that gives the largest capacity wins, out and in; target tracking scales in only when
// all of its policies agree.
const Proposal* Winner(const GroupWork& work, const Proposals& proposals) {
  const Proposal* winner = nullptr;
  for (const auto& proposal : proposals.all) {
    const bool in = proposal.capacity < work.capacity();
    const bool tracking = proposal.policy->kind == PolicyKind::kTargetTracking;
    if (in && tracking && proposals.tracking_agreed < proposals.tracking_in) continue;
    if (winner == nullptr || proposal.capacity > winner->capacity) winner = &proposal;
  }
  return winner;
}

void Apply(GroupWork& work, const Proposal& proposal) {
  auto& memory = work.memory;
  const int before = memory.capacity;
  const int capacity = std::clamp(proposal.capacity, work.desired.min_size, work.desired.max_size);
  if (capacity == before) return;
  memory.capacity = capacity;
  memory.scaled_at = work.now;
  if (capacity < before) memory.capacity_lowered_at = work.now;
  if (proposal.policy->kind == PolicyKind::kSimple) {
    memory.cooldown =
        work.pace.Scaled(proposal.policy->cooldown.value_or(work.desired.default_cooldown));
    memory.cooldown_until = 0;
  }
  work.Note("Setting desired capacity to " + std::to_string(capacity),
            At(work.now) + proposal.why + " triggered policy " + proposal.policy->name +
                " changing the desired capacity from " + std::to_string(before) + " to " +
                std::to_string(capacity) + ".");
}

}  // namespace

std::size_t PointsNeeded(const GroupDesired& desired, const Pace& pace) {
  Millis points = kTrackingLowPoints + 3;
  for (const auto& alarm : desired.alarms) {
    const Millis per_period = PeriodOf(alarm, pace) / pace.MetricPeriod();
    points = std::max(points, per_period * (EvaluationRange(alarm) + 1) + 2);
  }
  return static_cast<std::size_t>(std::min(points, static_cast<Millis>(MetricHistory::kMost)));
}

void EvaluateScaling(GroupWork& work) {
  const auto& desired = work.desired;
  if ((desired.policies.empty() && desired.alarms.empty()) || desired.deleting) return;
  auto& memory = work.memory;
  const Millis period = work.pace.MetricPeriod();
  const Millis before = memory.evaluated_until;
  const Millis complete = CompleteUntil(work);
  work.Wake(complete + 2 * period);
  if (complete <= before) return;
  memory.evaluated_until = complete;
  if (before == 0) return;
  Proposals proposals;
  for (const auto& alarm : desired.alarms) Evaluate(work, alarm, before, proposals);
  for (const auto& policy : desired.policies) {
    const bool follows =
        policy.kind == PolicyKind::kTargetTracking && policy.enabled && policy.ignored.empty();
    if (follows && !desired.Suspended("AlarmNotification")) Track(work, policy, proposals);
  }
  if (const auto* winner = Winner(work, proposals)) Apply(work, *winner);
}

}  // namespace scv::control
