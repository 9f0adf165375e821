// Secrets Manager's operations, one function each.
#include <algorithm>
#include <set>

#include "aws/arn.h"
#include "aws/views_identity.h"
#include "base/text.h"
#include "services/bytes.h"
#include "services/secrets_endpoint.h"

namespace scv::services {
namespace {

namespace json = boost::json;
using Failed = std::unexpected<AwsError>;

// Begins a value that came as SecretBinary: no UTF-8 text begins with this byte.
constexpr char kBinary = '\xff';
constexpr Millis kDay = Millis{86400} * 1000;
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

double Seconds(Millis t) { return static_cast<double>(t) / 1000; }

AwsError Invalid(std::string message) {
  return {400, "InvalidParameterException", std::move(message)};
}

AwsError StoreFailure(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kNotFound:
      return {400, "ResourceNotFoundException",
              "Secrets Manager can't find the specified secret value."};
    case ErrorKind::kConflict:
      return {400, "ResourceExistsException",
              "This ClientRequestToken was used for a version with another value."};
    case ErrorKind::kInvalid:
      return Invalid(error.message);
    default:
      return {500, "InternalServiceError", error.message};
  }
}

json::object Named(const aws::Resource& secret) {
  const auto view = aws::ReadSecret(secret);
  return {{"ARN", view.arn}, {"Name", view.name}};
}

// The value as it is stored. nullopt: there is none in the request.
std::expected<std::optional<std::string>, AwsError> ValueOf(const json::object& parameters) {
  const bool text = parameters.contains("SecretString");
  const bool binary = parameters.contains("SecretBinary");
  if (text && binary) return Failed(Invalid("Give SecretString or SecretBinary, not both."));
  if (text) return TextOf(parameters, "SecretString");
  if (!binary) return std::nullopt;
  const auto bytes = Unbase64(TextOf(parameters, "SecretBinary"));
  if (!bytes) return Failed(Invalid("SecretBinary is not base 64."));
  return kBinary + *bytes;
}

std::string NewVersion() {
  auto hex = Hex(RandomBytes(16));
  for (const std::size_t at : {8, 13, 18, 23}) hex.insert(at, "-");
  hex[14] = '4';
  return hex;
}

std::expected<std::string, AwsError> VersionOf(const json::object& parameters) {
  const auto token = TextOf(parameters, "ClientRequestToken");
  if (token.empty()) return NewVersion();
  if (token.size() < 32 || token.size() > 64) {
    return Failed(Invalid("ClientRequestToken has 32 to 64 characters."));
  }
  return token;
}

json::array Stages(const aws::SecretStore::Version& version) {
  return json::array(version.stages.begin(), version.stages.end());
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= 512 && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("/_+=.@-").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

aws::Resource NewSecret(const SecretsCall& call, const std::string& name) {
  const auto suffix =
      RandomText(6, std::string(kLower) + std::string(kUpper) + std::string(kDigits));
  const auto arn =
      aws::ToString(aws::Arn{"aws", "secretsmanager", call.region, std::string(aws::kLabAccount),
                             "secret:" + name + "-" + suffix});
  json::object tags;
  if (const auto* given = call.parameters.if_contains("Tags"); given && given->is_array()) {
    for (const auto& tag : given->get_array()) {
      if (tag.is_object())
        tags[TextOf(tag.get_object(), "Key")] = TextOf(tag.get_object(), "Value");
    }
  }
  aws::Resource secret;
  secret.key = {std::string(aws::kLabAccount), call.region, "aws_secretsmanager_secret", arn};
  secret.created_at = call.now;
  secret.attributes = {{"id", arn},
                       {"arn", arn},
                       {"name", name},
                       {"region", call.region},
                       {"description", TextOf(call.parameters, "Description")},
                       {"kms_key_id", TextOf(call.parameters, "KmsKeyId")},
                       {"recovery_window_in_days", 30},
                       {"tags", tags},
                       {"tags_all", tags}};
  return secret;
}

}  // namespace

SecretsAnswer SecretsEndpoint::Create(const SecretsCall& call) {
  const auto name = TextOf(call.parameters, "Name");
  if (!IsName(name)) return Failed(Invalid("Invalid name: letters, digits and /_+=.@- only."));
  const auto prefix = "arn:aws:secretsmanager:" + call.region + ":" +
                      std::string(aws::kLabAccount) + ":secret:" + name;
  if (auto allowed = Check(call, nullptr, prefix); !allowed) return Failed(allowed.error());
  const auto value = ValueOf(call.parameters);
  if (!value) return Failed(value.error());
  const auto version = VersionOf(call.parameters);
  if (!version) return Failed(version.error());
  const auto secret = NewSecret(call, name);
  bool exists = false;
  const auto written = account_.Write([&](aws::DesiredState& state) -> Result<void> {
    for (const auto& other : state.List(call.region, "aws_secretsmanager_secret")) {
      exists = exists || aws::ReadSecret(*other).name == name;
    }
    if (exists)
      return Fail(ErrorKind::kConflict,
                  "The operation failed because the secret " + name + " already exists.");
    state.Put(secret);
    return {};
  });
  if (!written) {
    return Failed({exists ? 400 : 500, exists ? "ResourceExistsException" : "InternalServiceError",
                   written.error().message});
  }
  auto answer = Named(secret);
  if (*value) {
    const auto put = store_.Put(aws::ReadSecret(secret).arn, *version, {"AWSCURRENT"}, **value);
    if (!put) return Failed(StoreFailure(put.error()));
    answer["VersionId"] = put->version_id;
  }
  return answer;
}

SecretsAnswer SecretsEndpoint::Describe(const SecretsCall& call, const aws::Resource& secret) {
  (void)call;
  auto answer = Named(secret);
  const auto description = aws::String(secret.attributes, "description");
  if (!description.empty()) answer["Description"] = description;
  const auto key = aws::String(secret.attributes, "kms_key_id");
  if (!key.empty()) answer["KmsKeyId"] = key;
  answer["CreatedDate"] = Seconds(secret.created_at);
  const auto deletion = aws::Integer(secret.attributes, "_deletion_date");
  if (deletion != 0) answer["DeletedDate"] = Seconds(deletion);
  json::array tags;
  if (const auto* given = secret.attributes.if_contains("tags_all"); given && given->is_object()) {
    for (const auto& [name, value] : given->get_object()) {
      tags.push_back(json::object{{"Key", name}, {"Value", value}});
    }
  }
  answer["Tags"] = std::move(tags);
  const auto versions = store_.Versions(aws::ReadSecret(secret).arn);
  if (!versions) return Failed(StoreFailure(versions.error()));
  json::object stages;
  for (const auto& version : *versions) {
    if (!version.stages.empty()) stages[version.version_id] = Stages(version);
  }
  answer["VersionIdsToStages"] = std::move(stages);
  return answer;
}

SecretsAnswer SecretsEndpoint::GetValue(const SecretsCall& call, const aws::Resource& secret) {
  if (auto allowed = CheckKey(call, secret, "kms:Decrypt"); !allowed) {
    return Failed(allowed.error());
  }
  const auto got = store_.Get(aws::ReadSecret(secret).arn, TextOf(call.parameters, "VersionId"),
                              TextOf(call.parameters, "VersionStage"));
  if (!got) return Failed(StoreFailure(got.error()));
  auto answer = Named(secret);
  answer["VersionId"] = got->version.version_id;
  answer["VersionStages"] = Stages(got->version);
  answer["CreatedDate"] = Seconds(got->version.created_at);
  if (got->value.starts_with(kBinary)) {
    answer["SecretBinary"] = Base64(std::string_view(got->value).substr(1));
  } else {
    answer["SecretString"] = got->value;
  }
  return answer;
}

SecretsAnswer SecretsEndpoint::PutValue(const SecretsCall& call, const aws::Resource& secret) {
  if (auto allowed = CheckKey(call, secret, "kms:GenerateDataKey"); !allowed) {
    return Failed(allowed.error());
  }
  const auto value = ValueOf(call.parameters);
  if (!value) return Failed(value.error());
  if (!*value) return Failed(Invalid("You must provide either SecretString or SecretBinary."));
  const auto version = VersionOf(call.parameters);
  if (!version) return Failed(version.error());
  auto stages = aws::Strings(call.parameters, "VersionStages");
  const bool fine = std::ranges::all_of(stages, [](const auto& stage) {
    return !stage.empty() && stage.size() <= 256 && !HasControl(stage);
  });
  if (!fine) return Failed(Invalid("A stage has 1 to 256 characters."));
  const auto put = store_.Put(aws::ReadSecret(secret).arn, *version, std::move(stages), **value);
  if (!put) return Failed(StoreFailure(put.error()));
  auto answer = Named(secret);
  answer["VersionId"] = put->version_id;
  answer["VersionStages"] = Stages(*put);
  return answer;
}

SecretsAnswer SecretsEndpoint::Update(const SecretsCall& call, const aws::Resource& secret) {
  json::object changes;
  if (call.parameters.contains("Description")) {
    changes["description"] = TextOf(call.parameters, "Description");
  }
  if (call.parameters.contains("KmsKeyId")) {
    changes["kms_key_id"] = TextOf(call.parameters, "KmsKeyId");
  }
  const auto value = ValueOf(call.parameters);
  if (!value) return Failed(value.error());
  auto answer = *value ? PutValue(call, secret) : SecretsAnswer(Named(secret));
  if (!answer || changes.empty()) return answer;
  if (auto changed = Change(secret.key, std::move(changes)); !changed) {
    return Failed(changed.error());
  }
  return answer;
}

SecretsAnswer SecretsEndpoint::UpdateStage(const SecretsCall& call, const aws::Resource& secret) {
  const auto stage = TextOf(call.parameters, "VersionStage");
  if (stage.empty() || stage.size() > 256 || HasControl(stage)) {
    return Failed(Invalid("A stage has 1 to 256 characters."));
  }
  const auto moved = store_.MoveStage(aws::ReadSecret(secret).arn, stage,
                                      TextOf(call.parameters, "RemoveFromVersionId"),
                                      TextOf(call.parameters, "MoveToVersionId"));
  if (!moved) return Failed(StoreFailure(moved.error()));
  return Named(secret);
}

SecretsAnswer SecretsEndpoint::ListVersions(const SecretsCall& call, const aws::Resource& secret) {
  const auto versions = store_.Versions(aws::ReadSecret(secret).arn);
  if (!versions) return Failed(StoreFailure(versions.error()));
  const auto* all = call.parameters.if_contains("IncludeDeprecated");
  json::array list;
  for (const auto& version : *versions) {
    if (version.stages.empty() && (all == nullptr || *all != json::value(true))) continue;
    list.push_back(json::object{{"VersionId", version.version_id},
                                {"VersionStages", Stages(version)},
                                {"CreatedDate", Seconds(version.created_at)}});
  }
  auto answer = Named(secret);
  answer["Versions"] = std::move(list);
  return answer;
}

// The page's token is the last ARN of the page before.
SecretsAnswer SecretsEndpoint::List(const SecretsCall& call) {
  if (auto allowed = Check(call, nullptr, "*"); !allowed) return Failed(allowed.error());
  const auto after = TextOf(call.parameters, "NextToken");
  const auto most =
      std::clamp<std::int64_t>(aws::Integer(call.parameters, "MaxResults", 100), 1, 100);
  const auto* deleted = call.parameters.if_contains("IncludePlannedDeletion");
  json::object answer;
  json::array list;
  for (const auto& secret : call.state->List(call.region, "aws_secretsmanager_secret")) {
    const bool planned = secret->attributes.contains("_deletion_date");
    const bool shown = !planned || (deleted != nullptr && *deleted == json::value(true));
    if (secret->key.id <= after || secret->status == aws::Status::kDeleting || !shown) continue;
    if (static_cast<std::int64_t>(list.size()) == most) {
      answer["NextToken"] = TextOf(list.back().get_object(), "ARN");
      break;
    }
    auto entry = Named(*secret);
    entry["CreatedDate"] = Seconds(secret->created_at);
    list.push_back(std::move(entry));
  }
  answer["SecretList"] = std::move(list);
  return answer;
}

SecretsAnswer SecretsEndpoint::Delete(const SecretsCall& call, const aws::Resource& secret) {
  const auto* forced = call.parameters.if_contains("ForceDeleteWithoutRecovery");
  const bool force = forced != nullptr && *forced == json::value(true);
  const bool window = call.parameters.contains("RecoveryWindowInDays");
  const auto days = aws::Integer(call.parameters, "RecoveryWindowInDays", 30);
  if ((force && window) || days < 7 || days > 30) {
    return Failed(
        Invalid("RecoveryWindowInDays is 7 to 30, and not given together with "
                "ForceDeleteWithoutRecovery."));
  }
  auto answer = Named(secret);
  const Millis at = force ? call.now : call.now + days * kDay;
  answer["DeletionDate"] = Seconds(at);
  if (!force) {
    if (auto changed = Change(secret.key, {{"_deletion_date", at}}); !changed) {
      return Failed(changed.error());
    }
    return answer;
  }
  if (const auto gone = account_.Delete(secret.key); !gone) {
    return Failed({500, "InternalServiceError", gone.error().message});
  }
  if (const auto forgotten = store_.Forget(aws::ReadSecret(secret).arn); !forgotten) {
    return Failed(StoreFailure(forgotten.error()));
  }
  return answer;
}

SecretsAnswer SecretsEndpoint::Restore(const SecretsCall& call, const aws::Resource& secret) {
  (void)call;
  if (auto changed = Change(secret.key, {{"_deletion_date", nullptr}}); !changed) {
    return Failed(changed.error());
  }
  return Named(secret);
}

SecretsAnswer SecretsEndpoint::RandomPassword(const SecretsCall& call) {
  if (auto allowed = Check(call, nullptr, "*"); !allowed) return Failed(allowed.error());
  const auto& p = call.parameters;
  const auto length = aws::Integer(p, "PasswordLength", 32);
  const auto excluded = TextOf(p, "ExcludeCharacters");
  std::vector<std::string> kinds;
  const auto add = [&](std::string_view exclude, std::string_view characters) {
    if (aws::Boolean(p, exclude)) return;
    std::string left;
    for (const char c : characters) {
      if (excluded.find(c) == std::string::npos) left += c;
    }
    if (!left.empty()) kinds.push_back(std::move(left));
  };
  add("ExcludeLowercase", kLower);
  add("ExcludeUppercase", kUpper);
  add("ExcludeNumbers", kDigits);
  add("ExcludePunctuation", kPunctuation);
  if (aws::Boolean(p, "IncludeSpace")) kinds.emplace_back(" ");
  std::string all;
  for (const auto& kind : kinds) all += kind;
  if (all.empty() || length < static_cast<std::int64_t>(kinds.size()) || length > 4096) {
    return Failed(Invalid("The password is too short, too long, or has no characters left."));
  }
  // Drawn until every kind is there: each password that fits is equally likely.
  const bool each = aws::Boolean(p, "RequireEachIncludedType", true);
  for (int attempt = 0; attempt < 10000; ++attempt) {
    auto password = RandomText(static_cast<std::size_t>(length), all);
    const bool fits = !each || std::ranges::all_of(kinds, [&](const auto& kind) {
      return password.find_first_of(kind) != std::string::npos;
    });
    if (fits) return json::object{{"RandomPassword", std::move(password)}};
  }
  return Failed(
      Invalid("No password with every kind of character was found; ask for a longer one."));
}

}  // namespace scv::services
