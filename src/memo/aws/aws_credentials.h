// Where this process's AWS credentials come from: the environment, or else the instance's role.
#ifndef SCV_MEMO_AWS_AWS_CREDENTIALS_H_
#define SCV_MEMO_AWS_AWS_CREDENTIALS_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "memo/aws/aws_environment.h"
#include "memo/aws/call_limits.h"
#include "memo/aws/instance_metadata.h"

namespace scv::memo {

// Thread-safe. A role's credentials are kept and read again five minutes before they expire, which
// is when EC2 has the next ones at the latest.
class AwsCredentialSource {
 public:
  // What Get asks when the environment has no credentials. InstanceMetadata::RoleCredentials.
  using ReadRole = std::function<Result<AwsCredentials>(const CallLimits&)>;

  AwsCredentialSource(const AwsEnvironment& environment, ReadRole read_role,
                      std::function<Millis()> now = &WallClockMillis);

  // Callers that come while another reads wait for it and share what it got. While the metadata
  // service does not answer, credentials that have not expired are still given. Errors are those of
  // InstanceMetadata.
  Result<AwsCredentials> Get(const CallLimits& limits);

  // AWS refused `refused`: the next Get reads anew. False: it would give the same ones again.
  bool Drop(const AwsCredentials& refused);

 private:
  const std::optional<AwsCredentials> static_;
  const ReadRole read_role_;
  const std::function<Millis()> now_;
  std::mutex mutex_;
  std::optional<AwsCredentials> role_;  // guarded by mutex_
  Millis read_at_ = 0;                  // guarded by mutex_
};

}  // namespace scv::memo

#endif  // SCV_MEMO_AWS_AWS_CREDENTIALS_H_
