// How far the lab is with one resource: what Terraform waits for.
#ifndef SCV_CONTROL_SETTLED_H_
#define SCV_CONTROL_SETTLED_H_

#include <map>
#include <string>
#include <string_view>

#include "aws/resource.h"
#include "control/lab_plan.h"
#include "control/reconcile.h"

namespace scv::control {

// An auto scaling group as the fleets have it.
struct GroupStatus {
  bool settled = false;  // capacity stands and is in service
  bool failed = false;   // it keeps failing; `missing` says why
  bool gone = false;     // no instance of it is left
  std::string missing;   // "1 of 2 instances in service"
};
using GroupStatuses = std::map<aws::ResourceKey, GroupStatus>;

struct SettledStatus {
  aws::Status status = aws::Status::kPending;
  std::string reason;  // what is missing or failed, in words; "": nothing
  bool gone = false;   // kDeleting only: nothing in the lab is left of it; remove it from the state
  bool operator==(const SettledStatus&) const = default;
};

// `plan` must have been compiled from a state that has `resource` as it is. kRecorded: nothing in
// the lab behaves by this type. kAvailable at once: types that are honoured elsewhere (IAM, S3,
// secrets, parameters) or by the fleets.
SettledStatus StatusOf(const aws::Resource& resource, const LabPlan& plan,
                       const ObservedParts& observed, const GroupStatuses& groups);

// Whether anything in the lab honours this type at all.
enum class Honoured { kByParts, kByFleets, kByServices, kRecordedOnly };
Honoured HonouredBy(std::string_view type);

}  // namespace scv::control

#endif  // SCV_CONTROL_SETTLED_H_
