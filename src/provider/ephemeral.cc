// Ephemeral resources: values that are in no plan and no state.
#include <algorithm>
#include <map>

#include "base/time.h"
#include "provider/data_sources.h"
#include "provider/random_text.h"

namespace scv::provider {
namespace {

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
constexpr std::int64_t kLengthUsual = 32;
constexpr std::int64_t kLengthMax = 4096;

std::vector<std::string> Alphabets(const Value& config) {
  const std::pair<const char*, const char*> kinds[] = {
      {"exclude_lowercase", "abcdefghijklmnopqrstuvwxyz"},
      {"exclude_uppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
      {"exclude_numbers", "0123456789"},
      {"exclude_punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}};
  const auto& excluded = config["exclude_characters"].Text();
  std::vector<std::string> alphabets;
  for (const auto& [flag, characters] : kinds) {
    if (config[flag].Flag()) continue;
    std::string left;
    for (const char c : std::string_view(characters)) {
      if (excluded.find(c) == std::string::npos) left += c;
    }
    if (!left.empty()) alphabets.push_back(left);
  }
  if (config["include_space"].Flag()) alphabets.emplace_back(" ");
  return alphabets;
}

bool HasEach(const std::string& password, const std::vector<std::string>& alphabets) {
  return std::ranges::all_of(alphabets, [&](const auto& alphabet) {
    return password.find_first_of(alphabet) != std::string::npos;
  });
}

Result<Value> RandomPassword(const DataQuery& query) {
  const auto& config = query.config;
  const auto length =
      config["password_length"].is_null() ? kLengthUsual : config["password_length"].Number();
  const auto alphabets = Alphabets(config);
  const bool each =
      config["require_each_included_type"].is_null() || config["require_each_included_type"].Flag();
  const auto least = each ? static_cast<std::int64_t>(alphabets.size()) : std::int64_t{1};
  if (alphabets.empty() || length < least || length > kLengthMax) {
    return Fail(ErrorKind::kInvalid,
                "password_length must be 1 to 4096, at least one for each kind of character, and "
                "something must be left to choose from");
  }
  std::string all;
  for (const auto& alphabet : alphabets) all += alphabet;
  auto password = RandomText(static_cast<std::size_t>(length), all);
  // Evenly among all passwords that fit; a short one may take a few draws.
  for (int i = 0; each && !HasEach(password, alphabets) && i < 10'000; ++i) {
    password = RandomText(static_cast<std::size_t>(length), all);
  }
  return Value(Value::Object{{"random_password", Value(password)}});
}

// By ARN or by name.
const aws::Resource* FindSecret(const aws::DesiredState& state, const DataQuery& query) {
  const auto& id = query.config["secret_id"].Text();
  if (const auto* secret = state.Find(query.region, "aws_secretsmanager_secret", id)) return secret;
  for (const auto& secret : state.List(query.region, "aws_secretsmanager_secret")) {
    if (aws::String(secret->attributes, "name") == id) return secret.get();
  }
  return nullptr;
}

Result<Value> SecretVersion(const DataQuery& query) {
  const auto state = query.services.account->State();
  const auto* secret = FindSecret(*state, query);
  if (secret == nullptr) {
    return Fail(ErrorKind::kNotFound, "Secrets Manager cannot find " +
                                          query.config["secret_id"].Text() + " in " + query.region);
  }
  const auto value = query.services.secrets->Get(secret->key.id, query.config["version_id"].Text(),
                                                 query.config["version_stage"].Text());
  if (!value.has_value()) return std::unexpected(value.error());
  Value::List stages;
  for (const auto& stage : value->version.stages) stages.emplace_back(stage);
  return Value(Value::Object{{"arn", Value(secret->key.id)},
                             {"version_id", Value(value->version.version_id)},
                             {"version_stages", Value(std::move(stages))},
                             {"created_date", Value(FormatRfc3339(value->version.created_at))},
                             {"secret_string", Value(value->value)}});
}

}  // namespace

Result<Value> OpenEphemeralResource(std::string_view type, const DataQuery& query) {
  if (type == "aws_secretsmanager_random_password") return RandomPassword(query);
  if (type == "aws_secretsmanager_secret_version") return SecretVersion(query);
  return Fail(ErrorKind::kInvalid, "the lab has no answer for it");
}

}  // namespace scv::provider
