#include "control/refresh.h"

#include <algorithm>
#include <utility>

#include "control/group_balance.h"

namespace scv::control {
namespace {

int CeilShare(int whole, int percentage) {
  return static_cast<int>((static_cast<Millis>(whole) * percentage + 99) / 100);
}

struct Census {
  int fresh = 0;        // of the version that is rolled out, pending or in service
  int fresh_ready = 0;  // of those: in service, healthy and warm
  int ready = 0;        // healthy in service, without fresh ones that are not warm yet
  std::map<std::string, int> fresh_zones;
  Views stale_pending, stale_healthy;
  int stale = 0;
  int fresh_unhealthy = 0;
};

Millis Warmup(const GroupWork& work) {
  return work.pace.Scaled(work.desired.refresh.instance_warmup.value_or(work.desired.Warmup()));
}

bool Fresh(const GroupWork& work, const InstanceRecord& record) {
  const auto& refresh = work.memory.refresh;
  if (record.launch_template_version != refresh.version) return false;
  const bool matching_stays =
      work.desired.refresh.skip_matching || refresh.status == RefreshStatus::kRollbackInProgress;
  return matching_stays || record.launched_at >= refresh.started_at;
}

bool Warm(GroupWork& work, const InstanceView& view) {
  const Millis since = view.in_service_since != 0 ? view.in_service_since : work.now;
  const Millis warm_at = since + Warmup(work);
  if (work.now >= warm_at) return true;
  work.Wake(warm_at);
  return false;
}

void CountFresh(GroupWork& work, const InstanceView& view, bool serves, Census& census) {
  ++census.fresh;
  ++census.fresh_zones[view.record.zone];
  if (serves && Warm(work, view)) {
    ++census.fresh_ready;
    ++census.ready;
  }
}

Census Count(GroupWork& work) {
  Census census;
  for (const auto& [launch, found] : work.observed.by_launch()) {
    const auto& id = launch.second;
    const auto& view = *found;
    const auto lifecycle = work.LifecycleOf(view);
    if (lifecycle != Lifecycle::kPending && lifecycle != Lifecycle::kInService) continue;
    const bool serves = lifecycle == Lifecycle::kInService && (view.healthy() || work.Changed(id));
    if (Fresh(work, view.record)) {
      CountFresh(work, view, serves, census);
      continue;
    }
    ++census.stale;
    if (serves) ++census.ready;
    if (serves && !work.Changed(id)) census.stale_healthy.push_back(&view);
    if (lifecycle == Lifecycle::kPending) census.stale_pending.push_back(&view);
  }
  return census;
}

// The share of fresh instances at which the refresh ends.
int LastCheckpoint(const GroupWork& work) {
  const auto& checkpoints = work.desired.refresh.checkpoint_percentages;
  const bool rollback = work.memory.refresh.status == RefreshStatus::kRollbackInProgress;
  return rollback || checkpoints.empty() ? 100 : checkpoints.back();
}

// Passes checkpoints; returns the percentage that may be replaced now.
int AllowedPercentage(GroupWork& work, const Census& census) {
  auto& refresh = work.memory.refresh;
  const auto& checkpoints = work.desired.refresh.checkpoint_percentages;
  const auto count = static_cast<int>(checkpoints.size());
  if (refresh.status == RefreshStatus::kRollbackInProgress) return 100;
  while (refresh.checkpoints_passed < count && refresh.checkpoint_until <= work.now) {
    const int percentage = checkpoints[static_cast<std::size_t>(refresh.checkpoints_passed)];
    if (census.fresh_ready < CeilShare(work.capacity(), percentage)) return percentage;
    ++refresh.checkpoints_passed;
    if (refresh.checkpoints_passed == count) break;
    refresh.checkpoint_until = work.now + work.pace.Scaled(work.desired.refresh.checkpoint_delay);
    work.Note("Instance refresh reached a checkpoint",
              At(work.now) + "the refresh reached " + std::to_string(percentage) + " percent.");
  }
  if (refresh.checkpoint_until > work.now) {
    work.Wake(refresh.checkpoint_until);
    return checkpoints[static_cast<std::size_t>(refresh.checkpoints_passed - 1)];
  }
  return LastCheckpoint(work);
}

std::string FailureOf(GroupWork& work) {
  const auto& refresh = work.memory.refresh;
  for (const auto& name : work.desired.refresh.alarms) {
    const auto found = work.memory.alarms.find(name);
    if (found != work.memory.alarms.end() && found->second == AlarmState::kAlarm) {
      return "alarm " + name + " is in state ALARM";
    }
  }
  if (refresh.failed_launches >= kRefreshFailedLaunches) {
    return std::to_string(refresh.failed_launches) + " launches of version " +
           std::to_string(refresh.version) + " in a row came to nothing";
  }
  const Millis since =
      std::max({refresh.started_at, refresh.progress_at, refresh.checkpoint_until});
  const Millis deadline = since + work.pace.RefreshDeadline() + Warmup(work);
  if (work.now >= deadline) return "no instance came into service in time";
  work.Wake(deadline);
  return "";
}

void End(GroupWork& work, RefreshStatus status, std::string reason) {
  auto& refresh = work.memory.refresh;
  refresh.status = status;
  refresh.ended_at = work.now;
  refresh.checkpoint_until = 0;
  work.Note(
      "Instance refresh " + std::string(Name(status)),
      At(work.now) + "instance refresh " + std::to_string(refresh.number) + ": " + reason + ".");
  refresh.reason = std::move(reason);
}

void FailOrRollBack(GroupWork& work, const std::string& reason) {
  auto& refresh = work.memory.refresh;
  if (refresh.status == RefreshStatus::kRollbackInProgress) {
    End(work, RefreshStatus::kRollbackFailed, reason);
    return;
  }
  const bool possible = work.desired.refresh.auto_rollback && refresh.previous_version > 0 &&
                        refresh.previous_version != refresh.version &&
                        refresh.previous_version <= work.desired.latest_version;
  if (!possible) {
    End(work, RefreshStatus::kFailed, reason);
    return;
  }
  refresh.status = RefreshStatus::kRollbackInProgress;
  refresh.reason = reason;
  std::swap(refresh.version, refresh.previous_version);
  refresh.progress_at = work.now;
  refresh.failed_launches = 0;
  refresh.checkpoint_until = 0;
  work.memory.version = refresh.version;
  work.memory.rolled_back = true;
  work.memory.zones.clear();
  work.Note("Instance refresh rolls back",
            At(work.now) + "the group returns to launch template version " +
                std::to_string(refresh.version) + ": " + reason + ".");
}

void Replace(GroupWork& work, Census& census, int allowed) {
  auto bounds = BoundsOf(work.desired.refresh, work.capacity());
  const int capacity = work.capacity();
  if (!work.desired.Suspended("Terminate")) {
    CancelNeedlessLaunches(work);
    for (const auto* view : census.stale_pending) {
      if (!work.Changed(view->record.id)) work.Terminate(*view, "an instance refresh");
    }
    for (const auto* view : UnhealthyInService(work)) {
      if (census.ready == 0 && work.in_service() <= capacity) break;
      if (Fresh(work, view->record)) ++work.memory.refresh.failed_launches, --census.fresh;
      work.Terminate(*view, "an ELB system health check failure (" + view->elb_reason + ")");
    }
    const int replaceable = census.stale - std::max(capacity - allowed, 0);
    ScaleIn(work, census.stale_healthy, std::min(census.ready - bounds.floor, replaceable),
            "an instance refresh");
    if (census.stale == 0) {
      ScaleIn(work, HealthyInService(work), std::min(census.ready, work.in_service()) - capacity,
              "a lowered capacity");
    }
  }
  if (work.healthy() < work.in_service()) bounds.ceiling = std::max(bounds.ceiling, capacity + 1);
  const int wanted = std::min(bounds.ceiling - work.total(), allowed - census.fresh);
  LaunchUpTo(work, std::max(wanted, capacity - work.total()), census.fresh_zones);
}

}  // namespace

void StartRefresh(GroupMemory& memory, int version, Millis now) {
  auto& refresh = memory.refresh;
  // What a refresh under way had not finished is nothing to return to.
  const int before = refresh.active() && refresh.status == RefreshStatus::kInProgress
                         ? refresh.previous_version
                         : memory.version;
  refresh = {.number = refresh.number + 1,
             .status = RefreshStatus::kInProgress,
             .version = version,
             .previous_version = before,
             .started_at = now,
             .progress_at = now,
             .reason = ""};
  memory.version = version;
  memory.rolled_back = false;
  memory.zones.clear();
}

void CancelRefresh(GroupMemory& memory, std::string reason, Millis now) {
  if (!memory.refresh.active()) return;
  memory.refresh.status = RefreshStatus::kCancelled;
  memory.refresh.ended_at = now;
  memory.refresh.checkpoint_until = 0;
  memory.refresh.reason = std::move(reason);
}

RefreshBounds BoundsOf(const RefreshPreferences& preferences, int capacity) {
  RefreshBounds bounds;
  bounds.floor = CeilShare(capacity, std::clamp(preferences.min_healthy_percentage, 0, 100));
  bounds.ceiling = static_cast<int>(static_cast<Millis>(capacity) *
                                    std::clamp(preferences.max_healthy_percentage, 100, 200) / 100);
  if (capacity > 0 && bounds.floor >= capacity && bounds.ceiling <= capacity) {
    bounds.ceiling = capacity + 1;
  }
  return bounds;
}

void AdvanceRefresh(GroupWork& work) {
  auto& refresh = work.memory.refresh;
  if (const auto failure = FailureOf(work); !failure.empty()) FailOrRollBack(work, failure);
  if (!refresh.active()) return;
  auto census = Count(work);
  const int capacity = work.capacity();
  refresh.percentage = capacity == 0 ? 100 : std::min(100 * census.fresh_ready / capacity, 100);
  const int allowed = CeilShare(capacity, AllowedPercentage(work, census));
  const int goal = CeilShare(capacity, LastCheckpoint(work));
  const bool all_fresh = census.stale == 0 || goal < capacity;
  if (census.fresh_ready >= goal && all_fresh && refresh.checkpoint_until <= work.now) {
    const bool rollback = refresh.status == RefreshStatus::kRollbackInProgress;
    End(work, rollback ? RefreshStatus::kRollbackSuccessful : RefreshStatus::kSuccessful,
        rollback ? refresh.reason
                 : "every instance has launch template version " + std::to_string(refresh.version));
    return;
  }
  Replace(work, census, allowed);
}

}  // namespace scv::control
