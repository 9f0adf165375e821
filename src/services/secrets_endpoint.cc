#include "services/secrets_endpoint.h"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "aws/views_identity.h"
#include "base/time.h"
#include "services/access.h"
#include "services/bytes.h"

namespace scv::services {
namespace {

namespace json = boost::json;
using Failed = std::unexpected<AwsError>;

constexpr std::size_t kBodyBytesMax = std::size_t{256} << 10;
constexpr std::string_view kTarget = "secretsmanager.";
constexpr std::string_view kType = "aws_secretsmanager_secret";

// A secret's ARN ends in "-" and six random characters, which callers may leave off.
bool IsNamed(const aws::Secret& secret, std::string_view id) {
  if (id == secret.name || id == secret.arn) return true;
  return secret.arn.size() > 7 &&
         id == std::string_view(secret.arn).substr(0, secret.arn.size() - 7);
}

}  // namespace

std::string TextOf(const json::object& parameters, std::string_view name) {
  const auto* value = parameters.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::unique_ptr<Exchange> SecretsEndpoint::Begin(const HttpHead& head, std::string region) {
  auto answer = [this, &head, region = std::move(region)](const std::string& body) {
    return Answer(head, region, body);
  };
  const AwsError too_large{400, "SerializationException", "the request is too large"};
  return std::make_unique<WholeBody<decltype(answer)>>(kBodyBytesMax, JsonFailure(too_large),
                                                       std::move(answer));
}

HttpResponse SecretsEndpoint::Answer(const HttpHead& head, const std::string& region,
                                     const std::string& body) {
  const auto uri = ParseTarget(head.target);
  if (!uri) return JsonFailure(JsonError(AuthProblem::kMalformed));
  const auto claim = ParseClaim(head, *uri);
  if (!claim) return JsonFailure(JsonError(claim.error()));
  if (!*claim) return JsonFailure(JsonError(AuthProblem::kMissing));
  SecretsCall call;
  call.now = WallClockMillis();
  auto who = Authenticate(head, *uri, **claim, Sha256Hex(body), *credentials_,
                          {"secretsmanager", region, call.now});
  if (!who) return JsonFailure(JsonError(who.error()));
  const auto target = head.Header("x-amz-target");
  boost::system::error_code error;
  auto parameters = json::parse(body.empty() ? "{}" : body, error);
  if (error || !parameters.is_object() || !target.starts_with(kTarget)) {
    return JsonFailure({400, "SerializationException", "the request is no JSON object"});
  }
  call.head = &head;
  call.operation = target.substr(kTarget.size());
  call.region = region;
  call.parameters = std::move(parameters.get_object());
  call.caller = who->caller;
  call.state = account_.State();
  auto done = Perform(call);
  return done ? JsonAnswer(*done) : JsonFailure(done.error());
}

SecretsAnswer SecretsEndpoint::Perform(const SecretsCall& call) {
  if (call.operation == "CreateSecret") return Create(call);
  if (call.operation == "ListSecrets") return List(call);
  if (call.operation == "GetRandomPassword") return RandomPassword(call);
  using Operation = SecretsAnswer (SecretsEndpoint::*)(const SecretsCall&, const aws::Resource&);
  static const std::map<std::string_view, Operation> kOperations = {
      {"DescribeSecret", &SecretsEndpoint::Describe},
      {"GetSecretValue", &SecretsEndpoint::GetValue},
      {"PutSecretValue", &SecretsEndpoint::PutValue},
      {"UpdateSecret", &SecretsEndpoint::Update},
      {"UpdateSecretVersionStage", &SecretsEndpoint::UpdateStage},
      {"ListSecretVersionIds", &SecretsEndpoint::ListVersions},
      {"DeleteSecret", &SecretsEndpoint::Delete},
      {"RestoreSecret", &SecretsEndpoint::Restore},
  };
  const auto found = kOperations.find(call.operation);
  if (found == kOperations.end()) {
    return Failed({400, "UnknownOperationException", "this operation is not offered"});
  }
  const auto secret = Permitted(call);
  if (!secret) return Failed(secret.error());
  const bool deleted = (*secret)->attributes.contains("_deletion_date");
  const bool fits = call.operation == "DescribeSecret" || call.operation == "RestoreSecret" ||
                    call.operation == "DeleteSecret" || call.operation == "ListSecretVersionIds";
  if (deleted && !fits) {
    return Failed({400, "InvalidRequestException",
                   "You can't perform this operation on the secret because it was marked for "
                   "deletion."});
  }
  return (this->*found->second)(call, **secret);
}

const aws::Resource* SecretsEndpoint::Find(const SecretsCall& call, std::string_view id) const {
  for (const auto& resource : call.state->List(call.region, kType)) {
    const auto date = aws::Integer(resource->attributes, "_deletion_date");
    const bool over = date != 0 && date <= call.now;
    if (resource->status == aws::Status::kDeleting || over) continue;
    if (IsNamed(aws::ReadSecret(*resource), id)) return call.state->Find(resource->key);
  }
  return nullptr;
}

std::expected<const aws::Resource*, AwsError> SecretsEndpoint::Permitted(const SecretsCall& call) {
  const auto id = TextOf(call.parameters, "SecretId");
  if (id.empty() || id.size() > 2048) {
    return Failed({400, "ValidationException", "SecretId is missing or too long"});
  }
  const auto* secret = Find(call, id);
  // Permission is asked first: whoever has none is not told what there is.
  const auto arn = secret != nullptr        ? aws::ReadSecret(*secret).arn
                   : id.starts_with("arn:") ? id
                                            : "arn:aws:secretsmanager:" + call.region + ":" +
                                                  std::string(aws::kLabAccount) + ":secret:" + id;
  if (auto allowed = Check(call, secret, arn); !allowed) return Failed(allowed.error());
  if (secret == nullptr) {
    return Failed(
        {400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret."});
  }
  return secret;
}

std::expected<void, AwsError> SecretsEndpoint::Check(const SecretsCall& call,
                                                     const aws::Resource* secret,
                                                     const std::string& arn) {
  auto request = RequestOf(call.caller, *call.head, *call.state, "secretsmanager:" + call.operation,
                           arn, call.now);
  request.context["aws:requestedregion"] = {call.region};
  if (const auto name = TextOf(call.parameters, "Name"); !name.empty()) {
    request.context["secretsmanager:name"] = {name};
  }
  request.context["secretsmanager:secretid"] = {arn};
  const auto stage = TextOf(call.parameters, "VersionStage");
  request.context["secretsmanager:versionstage"] = {stage.empty() ? "AWSCURRENT" : stage};
  std::vector<std::string> policies;
  if (secret != nullptr) {
    policies.push_back(aws::String(secret->attributes, "policy"));
    for (const auto& policy : call.state->List(call.region, "aws_secretsmanager_secret_policy")) {
      if (aws::String(policy->attributes, "secret_arn") == arn) {
        policies.push_back(aws::String(policy->attributes, "policy"));
      }
    }
  }
  if (IsAllowed(call.caller, request, *call.state, policies)) return {};
  return Failed({400, "AccessDeniedException",
                 "User: " + SessionArnOf(call.caller) +
                     " is not authorized to perform: " + request.action + " on resource: " + arn});
}

std::expected<void, AwsError> SecretsEndpoint::CheckKey(const SecretsCall& call,
                                                        const aws::Resource& secret,
                                                        const std::string& action) {
  const auto key = aws::String(secret.attributes, "kms_key_id");
  // Secrets Manager's own key (none, or its alias) is open to everyone in the account.
  const bool customers = key.find(":key/") != std::string::npos;
  if (!customers) return {};
  auto request = RequestOf(call.caller, *call.head, *call.state, action, key, call.now);
  request.context["kms:viaservice"] = {"secretsmanager." + call.region + ".amazonaws.com"};
  request.context["kms:encryptioncontext:secretarn"] = {aws::ReadSecret(secret).arn};
  request.context["kms:calleraccount"] = {std::string(aws::kLabAccount)};
  std::vector<std::string> policies;
  for (const auto& one : call.state->List(call.region, "aws_kms_key")) {
    if (aws::String(one->attributes, "arn") == key) {
      policies.push_back(aws::String(one->attributes, "policy"));
    }
  }
  if (IsAllowed(call.caller, request, *call.state, policies)) return {};
  return Failed({400, "AccessDeniedException", "Access to KMS is not allowed"});
}

std::expected<void, AwsError> SecretsEndpoint::Change(const aws::ResourceKey& key,
                                                      json::object attributes) {
  const auto written = account_.Write([&](aws::DesiredState& state) -> Result<void> {
    const auto* present = state.Find(key);
    if (present == nullptr) return Fail(ErrorKind::kNotFound, "the secret is gone");
    aws::Resource changed = *present;
    for (auto& [name, value] : attributes) {
      changed.attributes.erase(name);
      if (!value.is_null()) changed.attributes[name] = value;
    }
    state.Put(std::move(changed));
    return {};
  });
  if (written) return {};
  return Failed({500, "InternalServiceError", written.error().message});
}

}  // namespace scv::services
