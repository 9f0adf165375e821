#include "memo/aws/secrets_manager.h"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <optional>
#include <utility>

#include "memo/aws/http_fetch.h"
#include "memo/aws/json_fields.h"

namespace scv::memo {
namespace {

using std::chrono::milliseconds;

constexpr const char* kWhat = "Secrets Manager";
constexpr int kAttemptsMax = 5;
constexpr milliseconds kFirstPauseMax{100};
constexpr std::size_t kSecretIdBytesMax = 2048;

constexpr std::array<std::string_view, 7> kThrottled = {
    "ThrottlingException",  "Throttling",       "TooManyRequestsException",
    "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException",
    "ThrottledException"};
constexpr std::array<std::string_view, 4> kStale = {
    "ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId"};
constexpr std::array<std::string_view, 9> kDenied = {"AccessDeniedException",
                                                     "AccessDenied",
                                                     "InvalidSignatureException",
                                                     "SignatureDoesNotMatch",
                                                     "IncompleteSignature",
                                                     "MissingAuthenticationToken",
                                                     "MissingAuthenticationTokenException",
                                                     "NotAuthorized",
                                                     "OptInRequired"};

template <std::size_t kSize>
bool Holds(const std::array<std::string_view, kSize>& codes, std::string_view code) {
  return std::ranges::find(codes, code) != codes.end();
}

// The error code of an answer, "ResourceNotFoundException"; empty: none. Only letters and digits,
// as it becomes part of messages.
std::string CodeOf(std::string_view body) {
  const auto fields = JsonFields::Parse(body, kWhat);
  if (!fields) {
    return "";
  }
  const auto type = fields->Optional("__type", 256);
  std::string_view code = type ? *type : std::string_view();
  code.remove_prefix(code.rfind('#') + 1);  // "com.amazonaws.secretsmanager#…"; none: 0
  const bool plain = std::ranges::all_of(code, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
  return plain ? std::string(code) : "";
}

std::string DefaultEndpoint(const std::string& region) {
  return "https://secretsmanager." + region + ".amazonaws.com" +
         (region.starts_with("cn-") ? ".cn" : "");
}

HttpRequest MakeRequest(const std::string& endpoint, const std::string& region,
                        std::string_view secret_id, const std::string& ca_file) {
  HttpRequest request;
  request.method = HttpMethod::kPost;
  request.url = endpoint + "/";
  request.body = boost::json::serialize(boost::json::object{
      {"SecretId", boost::json::string(secret_id)}, {"VersionStage", "AWSCURRENT"}});
  request.signing = HttpSigning{region, "secretsmanager", "", Secret()};
  request.ca_file = ca_file;
  request.what = kWhat;
  return request;
}

void Authenticate(const AwsCredentials& credentials, HttpRequest& request) {
  request.signing->access_key_id = credentials.access_key_id;
  request.signing->secret_access_key = credentials.secret_access_key;
  request.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                     {"X-Amz-Target", "secretsmanager.GetSecretValue"}};
  if (!credentials.session_token.empty()) {
    request.headers.emplace_back("X-Amz-Security-Token", credentials.session_token.Reveal());
  }
}

// A failure of the exchange itself, in the same terms as a refusal.
AwsFailure TransportFailure(Error error) {
  const bool retry = error.kind == ErrorKind::kUnavailable || error.kind == ErrorKind::kTimeout;
  return {std::move(error), retry, false};
}

}  // namespace

SecretsManager::SecretsManager(AwsEnvironment environment,
                               std::shared_ptr<InstanceMetadata> metadata)
    : environment_(std::move(environment)),
      metadata_(std::move(metadata)),
      credentials_(environment_,
                   [this](const CallLimits& limits) { return metadata_->RoleCredentials(limits); }),
      region_(environment_.region) {}

Result<std::string> SecretsManager::Region(const CallLimits& limits) {
  {
    const std::lock_guard lock(mutex_);
    if (!region_.empty()) {
      return region_;
    }
  }
  auto region = metadata_->Region(limits);
  if (!region) {
    return Fail(region.error().kind, "no region: set AWS_REGION (" + region.error().message + ")");
  }
  const std::lock_guard lock(mutex_);
  region_ = *region;
  return region_;
}

Result<SecretValue> SecretsManager::GetSecretValue(std::string_view secret_id,
                                                   const CallLimits& limits) {
  if (secret_id.empty() || secret_id.size() > kSecretIdBytesMax) {
    return Fail(ErrorKind::kInvalid, "a secret's id has 1 to 2048 bytes");
  }
  SCV_ASSIGN(const std::string region, Region(limits));
  const std::string& own = environment_.secrets_manager_endpoint;
  const std::string endpoint = own.empty() ? DefaultEndpoint(region) : own;
  HttpRequest request = MakeRequest(endpoint, region, secret_id, environment_.ca_file);
  Backoff backoff(kAttemptsMax, kFirstPauseMax);
  bool renewed = false;
  while (true) {
    SCV_ASSIGN(const AwsCredentials credentials, credentials_.Get(limits));
    Authenticate(credentials, request);
    const auto response = HttpFetch(request, limits);
    if (response && response->status == 200) {
      return ParseSecretValue(response->body.Reveal());
    }
    AwsFailure failure = response ? ClassifyAwsFailure(response->status, response->body.Reveal())
                                  : TransportFailure(response.error());
    const bool renew = failure.credentials_stale && !std::exchange(renewed, true) &&
                       credentials_.Drop(credentials);
    if (!(renew || failure.retry) || !backoff.Next(limits)) {
      return std::unexpected(std::move(failure.error));
    }
  }
}

AwsFailure ClassifyAwsFailure(int status, std::string_view body) {
  const std::string code = CodeOf(body);
  const std::string message = std::string(kWhat) + " answered " +
                              (code.empty() ? "" : code + ", ") + "status " +
                              std::to_string(status);
  if (Holds(kThrottled, code) || status == 429 || status >= 500) {
    return {{ErrorKind::kUnavailable, message}, true, false};
  }
  if (Holds(kStale, code)) {
    return {{ErrorKind::kDenied, message + ": AWS does not know these credentials any more"},
            false,
            true};
  }
  if (Holds(kDenied, code) || status == 401 || status == 403) {
    return {{ErrorKind::kDenied,
             message + ": check the role's policy, the keys and this machine's clock"},
            false,
            false};
  }
  if (code == "ResourceNotFoundException") {
    return {
        {ErrorKind::kNotFound, message + ": check the secret's id and the region"}, false, false};
  }
  const bool refused = status >= 400 && status < 500 && !code.empty();
  return {{refused ? ErrorKind::kInvalid : ErrorKind::kInternal, message}, false, false};
}

Result<SecretValue> ParseSecretValue(std::string_view body) {
  auto fields = JsonFields::Parse(body, "the answer of Secrets Manager");
  if (!fields) {
    return Fail(ErrorKind::kInternal, fields.error().message);
  }
  if (fields->Find("SecretString") == nullptr && fields->Find("SecretBinary") != nullptr) {
    return Fail(ErrorKind::kInvalid, "the secret is binary; store it as a string");
  }
  const auto document = fields->Required("SecretString", JsonFields::kBytesMax);
  const auto version = fields->Required("VersionId", 64);
  if (!document || !version) {
    return Fail(ErrorKind::kInternal, (document ? version : document).error().message);
  }
  return SecretValue{Secret(*document), std::string(*version)};
}

}  // namespace scv::memo
