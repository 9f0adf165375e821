#include "aws/views_identity.h"

#include <algorithm>
#include <set>
#include <utility>

#include "aws/read_number.h"

namespace scv::aws {
namespace {

// Calls `visit` with every resource of a type, wherever it was made, that is not being deleted.
template <typename Visitor>
void Each(const DesiredState& state, std::string_view type, Visitor visit) {
  for (const auto& resource : state.List(type)) {
    if (resource->status != Status::kDeleting) visit(*resource);
  }
}

std::set<std::string> AttachedPolicies(const DesiredState& state, std::string_view role) {
  std::set<std::string> arns;
  Each(state, "aws_iam_role_policy_attachment", [&](const Resource& r) {
    if (String(r.attributes, "role") == role) arns.insert(String(r.attributes, "policy_arn"));
  });
  Each(state, "aws_iam_policy_attachment", [&](const Resource& r) {
    const auto roles = Strings(r.attributes, "roles");
    if (std::ranges::find(roles, role) != roles.end()) {
      arns.insert(String(r.attributes, "policy_arn"));
    }
  });
  return arns;
}

}  // namespace

Role ReadRole(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource}, String(a, "name"), String(a, "arn"), String(a, "assume_role_policy")};
}

InstanceProfile ReadInstanceProfile(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource}, String(a, "name"), String(a, "arn"), String(a, "role")};
}

const Resource* FindInstanceProfile(const DesiredState& state, std::string_view name_or_arn) {
  const Resource* found = nullptr;
  Each(state, "aws_iam_instance_profile", [&](const Resource& r) {
    const auto profile = ReadInstanceProfile(r);
    if (profile.name == name_or_arn || profile.arn == name_or_arn) found = state.Find(r.key);
  });
  return found;
}

std::vector<std::string> PoliciesOfRole(const DesiredState& state, std::string_view role_name) {
  std::set<std::string> documents;
  auto arns = AttachedPolicies(state, role_name);
  Each(state, "aws_iam_role", [&](const Resource& r) {
    if (String(r.attributes, "name") != role_name) return;
    for (const auto* inline_policy : Blocks(r.attributes, "inline_policy")) {
      documents.insert(String(*inline_policy, "policy"));
    }
    for (auto& arn : Strings(r.attributes, "managed_policy_arns")) arns.insert(std::move(arn));
  });
  Each(state, "aws_iam_role_policy", [&](const Resource& r) {
    if (String(r.attributes, "role") == role_name) documents.insert(String(r.attributes, "policy"));
  });
  Each(state, "aws_iam_policy", [&](const Resource& r) {
    if (arns.contains(String(r.attributes, "arn")))
      documents.insert(String(r.attributes, "policy"));
  });
  documents.erase("");
  return {documents.begin(), documents.end()};
}

Secret ReadSecret(const Resource& resource) {
  const auto& a = resource.attributes;
  return {
      {&resource}, String(a, "arn"), String(a, "name"), NumberOr(a, "recovery_window_in_days", 30)};
}

Bucket ReadBucket(const Resource& resource) {
  const auto& a = resource.attributes;
  auto name = String(a, "bucket");
  return {{&resource}, name.empty() ? resource.key.id : name, Boolean(a, "force_destroy")};
}

BucketVersioning ReadBucketVersioning(const Resource& resource) {
  const auto& a = resource.attributes;
  const auto* block = Block(a, "versioning_configuration");
  return {
      {&resource}, String(a, "bucket"), block != nullptr && String(*block, "status") == "Enabled"};
}

}  // namespace scv::aws
