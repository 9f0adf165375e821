// AWS Secrets Manager: reading the current version of a secret.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
#ifndef SCV_MEMO_AWS_SECRETS_MANAGER_H_
#define SCV_MEMO_AWS_SECRETS_MANAGER_H_

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "memo/aws/aws_credentials.h"
#include "memo/aws/aws_environment.h"
#include "memo/aws/call_limits.h"
#include "memo/aws/instance_metadata.h"
#include "memo/aws/secret.h"

namespace scv::memo {

struct SecretValue {
  Secret document;
  std::string version_id;  // changes at every rotation; not a secret
};

// Thread-safe.
class SecretsManager {
 public:
  SecretsManager(AwsEnvironment environment, std::shared_ptr<InstanceMetadata> metadata);

  // The version labelled AWSCURRENT of the secret with this name or ARN. Throttling, server errors
  // and lost connections are retried with back-off as long as `limits` allow, at most five times.
  // kDenied: AWS refused our credentials or our permission; kNotFound: no such secret (in this
  // region); kUnavailable, kTimeout: try later; kInvalid: the request or the secret is of no use,
  // as a binary or deleted one; kInternal: not an answer of this service.
  Result<SecretValue> GetSecretValue(std::string_view secret_id, const CallLimits& limits);

 private:
  Result<std::string> Region(const CallLimits& limits);

  const AwsEnvironment environment_;
  const std::shared_ptr<InstanceMetadata> metadata_;
  AwsCredentialSource credentials_;
  std::mutex mutex_;
  std::string region_;  // guarded by mutex_; empty: not known yet
};

// Pure. What an answer other than 200 means.
struct AwsFailure {
  Error error;
  bool retry = false;              // the same request may succeed a little later
  bool credentials_stale = false;  // newer credentials may be accepted
};
AwsFailure ClassifyAwsFailure(int status, std::string_view body);

// Pure. The body of a successful GetSecretValue.
Result<SecretValue> ParseSecretValue(std::string_view body);

}  // namespace scv::memo

#endif  // SCV_MEMO_AWS_SECRETS_MANAGER_H_
