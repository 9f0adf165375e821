#include "control/fleet.h"

#include <algorithm>

#include "control/group_scaling.h"
#include "control/refresh.h"

namespace scv::control {
namespace {

std::set<std::string> HealthOf(const GroupDesired& desired) {
  std::set<std::string> names;
  if (!desired.elb_health) return names;
  for (const auto& target : desired.targets) {
    if (target.attached) names.insert(target.name);
  }
  return names;
}

FleetEngine::Status StatusOf(const GroupPlan& plan) {
  return {
      .settled = plan.settled, .failed = plan.failed, .gone = plan.gone, .missing = plan.missing};
}

bool Empty(const GroupPlan& plan) {
  return plan.launches.empty() && plan.records.empty() && plan.activities.empty() &&
         !plan.memory_changed && !plan.registrations_changed;
}

}  // namespace

void FleetEngine::PutGroup(GroupDesired desired) {
  const auto key = desired.key;
  const auto [place, added] = groups_.try_emplace(key);
  auto& group = place->second;
  if (!added && group.desired == desired) return;
  group.desired = std::move(desired);
  group.memory.metrics.Configure(pace_.MetricPeriod(), PointsNeeded(group.desired, pace_));
  group.observed.Attach(HealthOf(group.desired));
  group.registrations_changed = true;
  Touch(key);
  if (!added) return;
  for (const auto& [node, seen] : nodes_) {
    if (node.region == key.region) group.observed.SeeNode(node, seen.running, seen.at);
  }
  for (auto it = waiting_records_.begin(); it != waiting_records_.end();) {
    const auto record = it->second;
    const bool own = record.region == key.region && record.group == key.name;
    it = own ? waiting_records_.erase(it) : std::next(it);
    if (own) PutRecord(record, record.launched_at);
  }
}

void FleetEngine::RemoveGroup(const GroupKey& key) {
  const auto found = groups_.find(key);
  if (found == groups_.end()) return;
  for (const auto& [id, view] : found->second.observed.instances()) group_of_.erase(id);
  Schedule(key, found->second, std::nullopt);
  groups_.erase(found);
  touched_.erase(key);
}

void FleetEngine::Remember(const GroupKey& key, GroupMemory memory) {
  const auto found = groups_.find(key);
  if (found == groups_.end()) return;
  auto& group = found->second;
  memory.metrics.Configure(pace_.MetricPeriod(), PointsNeeded(group.desired, pace_));
  group.memory = std::move(memory);
  Touch(key);
}

void FleetEngine::Tell(Group& group, std::string description, std::string cause, Millis now) {
  group.memory_changed = true;
  group.activities.push_back(
      {.at = now, .description = std::move(description), .cause = std::move(cause)});
  group.memory.activities.push_back(group.activities.back());
  while (group.memory.activities.size() > GroupMemory::kActivities) {
    group.memory.activities.pop_front();
  }
}

void FleetEngine::SetCapacity(const GroupKey& key, int capacity, std::string cause, Millis now) {
  const auto found = groups_.find(key);
  if (found == groups_.end()) return;
  auto& group = found->second;
  capacity = std::clamp(capacity, group.desired.min_size, group.desired.max_size);
  if (!group.memory.created || capacity == group.memory.capacity) return;
  if (capacity < group.memory.capacity) group.memory.capacity_lowered_at = now;
  const auto from = std::to_string(group.memory.capacity);
  group.memory.capacity = capacity;
  Tell(group, "Setting desired capacity to " + std::to_string(capacity),
       "At " + FormatRfc3339(now) + " " + cause + " changing the desired capacity from " + from +
           " to " + std::to_string(capacity) + ".",
       now);
  Touch(key);
}

void FleetEngine::StartRefresh(const GroupKey& key, Millis now) {
  const auto found = groups_.find(key);
  if (found == groups_.end() || found->second.desired.wanted_version == 0) return;
  auto& group = found->second;
  control::StartRefresh(group.memory, group.desired.wanted_version, now);
  Tell(group, "Instance refresh started",
       "At " + FormatRfc3339(now) + " a user request started an instance refresh.", now);
  Touch(key);
}

void FleetEngine::CancelRefresh(const GroupKey& key, Millis now) {
  const auto found = groups_.find(key);
  if (found == groups_.end() || !found->second.memory.refresh.active()) return;
  control::CancelRefresh(found->second.memory, "a user request cancelled it", now);
  Tell(found->second, "Instance refresh cancelled",
       "At " + FormatRfc3339(now) + " a user request cancelled the instance refresh.", now);
  Touch(key);
}

void FleetEngine::PutRecord(const InstanceRecord& record, Millis now) {
  if (record.group.empty()) return;
  const GroupKey key{record.region, record.group};
  const auto found = groups_.find(key);
  if (found == groups_.end()) {
    waiting_records_[record.id] = record;
    return;
  }
  group_of_[record.id] = key;
  if (found->second.observed.PutRecord(record, now)) {
    found->second.registrations_changed = true;
    Touch(key);
  }
}

void FleetEngine::RemoveRecord(const std::string& id) {
  waiting_records_.erase(id);
  const auto found = group_of_.find(id);
  if (found == group_of_.end()) return;
  if (auto* group = GroupOf(id)) group->observed.Remove(id);
  Touch(found->second);
  group_of_.erase(found);
}

void FleetEngine::LaunchFailed(const GroupKey& key, const std::string& zone, std::string why,
                               Millis now) {
  const auto found = groups_.find(key);
  if (found == groups_.end()) return;
  NoteLaunchFailure(found->second.memory, zone, why, now, pace_);
  Tell(found->second, "Launching a new EC2 instance. Status Reason: " + why,
       "At " + FormatRfc3339(now) + " a launch in " + zone + " failed: " + why + ".", now);
  Touch(key);
}

FleetEngine::Group* FleetEngine::GroupOf(const std::string& instance) {
  const auto key = group_of_.find(instance);
  if (key == group_of_.end()) return nullptr;
  const auto found = groups_.find(key->second);
  return found == groups_.end() ? nullptr : &found->second;
}

const FleetEngine::Group* FleetEngine::Find(const GroupKey& key) const {
  const auto found = groups_.find(key);
  return found == groups_.end() ? nullptr : &found->second;
}

const InstanceRecord* FleetEngine::FindRecord(const std::string& id) const {
  const auto key = group_of_.find(id);
  if (key == group_of_.end()) return nullptr;
  const auto* group = Find(key->second);
  const auto* view = group == nullptr ? nullptr : group->observed.Find(id);
  return view == nullptr ? nullptr : &view->record;
}

void FleetEngine::Schedule(const GroupKey& key, Group& group, std::optional<Millis> wake_at) {
  if (group.wake_at) wakes_.erase({*group.wake_at, key});
  group.wake_at = wake_at;
  if (wake_at) wakes_.emplace(*wake_at, key);
}

std::optional<Millis> FleetEngine::NextWake() const {
  if (!touched_.empty()) return 0;
  if (wakes_.empty()) return std::nullopt;
  return wakes_.begin()->first;
}

GroupPlan FleetEngine::DecideOne(const GroupKey& key, Group& group, Millis now) {
  MeasureLevels(group, now);
  auto plan = DecideGroup(group.desired, std::move(group.memory), group.observed, now, pace_);
  for (const auto& record : plan.records) group.observed.PutRecord(record, now);
  // Who came into service may make another one needless: that is the next decision's.
  if (!plan.records.empty()) Touch(key);
  Schedule(key, group, plan.wake_at);
  plan.registrations_changed |= group.registrations_changed;
  plan.memory_changed |= group.memory_changed;
  plan.activities.insert(plan.activities.begin(), group.activities.begin(), group.activities.end());
  group.registrations_changed = group.memory_changed = false;
  group.activities.clear();
  return plan;
}

std::vector<GroupPlan> FleetEngine::Decide(Millis now) {
  auto due = std::move(touched_);
  touched_.clear();
  for (auto it = wakes_.begin(); it != wakes_.end() && it->first <= now; ++it) {
    due.insert(it->second);
  }
  std::vector<GroupPlan> plans;
  for (const auto& key : due) {
    auto& group = groups_.at(key);
    auto plan = DecideOne(key, group, now);
    const auto status = StatusOf(plan);
    const bool news = status != group.status || !Empty(plan);
    group.status = status;
    if (!news) {
      group.memory = std::move(plan.memory);
      continue;
    }
    group.memory = plan.memory;
    plans.push_back(std::move(plan));
  }
  return plans;
}

std::vector<Registration> FleetEngine::Registrations() const {
  std::vector<Registration> all;
  for (const auto& [key, group] : groups_) {
    for (const auto& [id, view] : group.observed.instances()) {
      const auto registered = RegistrationOf(view);
      if (registered == Registered::kNo) continue;
      for (const auto& target : group.desired.targets) {
        all.push_back({.instance = id,
                       .target_group_arn = target.arn,
                       .draining = registered == Registered::kDraining});
      }
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace scv::control
