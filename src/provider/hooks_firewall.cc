// WAF: what stands before CloudFront is global, and made in us-east-1.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html
#include "provider/hooks.h"

namespace scv::provider {
namespace {

constexpr std::string_view kRegionOfCloudFront = "us-east-1";

bool IsGlobal(const HookContext& context) {
  return context.attributes["scope"].Text() == "CLOUDFRONT";
}

Result<void> CheckRegion(const aws::DesiredState& /*state*/, HookContext& context) {
  if (!IsGlobal(context) || context.region == kRegionOfCloudFront) return {};
  return Fail(ErrorKind::kInvalid,
              "what has the scope CLOUDFRONT is made in us-east-1, not in " + context.region +
                  " (WAFInvalidParameterException): use a provider of that region, or region = "
                  "\"us-east-1\"");
}

Result<void> NameAsGlobal(const aws::DesiredState& /*state*/, HookContext& context) {
  if (!IsGlobal(context)) return {};
  constexpr std::string_view kRegional = ":regional/";
  std::string arn = context.attributes["arn"].Text();
  const auto at = arn.find(kRegional);
  if (at != std::string::npos) arn.replace(at, kRegional.size(), ":global/");
  context.attributes.At("arn") = Value(arn);
  return {};
}

constexpr Hooks kScoped{.fill = CheckRegion, .finish = NameAsGlobal};

}  // namespace

const Hooks* FirewallHooks(std::string_view type) {
  return type == "aws_wafv2_web_acl" || type == "aws_wafv2_ip_set" ? &kScoped : nullptr;
}

}  // namespace scv::provider
