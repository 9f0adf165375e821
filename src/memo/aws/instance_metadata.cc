#include "memo/aws/instance_metadata.h"

#include <algorithm>
#include <optional>

#include "memo/aws/json_fields.h"

namespace scv::memo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kWhat = "instance metadata";
constexpr const char* kTokenTtl = "21600";  // seconds; the longest there is
constexpr seconds kTokenUse{21600 - 60};    // a token in use does not run out under way
constexpr int kAttemptsMax = 3;
constexpr milliseconds kFirstPauseMax{100};
constexpr milliseconds kExchangeMax{2000};
constexpr std::size_t kLineBytesMax = 255;

bool IsWorthRepeating(const Result<HttpResponse>& response) {
  if (!response) {
    return response.error().kind == ErrorKind::kUnavailable ||
           response.error().kind == ErrorKind::kTimeout;
  }
  return response->status >= 500 || response->status == 429;
}

Error ErrorOf(int status) {
  const std::string answer = std::string(kWhat) + " answered " + std::to_string(status);
  if (status == 401 || status == 403) {
    return {ErrorKind::kDenied, answer + "; is it turned off for this instance?"};
  }
  if (status == 404) {
    return {ErrorKind::kNotFound, answer + "; it has no such entry"};
  }
  if (status >= 500 || status == 429) {
    return {ErrorKind::kUnavailable, answer};
  }
  return {ErrorKind::kInternal, answer};
}

// The characters of an IAM role name.
bool IsRoleName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("+=,.@-_").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

}  // namespace

InstanceMetadata::InstanceMetadata(const AwsEnvironment& environment)
    : endpoint_(environment.metadata_endpoint), disabled_(environment.metadata_disabled) {}

Result<std::string> InstanceMetadata::InstanceId(const CallLimits& limits) {
  return GetLine("/latest/meta-data/instance-id", limits);
}

Result<std::string> InstanceMetadata::Region(const CallLimits& limits) {
  SCV_ASSIGN(std::string region, GetLine("/latest/meta-data/placement/region", limits));
  if (!IsRegionName(region)) {
    return Fail(ErrorKind::kInternal, std::string(kWhat) + " answered no region's name");
  }
  return region;
}

Result<std::string> InstanceMetadata::AvailabilityZone(const CallLimits& limits) {
  return GetLine("/latest/meta-data/placement/availability-zone", limits);
}

Result<AwsCredentials> InstanceMetadata::RoleCredentials(const CallLimits& limits) {
  const std::string path = "/latest/meta-data/iam/security-credentials/";
  const auto role = GetLine(path, limits);
  if (!role && role.error().kind == ErrorKind::kNotFound) {
    return Fail(ErrorKind::kNotFound, "the instance has no role; attach an instance profile");
  }
  SCV_TRY(role);
  if (!IsRoleName(*role)) {
    return Fail(ErrorKind::kInternal, std::string(kWhat) + " answered no role's name");
  }
  SCV_ASSIGN(const Secret document, Get(path + *role, limits));
  return ParseRoleCredentials(document.Reveal());
}

Result<std::string> InstanceMetadata::GetLine(std::string_view path, const CallLimits& limits) {
  SCV_ASSIGN(const Secret body, Get(path, limits));
  const std::string_view text = body.Reveal();
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  const bool printable =
      std::ranges::all_of(line, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (line.empty() || line.size() > kLineBytesMax || !printable) {
    return Fail(ErrorKind::kInternal, std::string(kWhat) + " answered no name");
  }
  return std::string(line);
}

Result<Secret> InstanceMetadata::Get(std::string_view path, const CallLimits& limits) {
  if (disabled_) {
    return Fail(ErrorKind::kDenied, "instance metadata is turned off by AWS_EC2_METADATA_DISABLED");
  }
  // A second round only when the token was void before its time, as after an instance restore.
  for (const bool last : {false, true}) {
    SCV_ASSIGN(const Secret token, Token(limits));
    SCV_ASSIGN(HttpResponse response,
               Send(HttpMethod::kGet, path, {"X-aws-ec2-metadata-token", token.Reveal()}, limits));
    if (response.status == 200) {
      return std::move(response.body);
    }
    if (response.status != 401 || last) {
      return std::unexpected(ErrorOf(response.status));
    }
    DropToken();
  }
  return Fail(ErrorKind::kInternal, kWhat);
}

Result<Secret> InstanceMetadata::Token(const CallLimits& limits) {
  {
    const std::lock_guard lock(mutex_);
    if (!token_.empty() && CallLimits::Clock::now() < token_until_) {
      return token_;
    }
  }
  // Outside the lock: two threads may each get a token, and both are good.
  const auto until = CallLimits::Clock::now() + kTokenUse;
  SCV_ASSIGN(HttpResponse response,
             Send(HttpMethod::kPut, "/latest/api/token",
                  {"X-aws-ec2-metadata-token-ttl-seconds", kTokenTtl}, limits));
  if (response.status != 200) {
    return std::unexpected(ErrorOf(response.status));
  }
  const std::lock_guard lock(mutex_);
  token_ = std::move(response.body);
  token_until_ = until;
  return token_;
}

void InstanceMetadata::DropToken() {
  const std::lock_guard lock(mutex_);
  token_ = Secret();
}

Result<HttpResponse> InstanceMetadata::Send(HttpMethod method, std::string_view path,
                                            std::pair<std::string, std::string> header,
                                            const CallLimits& limits) {
  HttpRequest request;
  request.method = method;
  request.url = endpoint_ + std::string(path);
  request.headers.push_back(std::move(header));
  request.timeout = kExchangeMax;
  request.direct = true;
  request.what = kWhat;
  Backoff backoff(kAttemptsMax, kFirstPauseMax);
  auto response = HttpFetch(request, limits);
  while (IsWorthRepeating(response) && backoff.Next(limits)) {
    response = HttpFetch(request, limits);
  }
  return response;
}

Result<AwsCredentials> ParseRoleCredentials(std::string_view document) {
  SCV_ASSIGN(const auto fields, JsonFields::Parse(document, "the role's credentials"));
  SCV_ASSIGN(const auto code, fields.Required("Code", 128));
  if (code != "Success") {
    return Fail(ErrorKind::kDenied, "the instance may not use its role; check its trust policy");
  }
  SCV_ASSIGN(const auto id, fields.Required("AccessKeyId", 128));
  SCV_ASSIGN(const auto key, fields.Required("SecretAccessKey", 256));
  SCV_ASSIGN(const auto token, fields.Required("Token", 16 * 1024));
  SCV_ASSIGN(const auto expiration, fields.Required("Expiration", 64));
  const std::optional<Millis> expires_at = ParseRfc3339(expiration);
  if (!expires_at) {
    return fields.Refuse("Expiration", "be a time");
  }
  return AwsCredentials{std::string(id), Secret(key), Secret(token), *expires_at};
}

}  // namespace scv::memo
