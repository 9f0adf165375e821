// Secrets: values go to the secret store only; a deleted name stays taken for its recovery window.
#include <map>

#include "base/time.h"
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
  const auto stored = context.services.secrets->Put(
      context.attributes["arn"].Text(), context.attributes["version_id"].Text(), stages, value);
  if (!stored.has_value()) return std::unexpected(stored.error());
  return {};
}

}  // namespace

const Hooks* SecretsHooks(std::string_view type) {
  static const std::map<std::string_view, Hooks> kHooks{
      {"aws_secretsmanager_secret", {.fill = CheckRecovery, .deleted = BurySecret}},
      {"aws_secretsmanager_secret_version", {.fill = FillVersion, .store = StoreVersion}},
  };
  const auto found = kHooks.find(type);
  return found == kHooks.end() ? nullptr : &found->second;
}

}  // namespace scv::provider
