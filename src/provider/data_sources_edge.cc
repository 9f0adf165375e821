// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
#include <algorithm>
#include <array>

#include "provider/data_sources.h"

namespace scv::provider {
namespace {

struct ManagedPolicy {
  std::string_view kind, name, id;
};

constexpr auto kPolicies = std::to_array<ManagedPolicy>({
    {"cache policy", "Managed-CachingOptimized", "658327ea-f89d-4fab-a63d-7e88639e58f6"},
    {"cache policy", "Managed-CachingDisabled", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"},
    {"cache policy", "Managed-CachingOptimizedForUncompressedObjects",
     "b2884449-e4de-46a7-ac36-70bc7f1ddd6d"},
    {"origin request policy", "Managed-AllViewer", "216adef6-5c7f-47e4-b989-5492eafa07d3"},
    {"origin request policy", "Managed-AllViewerExceptHostHeader",
     "b689b0a8-53d0-40ab-baf2-68738e2966ac"},
    {"origin request policy", "Managed-CORS-S3Origin", "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf"},
    {"origin request policy", "Managed-CORS-CustomOrigin", "59781a5b-3903-41f3-afcb-af62929ccde1"},
});

std::string TextOr(const Value& config, std::string_view name) {
  return config[name].is_null() ? "" : config[name].Text();
}

}  // namespace

Result<Value> ReadManagedPolicy(std::string_view type, const Value& config) {
  const std::string name = TextOr(config, "name");
  const std::string id = TextOr(config, "id");
  const auto found = std::ranges::find_if(kPolicies, [&](const ManagedPolicy& policy) {
    return policy.kind == type && (name.empty() || policy.name == name) &&
           (id.empty() || policy.id == id);
  });
  if ((name.empty() && id.empty()) || found == kPolicies.end()) {
    return Fail(ErrorKind::kNotFound, "the lab knows no managed " + std::string(type) +
                                          " of CloudFront " +
                                          (name.empty() ? "with the id " + id : "named " + name));
  }
  return Value(Value::Object{{"id", Value(std::string(found->id))},
                             {"name", Value(std::string(found->name))},
                             {"comment", Value("")},
                             {"etag", Value("E23ZP02F085DFQ")}});
}

}  // namespace scv::provider
