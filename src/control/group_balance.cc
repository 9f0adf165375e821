#include "control/group_balance.h"

#include <algorithm>
#include <utility>

#include "control/instance_choice.h"
#include "control/placement.h"

namespace scv::control {
namespace {

constexpr std::string_view kDifference =
    "a difference between desired and actual capacity, shrinking the capacity";

// How far launches may go beyond the capacity while something is replaced.
int Ceiling(const GroupWork& work) {
  const int percentage = std::max(work.desired.maintenance_max_percentage.value_or(110), 100);
  const auto share = static_cast<Millis>(work.capacity()) * percentage / 100;
  return std::max(work.capacity() + 1, static_cast<int>(share));
}

// Instances beyond max_instance_lifetime, oldest first.
Views Expired(GroupWork& work) {
  Views expired;
  if (!work.desired.max_instance_lifetime) return expired;
  const Millis lifetime = *work.desired.max_instance_lifetime;
  for (const auto& [launch, found] : work.observed.by_launch()) {
    const auto& [launched_at, id] = launch;
    if (launched_at + lifetime > work.now) {
      work.Wake(launched_at + lifetime);
      break;
    }
    const auto& view = *found;
    if (view.healthy() && !work.Changed(id)) expired.push_back(&view);
  }
  return expired;
}

// Instances that have just been unhealthy go before others when their replacements are there.
bool Doubtful(const GroupWork& work, const InstanceView& view) {
  return view.last_unhealthy != 0 && work.now - view.last_unhealthy < work.pace.Scaled(3'600'000);
}

bool MayRebalance(GroupWork& work) {
  const bool at_rest = work.total() == work.capacity() && work.pending() == 0 &&
                       work.terminating() == 0 && work.healthy() == work.capacity();
  if (!at_rest || work.desired.Suspended("AZRebalance")) return false;
  if (Imbalance(work.desired.subnets, work.zones()) < 2) return false;
  if (work.memory.rebalance_after > work.now) {
    work.Wake(work.memory.rebalance_after);
    return false;
  }
  return true;
}

// One launch in the zone that has the fewest; when it is in service, the fullest zone loses one.
bool Rebalance(GroupWork& work) {
  if (!MayRebalance(work)) return false;
  const auto before = Imbalance(work.desired.subnets, work.zones());
  static const std::map<std::string, int> kNone;
  const auto placement = Place({.subnets = work.desired.subnets,
                                .counts = work.zones(),
                                .ties = kNone,
                                .troubles = work.memory.zones,
                                .booting = kNone,
                                .now = work.now});
  if (placement.again_at) work.Wake(*placement.again_at);
  if (placement.subnet == nullptr || before < 2) return false;
  const auto found = work.zones().find(placement.subnet->zone);
  const int there = found == work.zones().end() ? 0 : found->second;
  int most = 0;
  for (const auto& [zone, count] : work.zones()) most = std::max(most, count);
  if (most - there < 2) return false;
  if (LaunchUpTo(work, 1, work.zones()) == 0) return false;
  work.memory.rebalance_after = work.now + work.pace.Scaled(60'000);
  return true;
}

std::map<std::string, int> ZonesWithout(const GroupWork& work, const Views& leaving) {
  auto zones = work.zones();
  for (const auto* view : leaving) --zones[view->record.zone];
  return zones;
}

void LetGo(GroupWork& work, const Views& unhealthy, const Views& expired) {
  if (work.desired.Suspended("Terminate")) return;
  CancelNeedlessLaunches(work);
  int excess = work.in_service() - work.capacity();
  for (const auto* view : unhealthy) {
    if (excess-- <= 0) break;
    work.Terminate(*view, "an ELB system health check failure (" + view->elb_reason + ")");
  }
  const auto surplus = [&] {
    return std::min(work.in_service(), work.healthy()) - work.capacity();
  };
  if (surplus() <= 0) return;
  ScaleIn(work, expired, surplus(), "its reaching the maximum instance lifetime");
  if (surplus() <= 0 || (work.desired.protect_from_scale_in && work.capacity() > 0)) return;
  auto candidates = HealthyInService(work);
  Views doubtful;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(doubtful),
               [&](const auto* view) { return Doubtful(work, *view); });
  ScaleIn(work, doubtful, surplus(), kDifference);
  if (surplus() <= 0) return;
  std::erase_if(candidates, [&](const auto* view) { return work.Changed(view->record.id); });
  ScaleIn(work, candidates, surplus(), kDifference);
}

}  // namespace

Views UnhealthyInService(GroupWork& work) {
  Views unhealthy;
  const auto& desired = work.desired;
  if (!desired.elb_health || desired.Suspended("HealthCheck") ||
      desired.Suspended("ReplaceUnhealthy")) {
    return unhealthy;
  }
  for (const auto& [id, found] : work.observed.attention()) {
    const auto& view = *found;
    const bool concerned = work.LifecycleOf(view) == Lifecycle::kInService && !view.dead() &&
                           view.elb == ElbHealth::kUnhealthy && !work.Changed(id);
    if (!concerned) continue;
    // At the lab's pace an instance in service has proven itself: the grace period was its boot's.
    const Millis due =
        work.pace.kind == PaceKind::kAws ? view.in_service_since + desired.grace : work.now;
    if (work.now < due) {
      work.Wake(due);
    } else {
      unhealthy.push_back(&view);
    }
  }
  return unhealthy;
}

Views HealthyInService(const GroupWork& work) {
  Views views;
  views.reserve(static_cast<std::size_t>(std::max(work.in_service(), 0)));
  for (const auto& [since, found] : work.observed.by_service()) {
    const auto& view = *found;
    if (view.healthy() && !work.Changed(since.second)) views.push_back(&view);
  }
  return views;
}

void ScaleIn(GroupWork& work, const Views& candidates, int count, std::string_view why) {
  if (count <= 0 || candidates.empty()) return;
  const auto chosen = ChooseForTermination({.candidates = candidates,
                                            .zones = work.zones(),
                                            .launch_template_id = work.desired.launch_template_id,
                                            .newest_version = work.memory.version,
                                            .policies = work.desired.termination_policies,
                                            .now = work.now},
                                           count);
  for (const auto* view : chosen) work.Terminate(*view, why);
}

void CancelNeedlessLaunches(GroupWork& work) {
  int needless = std::min(work.total() - work.capacity(),
                          work.pending() - std::max(work.capacity() - work.healthy(), 0));
  if (needless <= 0) return;
  Views launched;
  for (const auto& [id, found] : work.observed.attention()) {
    const auto& view = *found;
    if (work.LifecycleOf(view) != Lifecycle::kPending || work.Changed(id)) continue;
    // A launch since then was wanted in spite of that: it replaces something.
    const bool before = view.record.launched_at < work.memory.capacity_lowered_at;
    if (before || work.capacity() == 0) launched.push_back(&view);
  }
  std::sort(launched.begin(), launched.end(), [](const auto* a, const auto* b) {
    return std::pair(b->record.launched_at, b->record.id) <
           std::pair(a->record.launched_at, a->record.id);
  });
  for (const auto* view : launched) {
    if (needless-- <= 0) break;
    work.Terminate(*view, kDifference);
  }
}

int LaunchUpTo(GroupWork& work, int count, std::map<std::string, int> counts) {
  if (count <= 0 || work.memory.version == 0 || work.desired.Suspended("Launch")) return 0;
  std::map<std::string, int> booting;
  for (const auto& [id, found] : work.observed.attention()) {
    const auto& view = *found;
    if (work.LifecycleOf(view) == Lifecycle::kPending) ++booting[view.record.zone];
  }
  int launched = 0;
  for (; launched < count; ++launched) {
    const auto placement = Place({.subnets = work.desired.subnets,
                                  .counts = counts,
                                  .ties = work.zones(),
                                  .troubles = work.memory.zones,
                                  .booting = booting,
                                  .now = work.now});
    if (placement.subnet == nullptr) {
      if (placement.again_at) work.Wake(*placement.again_at);
      break;
    }
    ++counts[placement.subnet->zone];
    ++booting[placement.subnet->zone];
    const int before = work.total();
    work.LaunchOne(*placement.subnet, std::to_string(work.capacity()) + " instances wanted, " +
                                          std::to_string(before) + " there");
    work.Note("Launching a new EC2 instance",
              At(work.now) +
                  "an instance was started in response to a difference between desired and actual "
                  "capacity, increasing the capacity from " +
                  std::to_string(before) + " to " + std::to_string(before + 1) + ".");
  }
  return launched;
}

void Balance(GroupWork& work) {
  const auto unhealthy = UnhealthyInService(work);
  auto expired = work.capacity() > 0 ? Expired(work) : Views{};
  int wanted = work.capacity();
  if (wanted > 0 && !(unhealthy.empty() && expired.empty())) {
    const auto leaving = static_cast<int>(unhealthy.empty() ? expired.size() : unhealthy.size());
    wanted = std::min(wanted + leaving, Ceiling(work));
  }
  if (wanted > work.total()) {
    LaunchUpTo(work, wanted - work.total(),
               ZonesWithout(work, unhealthy.empty() ? expired : unhealthy));
  } else if (!Rebalance(work)) {
    LetGo(work, unhealthy, expired);
  }
}

}  // namespace scv::control
