#include "control/group_work.h"

#include <algorithm>
#include <utility>

namespace scv::control {

std::string At(Millis now) { return "At " + FormatRfc3339(now) + " "; }

GroupWork::GroupWork(const GroupDesired& desired_group, GroupMemory before,
                     const GroupObserved& observed_group, Millis now_is, const Pace& pace_is)
    : desired(desired_group),
      observed(observed_group),
      now(now_is),
      pace(pace_is),
      memory(plan.memory),
      pending_(observed.pending()),
      in_service_(observed.in_service()),
      healthy_(observed.healthy()),
      terminating_(observed.terminating()),
      zones_(observed.by_zone()) {
  plan.key = desired.key;
  auto activities = std::exchange(before.activities, {});
  auto metrics = std::exchange(before.metrics, {});
  before_ = before;
  memory = std::move(before);
  memory.activities = std::move(activities);
  memory.metrics = std::move(metrics);
}

void GroupWork::Wake(Millis at) {
  // Never at once again: what can be decided now is decided now.
  at = std::max(at, now + 1);
  plan.wake_at = plan.wake_at ? std::min(*plan.wake_at, at) : at;
}

void GroupWork::Note(std::string description, std::string cause) {
  Activity activity{.at = now, .description = std::move(description), .cause = std::move(cause)};
  memory.activities.push_back(activity);
  while (memory.activities.size() > GroupMemory::kActivities) memory.activities.pop_front();
  plan.activities.push_back(std::move(activity));
}

Lifecycle GroupWork::LifecycleOf(const InstanceView& view) const {
  const auto found = changed_.find(view.record.id);
  return found == changed_.end() ? view.record.lifecycle : found->second.lifecycle;
}

void GroupWork::Serve(const InstanceView& view) {
  auto record = view.record;
  record.lifecycle = Lifecycle::kInService;
  changed_[record.id] = std::move(record);
  --pending_;
  ++in_service_;
  ++healthy_;
}

void GroupWork::Uncount(const InstanceView& view) {
  const auto lifecycle = LifecycleOf(view);
  if (lifecycle == Lifecycle::kTerminating) --terminating_;
  if (lifecycle == Lifecycle::kPending) --pending_;
  if (lifecycle == Lifecycle::kInService) {
    --in_service_;
    // One that came into service in this very decision was counted healthy by Serve().
    if (view.healthy() || Changed(view.record.id)) --healthy_;
  }
  if (lifecycle == Lifecycle::kPending || lifecycle == Lifecycle::kInService) {
    --zones_[view.record.zone];
  }
}

void GroupWork::Terminate(const InstanceView& view, std::string_view why) {
  Note("Terminating EC2 instance: " + view.record.id,
       At(now) + "an instance was taken out of service in response to " + std::string(why) + ".");
  Uncount(view);
  auto record = view.record;
  const bool nothing_to_drain = view.dead() || (desired.deleting && desired.force_delete) ||
                                RegistrationOf(view) == Registered::kNo;
  record.lifecycle = nothing_to_drain ? Lifecycle::kTerminated : Lifecycle::kTerminating;
  record.terminating_since = now;
  record.reason = why;
  if (!nothing_to_drain) {
    ++terminating_;
    Wake(now + 1);
  }
  changed_[record.id] = std::move(record);
}

void GroupWork::Terminated(const InstanceView& view) {
  Uncount(view);
  auto record = view.record;
  record.lifecycle = Lifecycle::kTerminated;
  changed_[record.id] = std::move(record);
}

void GroupWork::LaunchOne(const GroupSubnet& subnet, std::string_view why) {
  ++pending_;
  ++zones_[subnet.zone];
  plan.launches.push_back({.group = desired.key,
                           .vpc_id = desired.vpc_id,
                           .subnet_id = subnet.id,
                           .zone = subnet.zone,
                           .launch_template_id = desired.launch_template_id,
                           .launch_template_version = memory.version,
                           .reason = std::string(why)});
}

void GroupWork::LaunchFailed(const std::string& zone, std::string why) {
  NoteLaunchFailure(memory, zone, std::move(why), now, pace);
}

GroupPlan GroupWork::Finish() {
  for (auto& [id, record] : changed_) {
    const auto* view = observed.Find(id);
    if (view != nullptr && view->record.lifecycle != record.lifecycle) {
      plan.registrations_changed = true;
    }
    plan.records.push_back(std::move(record));
  }
  auto activities = std::exchange(memory.activities, {});
  plan.memory_changed = !plan.activities.empty() || !DurablyEqual(before_, memory);
  memory.activities = std::move(activities);
  return std::move(plan);
}

}  // namespace scv::control
