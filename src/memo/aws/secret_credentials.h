// Database credentials out of Secrets Manager, kept, and read again when they are refused or old.
#ifndef SCV_MEMO_AWS_SECRET_CREDENTIALS_H_
#define SCV_MEMO_AWS_SECRET_CREDENTIALS_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "memo/aws/aws_environment.h"
#include "memo/aws/call_limits.h"
#include "memo/aws/database_secret.h"
#include "memo/aws/secrets_manager.h"

namespace scv::memo {

// Thread-safe. One thread of its own reads, whoever asks, so that a thousand refused callers make
// one request.
class SecretCredentials {
 public:
  struct Options {
    std::chrono::milliseconds reread_every{5 * 60 * 1000};
    // At most one read starts per this time, whatever is asked.
    std::chrono::milliseconds read_every_min{1000};
    // After a failed re-read the kept credentials are not tried to be renewed for this time.
    std::chrono::milliseconds retry_every{10 * 1000};
    std::chrono::milliseconds read_max{5000};
  };

  // One reading of the secret, for the log.
  struct Reading {
    std::string version_id;  // empty: failed
    bool changed = false;    // other credentials than before
    std::optional<Error> error;
  };

  using Read = std::function<Result<SecretValue>(const CallLimits&)>;
  // Called by the reading thread after each reading; must not call back.
  using OnRead = std::function<void(const Reading&)>;

  SecretCredentials(Read read, Options options, OnRead on_read = {});
  // Abandons a reading under way, within about a second. No caller may be inside Get.
  ~SecretCredentials();
  SecretCredentials(const SecretCredentials&) = delete;
  SecretCredentials& operator=(const SecretCredentials&) = delete;

  // The credentials. At first, waits until they are read. Later answers at once, and when they are
  // older than `reread_every` has them read again behind the caller's back.
  // `refresh`: the database refused them; waits for a reading, or gives what the last one gave when
  // that began less than `read_every_min` ago. Errors are those of SecretsManager and
  // ParseDatabaseSecret; kTimeout after `read_max` and a little.
  Result<DatabaseCredentials> Get(bool refresh);

 private:
  using Clock = CallLimits::Clock;

  bool IsBusy() const { return requested_ || reading_; }
  bool IsDue(Clock::time_point now) const;
  void ReadOnDemand(const std::stop_token& stop);
  Result<DatabaseCredentials> ReadNow(const std::stop_token& stop);

  const Read read_;
  const Options options_;
  const OnRead on_read_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any wake_;
  std::condition_variable done_;
  bool requested_ = false;
  bool reading_ = false;
  std::uint64_t readings_ = 0;
  Clock::time_point started_at_;
  std::optional<DatabaseCredentials> kept_;
  std::optional<Error> last_error_;  // of the last reading; empty: it succeeded

  std::jthread reader_;  // last: starts when everything else is there, ends first
};

// The source for the secret with this name or ARN, with all that it needs.
std::unique_ptr<SecretCredentials> MakeSecretCredentials(AwsEnvironment environment,
                                                         std::string secret_id,
                                                         SecretCredentials::Options options,
                                                         SecretCredentials::OnRead on_read = {});

}  // namespace scv::memo

#endif  // SCV_MEMO_AWS_SECRET_CREDENTIALS_H_
