// EC2 instances of their own: the zone is their subnet's.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
#include "provider/hooks.h"

namespace scv::provider {
namespace {

Result<void> TakeZoneOfSubnet(const aws::DesiredState& state, HookContext& context) {
  if (!context.creating()) return {};
  const auto* subnet =
      state.Find(context.region, "aws_subnet", context.attributes["subnet_id"].Text());
  if (subnet == nullptr) {
    return Fail(ErrorKind::kInvalid,
                "an instance needs a subnet_id of " + context.region + " (MissingInput)");
  }
  context.attributes.At("availability_zone") =
      Value(aws::String(subnet->attributes, "availability_zone"));
  return {};
}

constexpr Hooks kInstance{.fill = TakeZoneOfSubnet};

}  // namespace

const Hooks* InstanceHooks(std::string_view type) {
  return type == "aws_instance" ? &kInstance : nullptr;
}

}  // namespace scv::provider
