#include "control/group_decide.h"

#include <algorithm>
#include <string>
#include <utility>

#include "control/group_balance.h"
#include "control/group_lifecycle.h"
#include "control/group_scaling.h"
#include "control/group_work.h"
#include "control/refresh.h"

namespace scv::control {
namespace {

std::string TemplateOf(const GroupDesired& desired) {
  return desired.launch_template_id + " " + desired.launch_template_version;
}

void SetCapacity(GroupWork& work, int capacity) {
  if (capacity < work.memory.capacity) work.memory.capacity_lowered_at = work.now;
  work.memory.capacity = capacity;
}

int Bounded(const GroupDesired& desired, int capacity) {
  return desired.deleting ? 0 : std::clamp(capacity, desired.min_size, desired.max_size);
}

void NoteCapacity(GroupWork& work, const std::string& what, int before) {
  const auto& desired = work.desired;
  work.Note("Setting desired capacity to " + std::to_string(work.memory.capacity),
            At(work.now) + what + " to min: " + std::to_string(desired.min_size) +
                ", max: " + std::to_string(desired.max_size) + ", desired: " +
                std::to_string(work.memory.capacity) + " changing the desired capacity from " +
                std::to_string(before) + " to " + std::to_string(work.memory.capacity) + ".");
}

void Create(GroupWork& work) {
  auto& memory = work.memory;
  const auto& desired = work.desired;
  memory.created = true;
  memory.capacity = Bounded(desired, desired.desired_capacity.value_or(desired.min_size));
  memory.version = desired.wanted_version;
  NoteCapacity(work, "a user request created an AutoScalingGroup", 0);
}

// The version as written says when a refresh is due, not the version that "$Latest" has come to
// mean: Terraform starts a refresh only when the group itself changes.
void FollowTemplate(GroupWork& work) {
  auto& memory = work.memory;
  const auto& desired = work.desired;
  const bool rewritten = memory.configured_template != TemplateOf(desired);
  const bool triggered = memory.configured_triggers != desired.refresh_triggers;
  const bool refreshes = desired.refresh_on_change && !desired.Suspended("InstanceRefresh") &&
                         desired.wanted_version > 0 && !desired.deleting;
  if ((rewritten || triggered) && refreshes && work.observed.counted() > 0) {
    StartRefresh(memory, desired.wanted_version, work.now);
    work.Note("Instance refresh started",
              At(work.now) + "a user request started instance refresh " +
                  std::to_string(memory.refresh.number) + " to launch template version " +
                  std::to_string(desired.wanted_version) + ".");
  } else if (rewritten) {
    CancelRefresh(memory, "the group's launch template changed", work.now);
    memory.rolled_back = false;
    memory.zones.clear();
  }
  if (!memory.rolled_back && !memory.refresh.active()) memory.version = desired.wanted_version;
}

void FollowConfiguration(GroupWork& work) {
  auto& memory = work.memory;
  const auto& desired = work.desired;
  if (!memory.created) {
    Create(work);
  } else {
    const int before = memory.capacity;
    const bool said = desired.desired_capacity != memory.configured_capacity;
    const int wanted = said && desired.desired_capacity ? *desired.desired_capacity : before;
    SetCapacity(work, Bounded(desired, wanted));
    if (before != memory.capacity) {
      NoteCapacity(work, "a user request update of AutoScalingGroup constraints", before);
    }
    FollowTemplate(work);
  }
  if (desired.deleting) CancelRefresh(memory, "the group is being deleted", work.now);
  memory.configured_capacity = desired.desired_capacity;
  memory.configured_min = desired.min_size;
  memory.configured_max = desired.max_size;
  memory.configured_template = TemplateOf(desired);
  memory.configured_triggers = desired.refresh_triggers;
}

std::string Of(int have, int wanted, const char* what) {
  return std::to_string(have) + " of " + std::to_string(wanted) + " instances " + what;
}

std::string Trouble(const GroupWork& work) {
  std::string words;
  for (const auto& [zone, trouble] : work.memory.zones) {
    if (trouble.failures == 0) continue;
    words += (words.empty() ? "" : "; ") + zone + ": " + std::to_string(trouble.failures) +
             " failed launches, the last: " + trouble.why;
  }
  return words;
}

std::string WhyNotSettled(const GroupWork& work) {
  const auto& desired = work.desired;
  if (desired.deleting) {
    const auto left = work.observed.instances().size();
    return left == 0 ? "" : std::to_string(left) + " instances are not yet gone";
  }
  if (!desired.wait_for_capacity || work.capacity() == 0) return "";
  if (desired.subnets.empty()) return "no subnet of vpc_zone_identifier exists";
  if (work.memory.version == 0) {
    return "launch template " + desired.launch_template_id + " has no version \"" +
           desired.launch_template_version + "\"";
  }
  // What Terraform counts as in service is also healthy, in the lab always.
  const int wanted = desired.wait_for_elb_capacity.value_or(
      std::max(work.capacity(), desired.min_elb_capacity.value_or(0)));
  if (work.healthy() < wanted) return Of(work.healthy(), wanted, "in service");
  if (work.in_service() > work.capacity() && !work.memory.refresh.active()) {
    return Of(work.in_service(), work.capacity(), "in service, more than wanted");
  }
  return "";
}

void Judge(GroupWork& work) {
  auto& plan = work.plan;
  plan.missing = WhyNotSettled(work);
  plan.settled = plan.missing.empty();
  plan.gone = work.desired.deleting && work.observed.instances().empty();
  if (plan.settled) return;
  const auto trouble = Trouble(work);
  if (!trouble.empty()) plan.missing += "; " + trouble;
  const auto& zones = work.memory.zones;
  const bool everywhere = std::all_of(
      work.desired.subnets.begin(), work.desired.subnets.end(), [&](const auto& subnet) {
        const auto found = zones.find(subnet.zone);
        return found != zones.end() && found->second.failures >= kRefreshFailedLaunches;
      });
  plan.failed = !work.desired.deleting && (everywhere || work.memory.version == 0);
}

}  // namespace

Registered RegistrationOf(const InstanceView& view) {
  switch (view.record.lifecycle) {
    case Lifecycle::kPending:
      return view.running_since != 0 && !view.dead() ? Registered::kYes : Registered::kNo;
    case Lifecycle::kInService:
      return Registered::kYes;
    case Lifecycle::kTerminating:
      return Registered::kDraining;
    case Lifecycle::kTerminated:
      return Registered::kNo;
  }
  return Registered::kNo;
}

GroupPlan DecideGroup(const GroupDesired& desired, GroupMemory memory,
                      const GroupObserved& observed, Millis now, const Pace& pace) {
  GroupWork work(desired, std::move(memory), observed, now, pace);
  FollowConfiguration(work);
  AdvanceLifecycles(work);
  EvaluateScaling(work);
  if (work.memory.refresh.active()) {
    AdvanceRefresh(work);
  }
  if (!work.memory.refresh.active()) Balance(work);
  Judge(work);
  return work.Finish();
}

}  // namespace scv::control
