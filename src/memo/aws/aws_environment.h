// AWS's own environment variables, read in one place. docs/configuration.md lists them.
#ifndef SCV_MEMO_AWS_AWS_ENVIRONMENT_H_
#define SCV_MEMO_AWS_AWS_ENVIRONMENT_H_

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "memo/aws/secret.h"

namespace scv::memo {

struct StaticCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;  // empty: a long-term key
};

struct AwsEnvironment {
  std::string region;                    // empty: ask the instance metadata
  std::string secrets_manager_endpoint;  // empty: AWS's own for the region; no trailing '/'
  std::string ca_file;                   // PEM; empty: the system's
  std::optional<StaticCredentials> credentials;
  std::string metadata_endpoint;  // no trailing '/'
  bool metadata_disabled = false;
};

// The value of a variable, or nullptr: std::getenv, or a test's table.
using GetVariable = std::function<const char*(const char* name)>;

// An empty variable counts as unset, as everywhere in AWS's tools. The message of kInvalid names
// the variable that cannot be used.
Result<AwsEnvironment> ReadAwsEnvironment(const GetVariable& get);
// Of this process. Call it before other threads change the environment.
Result<AwsEnvironment> ReadAwsEnvironment();

// Whether `region` may stand in a host name and in a signature's scope.
bool IsRegionName(std::string_view region);

}  // namespace scv::memo

#endif  // SCV_MEMO_AWS_AWS_ENVIRONMENT_H_
