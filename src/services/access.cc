#include "services/access.h"

#include "aws/views_identity.h"
#include "base/time.h"

namespace scv::services {
namespace {

const aws::Resource* FindRole(const aws::DesiredState& state, std::string_view name) {
  for (const auto& role : state.List("aws_iam_role")) {
    if (role->status != aws::Status::kDeleting && aws::String(role->attributes, "name") == name) {
      return state.Find(role->key);
    }
  }
  return nullptr;
}

std::string Account() { return std::string(aws::kLabAccount); }

}  // namespace

std::string ArnOf(const Caller& caller, const aws::DesiredState& state) {
  if (caller.kind != Caller::Kind::kRole) return "arn:aws:iam::" + Account() + ":root";
  const auto* role = FindRole(state, caller.role);
  const auto arn = role == nullptr ? "" : aws::ReadRole(*role).arn;
  return arn.empty() ? "arn:aws:iam::" + Account() + ":role/" + caller.role : arn;
}

std::string SessionArnOf(const Caller& caller) {
  if (caller.kind != Caller::Kind::kRole) return "arn:aws:iam::" + Account() + ":root";
  return "arn:aws:sts::" + Account() + ":assumed-role/" + caller.role + "/" + caller.instance_id;
}

std::string UserIdOf(const Caller& caller, const aws::DesiredState& state) {
  if (caller.kind != Caller::Kind::kRole) return Account();
  const auto* role = FindRole(state, caller.role);
  const auto id = role == nullptr ? "" : aws::String(role->attributes, "unique_id");
  return (id.empty() ? "AROA" + caller.role : id) + ":" + caller.instance_id;
}

IamRequest RequestOf(const Caller& caller, const HttpHead& head, const aws::DesiredState& state,
                     std::string action, std::string resource, Millis now) {
  IamRequest request{std::move(action), std::move(resource), {}, Account(), {}};
  auto& context = request.context;
  context["aws:securetransport"] = {head.tls ? "true" : "false"};
  context["aws:sourceip"] = {head.peer};
  context["aws:requestedregion"] = {head.region};
  context["aws:currenttime"] = {FormatRfc3339(now)};
  context["aws:epochtime"] = {std::to_string(now / 1000)};
  context["aws:resourceaccount"] = {Account()};
  if (head.Has("user-agent")) context["aws:useragent"] = {std::string(head.Header("user-agent"))};
  if (caller.kind == Caller::Kind::kAnonymous) return request;
  const auto arn = ArnOf(caller, state);
  request.principals = {arn, SessionArnOf(caller)};
  context["aws:principalarn"] = {arn};
  context["aws:principalaccount"] = {Account()};
  context["aws:principaltype"] = {caller.kind == Caller::Kind::kRole ? "AssumedRole" : "Account"};
  context["aws:userid"] = {UserIdOf(caller, state)};
  if (caller.kind == Caller::Kind::kRole) {
    context["aws:ec2instancesourceprivateipv4"] = {head.peer};
  }
  return request;
}

bool IsAllowed(const Caller& caller, const IamRequest& request, const aws::DesiredState& state,
               const std::vector<std::string>& resource_policies) {
  std::vector<std::string> identity;
  if (caller.kind == Caller::Kind::kOwner) {
    identity.emplace_back(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})");
  } else if (caller.kind == Caller::Kind::kRole) {
    // A role that is gone has nothing any more, not even through a resource's policy.
    if (FindRole(state, caller.role) == nullptr) return false;
    identity = aws::PoliciesOfRole(state, caller.role);
  }
  return Evaluate(identity, resource_policies, request) == Verdict::kAllowed;
}

std::vector<std::string> PoliciesOfBucket(const aws::DesiredState& state, std::string_view bucket) {
  std::vector<std::string> policies;
  for (const auto& policy : state.List("aws_s3_bucket_policy")) {
    if (policy->status != aws::Status::kDeleting &&
        aws::String(policy->attributes, "bucket") == bucket) {
      policies.push_back(aws::String(policy->attributes, "policy"));
    }
  }
  return policies;
}

bool MayBePublic(const aws::DesiredState& state, std::string_view bucket) {
  for (const auto& block : state.List("aws_s3_bucket_public_access_block")) {
    const auto& a = block->attributes;
    if (block->status == aws::Status::kDeleting || aws::String(a, "bucket") != bucket) continue;
    return !aws::Boolean(a, "restrict_public_buckets") && !aws::Boolean(a, "block_public_policy");
  }
  return false;
}

}  // namespace scv::services
