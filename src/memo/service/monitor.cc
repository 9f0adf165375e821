#include "memo/service/monitor.h"

#include <sodium.h>

#include "memo/domain/memo_limits.h"

namespace scv::memo {
namespace {

constexpr std::chrono::milliseconds kOpenTimeout{3000};
constexpr std::chrono::seconds kMigrateTimeout{60};
constexpr std::chrono::milliseconds kBringUpPause{100};
constexpr std::chrono::milliseconds kWhileNotReady{100};
constexpr std::chrono::seconds kKeysEvery{10};
constexpr std::chrono::seconds kKeysAtMostEvery{1};
constexpr std::chrono::seconds kExpireEvery{60};
constexpr std::uint32_t kExpireLimit = 500;
constexpr std::size_t kWaitersMax = 1024;

// What readiness tells the public: no host name, no error text of the database.
std::string PublicWord(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kReadOnly:
      return "read-only";
    case ErrorKind::kDenied:
      return "credentials refused";
    case ErrorKind::kConflict:
      return "schema version differs";
    default:
      return "unreachable";
  }
}

}  // namespace

std::shared_ptr<const Keyring> SharedKeyring::Get() const {
  std::lock_guard lock(mutex_);
  return keys_;
}

void SharedKeyring::Set(std::shared_ptr<const Keyring> keys) {
  std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
}

Monitor::Monitor(Store& store, Gate& gate, SharedKeyring& keys, Options options)
    : store_(store), gate_(gate), keys_(keys), options_(std::move(options)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

Monitor::~Monitor() {
  thread_.request_stop();
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  const Error stopping{ErrorKind::kUnavailable, "the service is stopping"};
  AnswerWaiters(&stopping);
}

Readiness Monitor::readiness() const {
  std::lock_guard lock(mutex_);
  return readiness_;
}

void Monitor::ReloadKeys(std::shared_ptr<KeyReloadJob> job, Home& home) {
  home.Expect(job);
  std::unique_lock lock(mutex_);
  if (waiters_.size() < kWaitersMax) {
    waiters_.push_back({std::move(job), &home});
    wake_.notify_all();
    return;
  }
  lock.unlock();
  std::vector<Home::Done> done;
  done.push_back({std::move(job), Error{ErrorKind::kOverloaded, "too many unknown keys at once"}});
  home.Deliver(std::move(done));
}

void Monitor::Run(const std::stop_token& stop) {
  auto pause = kBringUpPause;
  while (!stop.stop_requested()) {
    auto up = BringUp(stop);
    if (up) break;
    Publish({PublicWord(up.error()), "unknown"}, &up.error());
    // They would cut every pause short for as long as the database is out of reach.
    AnswerWaiters(&up.error());
    if (up.error().kind == ErrorKind::kConflict) {
      if (options_.on_fatal) options_.on_fatal(up.error());
      return;
    }
    if (!Sleep(stop, pause)) return;
    pause = std::min(pause * 2, std::chrono::milliseconds(1000));
  }
  while (!stop.stop_requested()) {
    Look();
    // Whoever sends traffic elsewhere asks this: a failover that took 100 ms must not look like one
    // of a second.
    const bool ready = readiness().database == "ok";
    const auto interval = options_.check_interval;
    if (!Sleep(stop, ready ? interval : std::min(interval, kWhileNotReady))) return;
  }
}

Result<void> Monitor::BringUp(const std::stop_token& stop) {
  if (stop.stop_requested()) return Fail(ErrorKind::kUnavailable, "the service is stopping");
  if (options_.migrate) SCV_TRY(store_.Migrate(kMigrateTimeout));
  SCV_ASSIGN(session_, store_.Open(kOpenTimeout));
  SCV_TRY(session_->Check());
  SCV_TRY(EnsureKeys(*session_));
  gate_.Open();
  Publish({"ok", "ok"}, nullptr);
  return {};
}

Result<void> Monitor::EnsureKeys(StoreSession& session) {
  SigningKey key;
  randombytes_buf(key.secret.data(), key.secret.size());
  key.created_at = WallClockMillis();
  SCV_TRY(session.AddSigningKey(key, /*only_if_none=*/true, /*retire_others_at=*/0));
  return LoadKeys(session);
}

Result<void> Monitor::LoadKeys(StoreSession& session) {
  SCV_ASSIGN(std::vector<SigningKey> keys, session.SigningKeys());
  keys_.Set(std::make_shared<Keyring>(std::move(keys)));
  std::lock_guard lock(mutex_);
  keys_loaded_ = std::chrono::steady_clock::now();
  return {};
}

void Monitor::Look() {
  const auto looked = LookInto(session_);
  if (looked) {
    AnswerWaiters(nullptr);
    Publish({"ok", "ok"}, nullptr);
    return;
  }
  session_.reset();
  AnswerWaiters(&looked.error());
  const bool schema = looked.error().kind == ErrorKind::kConflict;
  // A newer schema than ours while we run: a rolling update is under way and its first instance
  // has migrated. Schema steps are additive, so this instance serves on until it is replaced.
  if (schema) return Publish({"ok", "ok"}, &looked.error());
  Publish({PublicWord(looked.error()), "unknown"}, &looked.error());
}

Result<void> Monitor::LookInto(std::unique_ptr<StoreSession>& session) {
  if (!session) {
    SCV_ASSIGN(session, store_.Open(kOpenTimeout));
  }
  SCV_TRY(session->Check());
  const auto now = std::chrono::steady_clock::now();
  bool asked = false;
  bool due = false;
  {
    std::lock_guard lock(mutex_);
    asked = !waiters_.empty();
    due = now - keys_loaded_ >= kKeysEvery;
  }
  if (asked || due) SCV_TRY(LoadKeys(*session));
  if (!set_up_ && options_.on_ready) {
    SCV_TRY(options_.on_ready(*session));
    set_up_ = true;
  }
  if (now - expired_at_ >= kExpireEvery) {
    const Millis wall = WallClockMillis();
    SCV_ASSIGN(const std::uint64_t expired,
               session->Expire(wall - kIdempotencyRetention, wall - kTrashRetention, kExpireLimit));
    // A full page means that more may wait: go on at the next look.
    if (expired < kExpireLimit) expired_at_ = now;
  }
  return {};
}

void Monitor::AnswerWaiters(const Error* error) {
  std::vector<Waiter> waiters;
  {
    std::lock_guard lock(mutex_);
    waiters.swap(waiters_);
  }
  for (Waiter& waiter : waiters) {
    std::vector<Home::Done> done;
    done.push_back(
        {std::move(waiter.job), error != nullptr ? std::optional<Error>(*error) : std::nullopt});
    waiter.home->Deliver(std::move(done));
  }
}

void Monitor::Publish(Readiness readiness, const Error* error) {
  {
    std::lock_guard lock(mutex_);
    readiness_ = readiness;
  }
  if (options_.on_check) options_.on_check(readiness, error);
}

// False: stopping. Cut short when somebody waits for keys, once the last look at them is old
// enough: whoever sends tokens of unknown keys waits for the next look, and causes no more of them.
bool Monitor::Sleep(const std::stop_token& stop, std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  const SteadyTime end = std::chrono::steady_clock::now() + time;
  if (wake_.wait_until(lock, stop, end, [&] { return !waiters_.empty(); })) {
    wake_.wait_until(lock, stop, std::min(end, keys_loaded_ + kKeysAtMostEvery),
                     [] { return false; });
  }
  return !stop.stop_requested();
}

}  // namespace scv::memo
