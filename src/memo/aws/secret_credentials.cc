#include "memo/aws/secret_credentials.h"

#include <utility>

namespace scv::memo {
namespace {

// Past `read_max`, for the reading thread to be scheduled and to notice its deadline.
constexpr std::chrono::milliseconds kGrace{1500};

}  // namespace

SecretCredentials::SecretCredentials(Read read, Options options, OnRead on_read)
    : read_(std::move(read)),
      options_(options),
      on_read_(std::move(on_read)),
      reader_([this](const std::stop_token& stop) { ReadOnDemand(stop); }) {}

SecretCredentials::~SecretCredentials() = default;

bool SecretCredentials::IsDue(Clock::time_point now) const {
  if (readings_ == 0) {
    return true;
  }
  const auto age = now - started_at_;
  if (!kept_) {
    return age >= options_.read_every_min;
  }
  return age >= (last_error_ ? options_.retry_every : options_.reread_every);
}

Result<DatabaseCredentials> SecretCredentials::Get(bool refresh) {
  std::unique_lock lock(mutex_);
  const auto now = Clock::now();
  const bool recent = readings_ > 0 && now - started_at_ < options_.read_every_min;
  if (!IsBusy() && !recent && (refresh || IsDue(now))) {
    requested_ = true;
    wake_.notify_one();
  }
  if (!refresh && kept_) {
    return *kept_;
  }
  const auto settled = [this, before = readings_] { return !IsBusy() || readings_ != before; };
  if (!done_.wait_until(lock, now + options_.read_max + kGrace, settled)) {
    return Fail(ErrorKind::kTimeout, "the database secret was not read in time");
  }
  if (last_error_) {
    return std::unexpected(*last_error_);
  }
  return *kept_;
}

void SecretCredentials::ReadOnDemand(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (wake_.wait(lock, stop, [this] { return requested_; })) {
    requested_ = false;
    reading_ = true;
    started_at_ = Clock::now();
    lock.unlock();
    auto result = ReadNow(stop);
    lock.lock();
    reading_ = false;
    ++readings_;
    last_error_.reset();
    if (result) {
      kept_ = std::move(*result);
    } else {
      last_error_ = std::move(result).error();
    }
    done_.notify_all();
  }
}

Result<DatabaseCredentials> SecretCredentials::ReadNow(const std::stop_token& stop) {
  Reading reading;
  const auto value = read_(CallLimits::Within(options_.read_max, stop));
  auto credentials = value ? ParseDatabaseSecret(value->document.Reveal())
                           : Result<DatabaseCredentials>(std::unexpected(value.error()));
  if (credentials) {
    const std::lock_guard lock(mutex_);
    reading.version_id = value->version_id;
    reading.changed = kept_ != *credentials;
  } else {
    reading.error = credentials.error();
  }
  if (on_read_ && !stop.stop_requested()) {
    on_read_(reading);
  }
  return credentials;
}

std::unique_ptr<SecretCredentials> MakeSecretCredentials(AwsEnvironment environment,
                                                         std::string secret_id,
                                                         SecretCredentials::Options options,
                                                         SecretCredentials::OnRead on_read) {
  auto metadata = std::make_shared<InstanceMetadata>(environment);
  auto manager = std::make_shared<SecretsManager>(std::move(environment), std::move(metadata));
  auto read = [manager, id = std::move(secret_id)](const CallLimits& limits) {
    return manager->GetSecretValue(id, limits);
  };
  return std::make_unique<SecretCredentials>(std::move(read), options, std::move(on_read));
}

}  // namespace scv::memo
