#include "control/settled.h"

#include <utility>

#include "control/lab_plan_explain.h"

namespace scv::control {
namespace {

using aws::Status;

// A part that fails less often in a row is tried again without a word.
constexpr int kFailuresTold = 3;

SettledStatus Settled(Status status, std::string reason = {}) {
  return {.status = status, .reason = std::move(reason), .gone = false};
}

const LabPlan::Keys* PartsOf(const aws::Resource& resource, const LabPlan& plan) {
  const auto found = plan.parts_of.find(resource.key);
  return found == plan.parts_of.end() ? nullptr : &found->second;
}

const std::string* Find(const std::map<aws::ResourceKey, std::string>& reasons,
                        const aws::Resource& resource) {
  const auto found = reasons.find(resource.key);
  return found == reasons.end() ? nullptr : &found->second;
}

// What keeps a part from standing as planned.
SettledStatus StatusOfPart(const lab::Part& part, const LabPlan& plan,
                           const ObservedParts& observed) {
  if (observed.StandsAs(part)) return Settled(Status::kAvailable);
  const auto* seen = observed.Find(part.key);
  const auto what = Describe(part.key);
  if (seen != nullptr && seen->phase != lab::Phase::kRunning && seen->failures > 0) {
    const bool final = part.key.kind == lab::PartKind::kInstance;  // its fleet makes another
    return Settled(final || seen->failures >= kFailuresTold ? Status::kFailed : Status::kPending,
                   what + " failed" + (seen->detail.empty() ? "" : ": " + seen->detail));
  }
  if (seen == nullptr || seen->phase == lab::Phase::kAbsent) {
    for (const auto& need : part.needs) {
      if (observed.PhaseOf(need) == lab::Phase::kRunning) continue;
      const auto* known = plan.Find(need);
      return Settled(Status::kPending, what + " waits for " + Describe(need) +
                                           (known == nullptr ? ", which nothing asks for" : ""));
    }
  }
  const bool runs = seen != nullptr && seen->phase == lab::Phase::kRunning;
  return Settled(Status::kPending, what + (runs ? " is being changed" : " is being made"));
}

SettledStatus StatusOfParts(const std::vector<lab::PartKey>& keys, const LabPlan& plan,
                            const ObservedParts& observed) {
  auto worst = Settled(Status::kAvailable);
  for (const auto& key : keys) {
    const auto* part = plan.Find(key);
    auto status = part == nullptr ? Settled(Status::kPending, Describe(key) + " is not planned yet")
                                  : StatusOfPart(*part, plan, observed);
    if (status.status == Status::kFailed) return status;
    if (worst.status == Status::kAvailable) worst = std::move(status);
  }
  return worst;
}

// Types whose resources only add something to parts that are others' business: what does not run
// is not their failure.
bool OnlyAdds(std::string_view type) {
  return type.starts_with("aws_security_group") || type.starts_with("aws_vpc_security_group") ||
         type == "aws_default_security_group" || type == "aws_ec2_managed_prefix_list" ||
         type == "aws_db_subnet_group" || type == "aws_db_parameter_group" ||
         type.ends_with("_target_group") || type.ends_with("_target_group_attachment");
}

// A part that is to stay must stand without the resource, or not stand at all; one that is to go
// must be gone.
bool LeftIn(const lab::PartKey& key, const LabPlan& plan, const ObservedParts& observed) {
  const auto* part = plan.Find(key);
  if (part == nullptr) return !observed.Gone(key);
  if (observed.StandsAs(*part)) return false;
  const auto* seen = observed.Find(key);
  if (seen == nullptr) return false;
  if (seen->phase == lab::Phase::kRunning) return true;
  if (seen->phase == lab::Phase::kAbsent || seen->phase == lab::Phase::kFailed) return false;
  return !seen->asked || !(seen->asked->spec == part->spec);  // coming as it should be
}

SettledStatus StatusOfDeleting(const aws::Resource& resource, const LabPlan& plan,
                               const ObservedParts& observed, const GroupStatuses& groups) {
  if (resource.key.type == "aws_autoscaling_group") {
    const auto group = groups.find(resource.key);
    if (group != groups.end() && !group->second.gone) {
      return Settled(Status::kDeleting, "instances are being terminated");
    }
  }
  if (const auto* keys = PartsOf(resource, plan); keys != nullptr) {
    for (const auto& key : **keys) {
      if (!LeftIn(key, plan, observed)) continue;
      const auto* part = observed.Find(key);
      const bool failed = part != nullptr && part->phase == lab::Phase::kFailed;
      return Settled(Status::kDeleting,
                     failed ? Describe(key) + " could not be taken down: " + part->detail
                            : Describe(key) + " still has it");
    }
  }
  auto gone = Settled(Status::kDeleting);
  gone.gone = true;
  return gone;
}

SettledStatus StatusOfAddition(const std::vector<lab::PartKey>& keys, const LabPlan& plan,
                               const ObservedParts& observed) {
  for (const auto& key : keys) {
    if (LeftIn(key, plan, observed)) {
      return Settled(Status::kPending, Describe(key) + " does not have it yet");
    }
  }
  return Settled(Status::kAvailable);
}

SettledStatus StatusOfGroup(const aws::Resource& resource, const GroupStatuses& groups) {
  const auto group = groups.find(resource.key);
  if (group == groups.end()) return Settled(Status::kPending, "not decided yet");
  if (group->second.settled) return Settled(Status::kAvailable);
  return Settled(group->second.failed ? Status::kFailed : Status::kPending, group->second.missing);
}

}  // namespace

SettledStatus StatusOf(const aws::Resource& resource, const LabPlan& plan,
                       const ObservedParts& observed, const GroupStatuses& groups) {
  if (resource.status == Status::kDeleting) {
    return StatusOfDeleting(resource, plan, observed, groups);
  }
  if (const auto* why = Find(plan.not_honoured, resource)) {
    return Settled(Status::kRecorded, *why);
  }
  switch (HonouredBy(resource.key.type)) {
    case Honoured::kRecordedOnly:
      return Settled(Status::kRecorded, "nothing in the lab behaves by " + resource.key.type);
    case Honoured::kByServices:
      return Settled(Status::kAvailable);
    case Honoured::kByFleets:
      return resource.key.type == "aws_autoscaling_group" ? StatusOfGroup(resource, groups)
                                                          : Settled(Status::kAvailable);
    case Honoured::kByParts:
      break;
  }
  if (const auto* why = Find(plan.missing, resource)) return Settled(Status::kPending, *why);
  // Without parts it shapes nothing yet: a security group without members, an elastic IP without an
  // interface, a target group without a listener.
  const auto* keys = PartsOf(resource, plan);
  if (keys == nullptr) return Settled(Status::kAvailable);
  return OnlyAdds(resource.key.type) ? StatusOfAddition(**keys, plan, observed)
                                     : StatusOfParts(**keys, plan, observed);
}

}  // namespace scv::control
