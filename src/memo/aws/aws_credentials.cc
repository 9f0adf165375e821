#include "memo/aws/aws_credentials.h"

#include <utility>

namespace scv::memo {
namespace {

constexpr Millis kRefreshBefore = 5 * 60 * 1000;
// Credentials inside their last five minutes are asked for again, but not at every call.
constexpr Millis kReadEvery = 10 * 1000;

std::optional<AwsCredentials> FromEnvironment(const AwsEnvironment& environment) {
  if (!environment.credentials) {
    return std::nullopt;
  }
  const StaticCredentials& own = *environment.credentials;
  return AwsCredentials{own.access_key_id, own.secret_access_key, own.session_token, 0};
}

}  // namespace

AwsCredentialSource::AwsCredentialSource(const AwsEnvironment& environment, ReadRole read_role,
                                         std::function<Millis()> now)
    : static_(FromEnvironment(environment)),
      read_role_(std::move(read_role)),
      now_(std::move(now)) {}

Result<AwsCredentials> AwsCredentialSource::Get(const CallLimits& limits) {
  if (static_) {
    return *static_;
  }
  const std::lock_guard lock(mutex_);
  const Millis now = now_();
  const bool alive = role_ && now < role_->expires_at;
  const bool fresh = role_ && now < role_->expires_at - kRefreshBefore;
  const bool just_read = now - read_at_ < kReadEvery;
  if (fresh || (alive && just_read)) {
    return *role_;
  }
  auto role = read_role_(limits);
  read_at_ = now;
  if (role) {
    role_ = std::move(*role);
  } else if (!alive) {
    return role;
  }
  return *role_;
}

bool AwsCredentialSource::Drop(const AwsCredentials& refused) {
  if (static_) {
    return false;
  }
  const std::lock_guard lock(mutex_);
  if (role_ == refused) {
    role_.reset();
  }
  return true;
}

}  // namespace scv::memo
