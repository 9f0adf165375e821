// Secrets: values go to the secret store only; a deleted name stays taken for its recovery window.
#include <map>
#include <set>

#include "aws/arn.h"
#include "base/time.h"
#include "provider/conform.h"
#include "provider/hooks.h"

namespace scv::provider {
namespace {

// Kept in the state in place of a secret that could still be restored; its id is the name.
constexpr std::string_view kDeletedSecret = "_deleted_secret";
constexpr Millis kDay = Millis{24} * 3600 * 1000;

aws::ResourceKey GraveOf(const HookContext& context) {
  return {.region = context.region,
          .type = std::string(kDeletedSecret),
          .id = context.attributes["name"].Text()};
}

Result<void> CheckRecovery(const aws::DesiredState& state, HookContext& context) {
  if (!context.creating()) return {};
  const auto* grave = state.Find(GraveOf(context));
  if (grave == nullptr) return {};
  const auto until = aws::Integer(grave->attributes, "until");
  if (until <= WallClockMillis()) return {};
  return Fail(ErrorKind::kConflict,
              "a secret of this name was deleted and can be restored until " +
                  FormatRfc3339(until) +
                  " (InvalidRequestException). Choose another name, or delete secrets with "
                  "recovery_window_in_days = 0");
}

Result<void> BurySecret(HookContext& context) {
  const auto forgotten = context.services.secrets->Forget(context.attributes["arn"].Text());
  if (!forgotten.has_value() && forgotten.error().kind != ErrorKind::kNotFound) return forgotten;
  const auto days = context.attributes["recovery_window_in_days"].Number();
  const auto key = GraveOf(context);
  if (days <= 0 || key.id.empty()) return {};
  const auto now = WallClockMillis();
  return context.services.account->Write([&](aws::DesiredState& state) -> Result<void> {
    aws::Resource grave;
    grave.key = key;
    grave.status = aws::Status::kRecorded;
    grave.attributes["until"] = now + days * kDay;
    state.Put(std::move(grave));
    return {};
  });
}

// --- Replicas: the same secret in another region, under the same name and suffix -----------------
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html

constexpr std::string_view kReplicaOf = "_replica_of";  // the ARN of the secret it is a copy of

std::string ArnIn(std::string_view region, const std::string& arn) {
  auto parsed = aws::ParseArn(arn);
  if (!parsed) return {};
  parsed->region = region;
  return aws::ToString(*parsed);
}

// An alias is the name of a key, if there is one of that name yet.
std::string KeyOf(const aws::DesiredState& state, std::string_view region,
                  const std::string& name) {
  const auto alias =
      name.starts_with("alias/") ? state.Find(region, "aws_kms_alias", name) : nullptr;
  const auto* key = alias == nullptr ? nullptr
                                     : state.Find(region, "aws_kms_key",
                                                  aws::String(alias->attributes, "target_key_id"));
  return key == nullptr ? name : aws::String(key->attributes, "arn");
}

std::set<std::string> ReplicaRegions(const Value& attributes) {
  std::set<std::string> regions;
  for (const auto& replica : attributes["replica"].Items()) {
    regions.insert(replica["region"].Text());
  }
  return regions;
}

Result<void> CheckReplicas(const aws::DesiredState& state, const HookContext& context,
                           const std::string& arn) {
  const auto& name = context.attributes["name"].Text();
  for (const auto& region : ReplicaRegions(context.attributes)) {
    if (region == context.region) {
      return Fail(ErrorKind::kInvalid, "a secret cannot be replicated to its own region " + region +
                                           "; name another one in its replica block");
    }
    for (const auto& other : state.List(region, "aws_secretsmanager_secret")) {
      if (aws::String(other->attributes, "name") != name || other->key.id == ArnIn(region, arn)) {
        continue;
      }
      if (context.attributes["force_overwrite_replica_secret"].Flag()) continue;
      return Fail(ErrorKind::kConflict, "there is another secret " + name + " in " + region +
                                            " already. Delete that one, or set "
                                            "force_overwrite_replica_secret = true");
    }
  }
  return {};
}

aws::Resource ReplicaOf(const aws::DesiredState& state, const HookContext& context,
                        const Value& block) {
  const auto& region = block["region"].Text();
  const auto& arn = context.attributes["arn"].Text();
  aws::Resource replica;
  replica.key = {.region = region, .type = "aws_secretsmanager_secret", .id = ArnIn(region, arn)};
  if (const auto* present = state.Find(replica.key)) replica.created_at = present->created_at;
  replica.attributes = ToJsonObject(context.attributes);
  replica.attributes["id"] = replica.key.id;
  replica.attributes["arn"] = replica.key.id;
  replica.attributes["region"] = region;
  replica.attributes["kms_key_id"] = KeyOf(state, region, block["kms_key_id"].Text());
  replica.attributes["replica"] = boost::json::array();
  replica.attributes[kReplicaOf] = arn;
  return replica;
}

// What becomes of a change is written with it, in the same step.
Result<void> FinishSecret(const aws::DesiredState& state, HookContext& context) {
  SCV_TRY(CheckReplicas(state, context, context.attributes["arn"].Text()));
  auto* blocks = context.attributes.At("replica").As<Value::List>();
  if (blocks == nullptr) return {};
  for (auto& block : *blocks) {
    if (block["kms_key_id"].is_unknown()) block.At("kms_key_id") = Value("");
    if (block["last_accessed_date"].is_unknown()) block.At("last_accessed_date") = Value("");
    block.At("status") = Value("InSync");
    block.At("status_message") = Value("Replication succeeded");
  }
  return {};
}

// The values that the secret has now, for regions that begin to have them.
Result<void> CopyValues(HookContext& context, const std::string& from, const std::string& to) {
  auto& secrets = *context.services.secrets;
  const auto versions = secrets.Versions(from);
  if (!versions.has_value()) {
    if (versions.error().kind == ErrorKind::kNotFound) return {};
    return std::unexpected(versions.error());
  }
  for (const auto& version : *versions) {
    const auto value = secrets.Get(from, version.version_id);
    if (!value.has_value()) return std::unexpected(value.error());
    const auto put = secrets.Put(to, version.version_id, version.stages, value->value);
    if (!put.has_value()) return std::unexpected(put.error());
  }
  return {};
}

Result<void> DeleteReplica(HookContext& context, const aws::ResourceKey& key) {
  const auto deleted = context.services.account->Delete(key);
  if (!deleted.has_value() && deleted.error().kind != ErrorKind::kNotFound) return deleted;
  const auto forgotten = context.services.secrets->Forget(key.id);
  if (!forgotten.has_value() && forgotten.error().kind != ErrorKind::kNotFound) return forgotten;
  return {};
}

std::vector<aws::ResourceKey> ReplicasOf(const aws::DesiredState& state, const std::string& arn) {
  std::vector<aws::ResourceKey> found;
  for (const auto& secret : state.List("aws_secretsmanager_secret")) {
    if (aws::String(secret->attributes, kReplicaOf) == arn) found.push_back(secret->key);
  }
  return found;
}

Result<void> StoreSecret(HookContext& context) {
  const auto& arn = context.attributes["arn"].Text();
  const auto& blocks = context.attributes["replica"].Items();
  const auto before = ReplicasOf(*context.services.account->State(), arn);
  if (blocks.empty() && before.empty()) return {};
  SCV_TRY(context.services.account->Write([&](aws::DesiredState& state) -> Result<void> {
    for (const auto& block : blocks) state.Put(ReplicaOf(state, context, block));
    return {};
  }));
  const auto wanted = ReplicaRegions(context.attributes);
  for (const auto& region : wanted) SCV_TRY(CopyValues(context, arn, ArnIn(region, arn)));
  for (const auto& key : before) {
    if (!wanted.contains(key.region)) SCV_TRY(DeleteReplica(context, key));
  }
  return {};
}

Result<void> DeleteReplicas(HookContext& context) {
  const auto state = context.services.account->State();
  for (const auto& key : ReplicasOf(*state, context.attributes["arn"].Text())) {
    SCV_TRY(DeleteReplica(context, key));
  }
  return {};
}

// -------------------------------------------------------------------------------------------------

Result<void> FillVersion(const aws::DesiredState& /*state*/, HookContext& context) {
  context.attributes.At("has_secret_string_wo") =
      Value(!context.config["secret_string_wo"].is_null());
  return {};
}

// Only a new version has a value: each change of it makes another version.
Result<void> StoreVersion(HookContext& context) {
  if (!context.creating()) return {};
  const auto& written = context.config["secret_string_wo"].Text();
  const auto& text = context.config["secret_string"].Text();
  const auto& value = written.empty() ? text : written;
  if (value.empty()) return {};
  std::vector<std::string> stages;
  for (const auto& stage : context.attributes["version_stages"].Items()) {
    stages.push_back(stage.Text());
  }
  const auto& arn = context.attributes["arn"].Text();
  const auto& version = context.attributes["version_id"].Text();
  auto& secrets = *context.services.secrets;
  const auto stored = secrets.Put(arn, version, stages, value);
  if (!stored.has_value()) return std::unexpected(stored.error());
  for (const auto& replica : ReplicasOf(*context.services.account->State(), arn)) {
    const auto copied = secrets.Put(replica.id, version, stages, value);
    if (!copied.has_value()) return std::unexpected(copied.error());
  }
  return {};
}

}  // namespace

const Hooks* SecretsHooks(std::string_view type) {
  static const std::map<std::string_view, Hooks> kHooks{
      {"aws_secretsmanager_secret",
       {.fill = CheckRecovery,
        .finish = FinishSecret,
        .store = StoreSecret,
        .prepare_delete = DeleteReplicas,
        .deleted = BurySecret}},
      {"aws_secretsmanager_secret_version", {.fill = FillVersion, .store = StoreVersion}},
  };
  const auto found = kHooks.find(type);
  return found == kHooks.end() ? nullptr : &found->second;
}

}  // namespace scv::provider
