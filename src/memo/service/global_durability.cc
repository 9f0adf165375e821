#include "memo/service/global_durability.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "memo/service/log.h"

namespace scv::memo {
namespace {

// Enough that a batch under way, a round trip between regions long, does not hold up the next.
constexpr std::size_t kWorkers = 4;
constexpr std::size_t kBatchMax = 256;
constexpr std::size_t kQueueMax = 2048;
// Several round trips between distant regions, with TLS.
constexpr std::chrono::milliseconds kOpenTimeout{3000};

LaneOptions Options(const ServeConfig& config) {
  LaneOptions options;
  options.name = "confirm";
  options.workers = kWorkers;
  options.batch_max = config.batching == "off" ? 1 : kBatchMax;
  options.queue_max = kQueueMax;
  options.open_timeout = kOpenTimeout;
  return options;
}

}  // namespace

// Passes on to the metrics, and keeps the reason of the last failure for the log: a request that
// runs into its deadline knows none.
class GlobalDurability::Observer : public LaneObserver {
 public:
  explicit Observer(LaneObserver& next) : next_(next) {}

  void OnBatch(std::size_t size, std::chrono::nanoseconds took, const Error* error) override {
    if (error == nullptr) Heard();
    Note(error);
    next_.OnBatch(size, took, error);
  }
  void OnOpen(const Error* error) override {
    Note(error);
    next_.OnOpen(error);
  }
  void OnQueue(std::size_t length) override { next_.OnQueue(length); }

  // The replica has answered, and is one.
  void Heard() { heard_ = std::chrono::steady_clock::now(); }
  SteadyTime heard() const { return heard_; }

  std::string last_reason() const {
    std::lock_guard lock(mutex_);
    return reason_;
  }

 private:
  void Note(const Error* error) {
    std::lock_guard lock(mutex_);
    reason_ = error == nullptr ? "" : error->message;
  }

  LaneObserver& next_;
  std::atomic<SteadyTime> heard_{std::chrono::steady_clock::now()};
  mutable std::mutex mutex_;
  std::string reason_;
};

GlobalDurability::GlobalDurability(Replica& replica, Gate& gate, const ServeConfig& config,
                                   Metrics& metrics)
    : limit_(config.global_timeout),
      fall_back_(config.global_fallback == "region"),
      metrics_(metrics),
      observer_(std::make_unique<Observer>(metrics.ForLane("confirm"))),
      lane_(replica, gate, Options(config), *observer_),
      probe_(replica, [this](const Error* error) { OnProbe(error); }) {}

GlobalDurability::~GlobalDurability() = default;

void GlobalDurability::OnProbe(const Error* error) {
  if (error == nullptr) observer_->Heard();
  const double ready = error == nullptr ? 1 : 0;
  if (std::exchange(ready_, ready) == ready) return;
  metrics_.global_ready().Set(ready);
  if (error == nullptr) {
    Log(LogLevel::kInfo, "replica_reached", "the other region's replica can confirm writes");
  } else {
    Log(LogLevel::kWarning, "replica_lost", error->message, {{"kind", Name(error->kind)}});
  }
}

bool GlobalDurability::IsSilent() const {
  return std::chrono::steady_clock::now() - observer_->heard() > kSilentAfter;
}

void GlobalDurability::Submit(std::shared_ptr<ConfirmJob> job, Home& home) {
  if (IsSilent()) {
    home.Expect(job);
    std::vector<Home::Done> refused;
    refused.push_back({std::move(job), Error{ErrorKind::kUnavailable,
                                             "the other region's replica cannot be asked"}});
    return home.Deliver(std::move(refused));
  }
  job->deadline = std::min(job->deadline, std::chrono::steady_clock::now() + limit_);
  lane_.Submit(std::move(job), home);
}

GlobalDurability::Outcome GlobalDurability::Judge(const std::optional<Error>& error,
                                                  SteadyTime begin) {
  const auto waited = std::chrono::steady_clock::now() - begin;
  const Outcome outcome =
      !error ? Outcome::kConfirmed : (fall_back_ ? Outcome::kFellBack : Outcome::kFailed);
  const char* const name = outcome == Outcome::kConfirmed  ? "confirmed"
                           : outcome == Outcome::kFellBack ? "fell_back"
                                                           : "failed";
  metrics_.OnGlobal(name, waited);
  // One line for each change, not for each write: an outage of the other region may last hours.
  if (failing_.exchange(error.has_value()) == error.has_value()) return outcome;
  if (!error) {
    Log(LogLevel::kInfo, "global_confirmed", "the other region's replica confirms writes again");
    return outcome;
  }
  const std::string reason = observer_->last_reason();
  Log(LogLevel::kWarning, "global_unconfirmed", reason.empty() ? error->message : reason,
      {{"kind", Name(error->kind)}, {"outcome", name}});
  return outcome;
}

}  // namespace scv::memo
