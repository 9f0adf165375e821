// The engine's ears: sightings become health, phases and metrics of the groups they concern.
#include <algorithm>
#include <utility>

#include "control/fleet.h"

namespace scv::control {
namespace {

bool SameTargets(const std::vector<lab::TargetSighting>& a,
                 const std::vector<lab::TargetSighting>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.target == y.target && x.target_group == y.target_group;
  });
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

bool FleetEngine::SeeTarget(const lab::PartKey& key, const lab::TargetSighting& target, Millis at) {
  auto* group = GroupOf(target.target);
  if (group == nullptr) return false;
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

// A target group's traffic counts for every group whose instances stand in it.
void FleetEngine::MeasureTraffic(const lab::PartKey& node, const Traffic& traffic, Millis from,
                                 Millis to) {
  if (from == 0 || to <= from || traffic.empty()) return;
  // One lab second stands for one minute of AWS: counts are per such minute.
  const double factor = 60'000.0 / static_cast<double>(pace_.MetricPeriod());
  for (auto& [key, group] : groups_) {
    if (key.region != node.region || !Measured(group.desired)) continue;
    auto& metrics = group.memory.metrics;
    for (const auto& target : group.desired.targets) {
      const auto sums = traffic.find(target.name);
      if (sums == traffic.end()) continue;
      const double requests = sums->second.requests * factor;
      metrics.AddTotal(MetricKey(kRequestCount, target.name), from, to, requests);
      metrics.AddTotal(MetricKey(kTarget5xx, target.name), from, to, sums->second.errors * factor);
      if (group.observed.healthy() == 0) continue;
      metrics.AddTotal(MetricKey(kRequestsPerTarget, target.name), from, to,
                       requests / group.observed.healthy());
    }
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
  Traffic traffic;
  if (SameTargets(node.targets, sighting.targets)) {
    SeeSameTargets(sighting, node, traffic);
  } else {
    SeeOtherTargets(sighting, node, traffic);
  }
  MeasureTraffic(sighting.key, traffic, before_at, sighting.at);
  if (sighting.phase == lab::Phase::kAbsent) nodes_.erase(sighting.key);
}

// The usual case: the same targets in the same order; most of them only moved their totals, which
// concerns no instance by itself.
void FleetEngine::SeeSameTargets(const lab::Sighting& sighting, Node& node, Traffic& traffic) {
  const bool all = node.strangers;
  node.strangers = false;
  Requests* sums = nullptr;
  const std::string* group = nullptr;
  for (std::size_t i = 0; i < sighting.targets.size(); ++i) {
    const auto& target = sighting.targets[i];
    auto& before = node.targets[i];
    if (group == nullptr || *group != target.target_group) {
      group = &target.target_group;
      sums = &traffic[target.target_group];
    }
    sums->requests += Growth(before.requests_total, target.requests_total);
    sums->errors += Growth(before.errors_5xx_total, target.errors_5xx_total);
    const bool quiet =
        before.health == target.health && target.health != lab::TargetHealth::kDraining && !all;
    before.sessions = target.sessions;
    before.requests_total = target.requests_total;
    before.errors_5xx_total = target.errors_5xx_total;
    if (quiet) continue;
    before.health = target.health;
    before.reason = target.reason;
    if (!SeeTarget(sighting.key, target, sighting.at)) node.strangers = true;
  }
}

void FleetEngine::SeeOtherTargets(const lab::Sighting& sighting, Node& node, Traffic& traffic) {
  std::map<std::pair<std::string, std::string>, const lab::TargetSighting*> known;
  for (const auto& target : node.targets) known[{target.target_group, target.target}] = &target;
  node.strangers = false;
  for (const auto& target : sighting.targets) {
    const auto before = known.find({target.target_group, target.target});
    auto& sums = traffic[target.target_group];
    if (before != known.end()) {
      sums.requests += Growth(before->second->requests_total, target.requests_total);
      sums.errors += Growth(before->second->errors_5xx_total, target.errors_5xx_total);
      known.erase(before);
    }
    if (!SeeTarget(sighting.key, target, sighting.at)) node.strangers = true;
  }
  for (const auto& [name, target] : known) ForgetTarget(sighting.key, *target, sighting.at);
  node.targets = sighting.targets;
}

}  // namespace scv::control
