// The EC2 instance metadata service, version 2 only: every request carries a session token that a
// forged cross-site or proxied request could not obtain.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
#ifndef SCV_MEMO_AWS_INSTANCE_METADATA_H_
#define SCV_MEMO_AWS_INSTANCE_METADATA_H_

#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "memo/aws/aws_environment.h"
#include "memo/aws/call_limits.h"
#include "memo/aws/http_fetch.h"
#include "memo/aws/secret.h"

namespace scv::memo {

struct AwsCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;   // empty: a long-term key
  Millis expires_at = 0;  // 0: never
  bool operator==(const AwsCredentials&) const = default;
};

// Thread-safe. Each call makes at most three attempts within its limits; connecting may take one
// second each. kNotFound: there is no such entry (for credentials: the instance has no role);
// kDenied: the service is turned off, here or for the instance; kUnavailable, kTimeout: out of
// reach, as everywhere outside EC2; kInternal, kInvalid: not an answer of this service.
class InstanceMetadata {
 public:
  explicit InstanceMetadata(const AwsEnvironment& environment);

  Result<std::string> InstanceId(const CallLimits& limits);
  Result<std::string> Region(const CallLimits& limits);
  Result<std::string> AvailabilityZone(const CallLimits& limits);
  // Those of the instance profile's role. Expired ones are returned as they are: AWS has the last
  // word on whether it still takes them.
  Result<AwsCredentials> RoleCredentials(const CallLimits& limits);

 private:
  Result<Secret> Get(std::string_view path, const CallLimits& limits);
  Result<std::string> GetLine(std::string_view path, const CallLimits& limits);
  Result<HttpResponse> Send(HttpMethod method, std::string_view path,
                            std::pair<std::string, std::string> header, const CallLimits& limits);
  Result<Secret> Token(const CallLimits& limits);
  void DropToken();

  const std::string endpoint_;
  const bool disabled_;
  std::mutex mutex_;
  Secret token_;                               // guarded by mutex_
  CallLimits::Clock::time_point token_until_;  // guarded by mutex_
};

// Pure. The document of a role's credentials. kDenied: the instance may not assume the role.
Result<AwsCredentials> ParseRoleCredentials(std::string_view document);

}  // namespace scv::memo

#endif  // SCV_MEMO_AWS_INSTANCE_METADATA_H_
