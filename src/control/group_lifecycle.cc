#include "control/group_lifecycle.h"

#include <algorithm>
#include <string>

namespace scv::control {
namespace {

using lab::TargetHealth;

// Load balancer nodes know of a deregistration within this time, even if they do not say so.
constexpr Millis kNodesTold = 1'000;

// AWS puts an instance into service when it runs and checks its load balancer health from then on.
// The lab waits for that health: what is in service has been seen serving.
bool ReadyToServe(const GroupWork& work, const InstanceView& view) {
  if (view.phase != lab::Phase::kRunning) return false;
  if (!work.desired.elb_health) return true;
  return view.elb == ElbHealth::kHealthy || view.elb == ElbHealth::kNone;
}

bool OfRefresh(const GroupWork& work, const InstanceView& view) {
  const auto& refresh = work.memory.refresh;
  return refresh.active() && view.record.launched_at >= refresh.started_at &&
         view.record.launch_template_version == refresh.version;
}

void CameIntoService(GroupWork& work, const InstanceView& view) {
  work.Serve(view);
  const auto trouble = work.memory.zones.find(view.record.zone);
  if (trouble != work.memory.zones.end() && --trouble->second.failures <= 0) {
    work.memory.zones.erase(trouble);
  } else if (trouble != work.memory.zones.end()) {
    trouble->second.until = 0;
  }
  if (OfRefresh(work, view)) {
    work.memory.refresh.failed_launches = 0;
    work.memory.refresh.progress_at = work.now;
  }
}

void LaunchCameToNothing(GroupWork& work, const InstanceView& view, const std::string& why) {
  if (OfRefresh(work, view)) ++work.memory.refresh.failed_launches;
  work.LaunchFailed(view.record.zone, view.record.id + ": " + why);
  work.Terminate(view, why);
}

std::string Words(const InstanceView& view, std::string otherwise) {
  return view.detail.empty() ? otherwise : otherwise + " (" + view.detail + ")";
}

void AdvancePending(GroupWork& work, const InstanceView& view) {
  if (view.dead()) {
    LaunchCameToNothing(work, view, Words(view, "its failure to boot"));
    return;
  }
  if (ReadyToServe(work, view)) {
    CameIntoService(work, view);
    return;
  }
  if (view.running_since == 0) {
    const Millis deadline = view.record.launched_at + work.pace.BootDeadline();
    if (work.now >= deadline) {
      LaunchCameToNothing(work, view, "its not running in time");
    } else {
      work.Wake(deadline);
    }
    return;
  }
  const Millis deadline = view.running_since + work.pace.Grace(work.desired.grace);
  const bool refused = view.elb == ElbHealth::kUnhealthy || view.elb == ElbHealth::kSplit;
  if (refused && work.now >= deadline) {
    LaunchCameToNothing(work, view, "an ELB system health check failure (" + view.elb_reason + ")");
  } else if (work.now < deadline) {
    work.Wake(deadline);
  }
}

bool LetGo(const InstanceView& view, const TargetView& target) {
  const bool told =
      target.at > view.record.terminating_since &&
      (target.health == TargetHealth::kDraining || target.health == TargetHealth::kUnused);
  return told && target.sessions == 0;
}

// An instance in service whose process is gone: nothing to drain, replaced at once.
void AdvanceInService(GroupWork& work, const InstanceView& view) {
  const bool checks = !work.desired.Suspended("HealthCheck");
  if (!view.dead() || !checks || work.desired.Suspended("ReplaceUnhealthy")) return;
  if (work.desired.Suspended("Terminate")) return;
  if (work.now - view.in_service_since < work.pace.EarlyDeath()) {
    work.LaunchFailed(view.record.zone, view.record.id + ": died as soon as it was in service");
    if (OfRefresh(work, view)) ++work.memory.refresh.failed_launches;
  }
  work.Terminate(view,
                 Words(view, "an EC2 health check indicating it has been terminated or stopped"));
}

void AdvanceTerminating(GroupWork& work, const InstanceView& view) {
  Millis longest = 0;
  for (const auto& target : work.desired.targets) {
    longest = std::max(longest, work.pace.Drain(target.deregistration_delay));
  }
  const Millis deadline = view.record.terminating_since + std::max(longest, kNodesTold);
  const bool gone = view.dead() || (work.desired.deleting && work.desired.force_delete);
  if (gone || work.now >= deadline || Drained(work, view)) {
    work.Terminated(view);
    return;
  }
  work.Wake(deadline);
  const Millis told = view.record.terminating_since + kNodesTold;
  if (work.now < told) work.Wake(told);
}

}  // namespace

// A node that does not run is waited for as well: it may be back before we hear of it. One that
// does not list the instance has either let go of it or not heard of it yet: that takes its time.
bool Drained(const GroupWork& work, const InstanceView& view) {
  bool all_told = true;
  for (const auto& group : work.desired.targets) {
    if (!group.attached) continue;
    std::size_t told = 0;
    for (const auto& target : view.targets) {
      if (target.target_group != group.name) continue;
      if (!LetGo(view, target)) return false;
      ++told;
    }
    all_told &= !group.nodes.empty() && told >= group.nodes.size();
  }
  return all_told || work.now >= view.record.terminating_since + kNodesTold;
}

void AdvanceLifecycles(GroupWork& work) {
  for (const auto& [id, found] : work.observed.attention()) {
    const auto& view = *found;
    switch (view.record.lifecycle) {
      case Lifecycle::kPending:
        AdvancePending(work, view);
        break;
      case Lifecycle::kInService:
        AdvanceInService(work, view);
        break;
      case Lifecycle::kTerminating:
        AdvanceTerminating(work, view);
        break;
      case Lifecycle::kTerminated:
        break;
    }
  }
}

}  // namespace scv::control
