// The engine's ears: sightings become health, phases and metrics of the groups they concern.
#include <algorithm>
#include <tuple>

#include "control/fleet.h"

namespace scv::control {
namespace {

auto Order(const lab::TargetSighting& target) {
  return std::tie(target.target_group, target.target);
}

bool Before(const lab::TargetSighting& a, const lab::TargetSighting& b) {
  return Order(a) < Order(b);
}

double Growth(std::int64_t before, std::int64_t after) {
  return static_cast<double>(after >= before ? after - before : after);  // after a restart: anew
}

bool Measured(const GroupDesired& desired) {
  return !desired.policies.empty() || !desired.alarms.empty();
}

}  // namespace

void FleetEngine::See(const lab::Sighting& sighting) {
  if (sighting.key.kind == lab::PartKind::kInstance) SeeInstance(sighting);
  if (sighting.key.kind == lab::PartKind::kLoadBalancerNode) SeeNode(sighting);
}

void FleetEngine::SeeInstance(const lab::Sighting& sighting) {
  const auto& id = sighting.key.name;
  auto* group = GroupOf(id);
  if (group == nullptr) return;
  const auto* view = group->observed.Find(id);
  if (view == nullptr || sighting.at < view->seen_at) return;
  const auto registered = RegistrationOf(*view);
  if (Measured(group->desired)) MeasureCpu(*group, sighting);
  if (!group->observed.SeePhase(id, sighting.phase, sighting.detail, sighting.at)) return;
  Touch(group->desired.key);
  if (RegistrationOf(*group->observed.Find(id)) != registered) {
    group->registrations_changed = true;
  }
}

// CPU over the time since the last sighting, of instances in service whose warm-up is over.
void FleetEngine::MeasureCpu(Group& group, const lab::Sighting& sighting) {
  const auto& id = sighting.key.name;
  const auto& view = *group.observed.Find(id);
  const Millis from = view.cpu_at, to = sighting.at;
  const auto before = view.cpu_micros_total;
  if (to <= from) return;
  const bool warm = view.healthy() && view.in_service_since != 0 &&
                    view.in_service_since + pace_.Scaled(group.desired.Warmup()) <= to;
  if (from != 0 && warm && sighting.cpu_micros_total >= before) {
    const double used = Growth(before, sighting.cpu_micros_total) / 1'000.0;
    const double whole = static_cast<double>(to - from) * group.desired.cpu_millis / 1'000.0;
    group.memory.metrics.AddLevel(kCpuUtilization, from, to, 100.0 * used / whole);
  }
  group.observed.SetCpu(id, sighting.cpu_micros_total, to);
}

bool FleetEngine::SeeTarget(const lab::PartKey& key, const lab::TargetSighting* before,
                            const lab::TargetSighting& target, Millis at, Traffic& traffic) {
  auto* group = GroupOf(target.target);
  if (group == nullptr) return false;
  if (before != nullptr && Measured(group->desired)) {
    auto& sums = traffic[{group->desired.key, target.target_group}];
    sums.requests += Growth(before->requests_total, target.requests_total);
    sums.errors += Growth(before->errors_5xx_total, target.errors_5xx_total);
  }
  if (group->observed.SeeTarget(target.target, key, target, at)) Touch(group->desired.key);
  return true;
}

void FleetEngine::ForgetTarget(const lab::PartKey& key, const lab::TargetSighting& target,
                               Millis at) {
  auto* group = GroupOf(target.target);
  if (group == nullptr) return;
  if (group->observed.ForgetTarget(target.target, key, target.target_group, at)) {
    Touch(group->desired.key);
  }
}

void FleetEngine::MeasureTraffic(const Traffic& traffic, Millis from, Millis to) {
  if (from == 0 || to <= from) return;
  // One lab second stands for one minute of AWS: counts are per such minute.
  const double factor = 60'000.0 / static_cast<double>(pace_.MetricPeriod());
  for (const auto& [where, sums] : traffic) {
    const auto found = groups_.find(where.first);
    if (found == groups_.end()) continue;
    auto& group = found->second;
    auto& metrics = group.memory.metrics;
    const double requests = sums.requests * factor;
    metrics.AddTotal(MetricKey(kRequestCount, where.second), from, to, requests);
    metrics.AddTotal(MetricKey(kTarget5xx, where.second), from, to, sums.errors * factor);
    if (group.observed.healthy() == 0) continue;
    metrics.AddTotal(MetricKey(kRequestsPerTarget, where.second), from, to,
                     requests / group.observed.healthy());
  }
}

void FleetEngine::MeasureLevels(Group& group, Millis now) {
  if (group.desired.alarms.empty()) return;
  const Millis from = group.measured_to.value_or(now);
  group.measured_to = now;
  auto& metrics = group.memory.metrics;
  const auto level = [&](const std::string& metric, int value) {
    metrics.AddLevel(metric, from, now, value);
  };
  level(std::string(kInService), group.observed.in_service());
  level(std::string(kDesiredCapacity), group.memory.capacity);
  for (const auto& target : group.desired.targets) {
    level(MetricKey(kHealthyHosts, target.name), group.observed.healthy());
    level(MetricKey(kUnhealthyHosts, target.name),
          group.observed.in_service() - group.observed.healthy());
  }
}

void FleetEngine::SeeNode(const lab::Sighting& sighting) {
  auto& node = nodes_[sighting.key];
  if (sighting.at < node.at) return;
  const Millis before_at = node.at;
  node.at = sighting.at;
  // A node that is being changed still serves.
  const bool running = sighting.phase == lab::Phase::kRunning ||
                       (sighting.phase == lab::Phase::kStarting && node.running);
  if (running != node.running) {
    node.running = running;
    for (auto& [key, group] : groups_) {
      if (key.region != sighting.key.region) continue;
      if (group.observed.SeeNode(sighting.key, running, sighting.at)) Touch(key);
    }
  }
  // While it is being changed, or when it is dead, a node has nothing to say of its targets.
  const bool silent = sighting.targets.empty() && sighting.phase != lab::Phase::kRunning;
  if (silent && sighting.phase != lab::Phase::kAbsent) return;
  auto targets = sighting.targets;
  if (!std::is_sorted(targets.begin(), targets.end(), Before)) {
    std::sort(targets.begin(), targets.end(), Before);
  }
  const bool skip_equal = !node.strangers;
  node.strangers = false;
  Traffic traffic;
  auto old = node.targets.cbegin();
  const auto end = node.targets.cend();
  for (const auto& target : targets) {
    for (; old != end && Before(*old, target); ++old) {
      ForgetTarget(sighting.key, *old, sighting.at);
    }
    const bool known = old != end && Order(*old) == Order(target);
    const auto* before = known ? &*old : nullptr;
    if (known) ++old;
    const bool quiet = known && skip_equal && *before == target && target.requests_total == 0;
    if (quiet) continue;
    if (!SeeTarget(sighting.key, before, target, sighting.at, traffic)) node.strangers = true;
  }
  for (; old != end; ++old) ForgetTarget(sighting.key, *old, sighting.at);
  node.targets = std::move(targets);
  MeasureTraffic(traffic, before_at, sighting.at);
  if (sighting.phase == lab::Phase::kAbsent) nodes_.erase(sighting.key);
}

}  // namespace scv::control
