#include "memo/service/dispatcher.h"

#include <algorithm>
#include <map>
#include <type_traits>
#include <utility>

namespace scv::memo {
namespace {

constexpr std::chrono::milliseconds kFirstPause{5};
constexpr std::chrono::milliseconds kLongestPause{200};
constexpr std::chrono::milliseconds kShortestOpen{200};
constexpr std::chrono::milliseconds kLongestOpen{3000};

std::chrono::milliseconds Left(SteadyTime deadline) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(deadline -
                                                               std::chrono::steady_clock::now());
}

}  // namespace

void Gate::Open() {
  std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

void Gate::Wake() {
  std::lock_guard lock(mutex_);
  changed_.notify_all();
}

bool Gate::WaitUntil(SteadyTime time, const std::atomic<bool>& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, time, [&] { return open_ || stop.load(); });
  return open_;
}

template <typename JobType>
Lane<JobType>::Lane(Source& source, Gate& gate, LaneOptions options, LaneObserver& observer)
    : source_(source), gate_(gate), options_(std::move(options)), observer_(observer) {
  for (std::size_t i = 0; i < options_.workers; ++i) {
    workers_.emplace_back([this] { Work(); });
  }
}

template <typename JobType>
Lane<JobType>::~Lane() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
    waiting_.notify_all();
    pausing_.notify_all();
  }
  gate_.Wake();
  workers_.clear();
  Batch left(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.end()));
  const Error stopping{ErrorKind::kUnavailable, "the service is stopping"};
  Finish(left, &stopping);
}

template <typename JobType>
void Lane<JobType>::Submit(std::shared_ptr<JobType> job, Home& home) {
  home.Expect(job);
  std::unique_lock lock(mutex_);
  const bool full =
      queue_.size() >= options_.queue_max || queue_bytes_ + job->weight > options_.queue_bytes_max;
  if (full || stop_) {
    lock.unlock();
    std::vector<Home::Done> refused;
    refused.push_back(
        {std::move(job), Error{ErrorKind::kOverloaded, "too many requests wait for the database"}});
    home.Deliver(std::move(refused));
    return;
  }
  queue_bytes_ += job->weight;
  queue_.push_back({std::move(job), &home});
  observer_.OnQueue(queue_.size());
  lock.unlock();
  waiting_.notify_one();
}

template <typename JobType>
void Lane<JobType>::Work() {
  std::unique_ptr<Session> session;
  while (true) {
    Batch batch = TakeBatch();
    if (batch.empty()) return;
    Serve(std::move(batch), session);
  }
}

// Everything that waits, up to the limit; empty: stopping.
template <typename JobType>
typename Lane<JobType>::Batch Lane<JobType>::TakeBatch() {
  std::unique_lock lock(mutex_);
  waiting_.wait(lock, [&] { return stop_ || !queue_.empty(); });
  Batch batch;
  if (stop_) return batch;
  const std::size_t count = std::min(queue_.size(), options_.batch_max);
  batch.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    queue_bytes_ -= queue_.front().job->weight;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

template <typename JobType>
bool Lane<JobType>::ShouldRetry(const Error& error) const {
  // The write is there to be confirmed, whatever the replica suffers from. Only one that is none
  // stays so.
  if (std::is_same_v<JobType, ConfirmJob>) return error.kind != ErrorKind::kConflict;
  switch (error.kind) {
    case ErrorKind::kUnavailable:
    case ErrorKind::kReadOnly:
    case ErrorKind::kDenied:
    case ErrorKind::kOverloaded:
      return true;
    case ErrorKind::kTimeout:
      return options_.retry_timeouts;
    default:
      return false;
  }
}

template <typename JobType>
void Lane<JobType>::Serve(Batch batch, std::unique_ptr<Session>& session) {
  std::optional<Error> last;
  auto pause = kFirstPause;
  while (true) {
    FinishExpired(batch, last);
    if (batch.empty()) return;
    if (stop_) {
      const Error stopping{ErrorKind::kUnavailable, "the service is stopping"};
      return Finish(batch, &stopping);
    }
    const SteadyTime latest =
        std::max_element(batch.begin(), batch.end(), [](const Item& a, const Item& b) {
          return a.job->deadline < b.job->deadline;
        })->job->deadline;
    const SteadyTime begin = std::chrono::steady_clock::now();
    Result<void> served = OpenSession(session, latest);
    if (served) served = Attempt(batch, *session);
    if (served && batch.empty()) return;
    if (served) {
      last = Error{ErrorKind::kTimeout, "the replica did not have the write within the deadline"};
    } else {
      last = served.error();
      session.reset();
      if (!ShouldRetry(*last)) return Isolate(std::move(batch), *last, session);
    }
    // The first retry is immediate in effect: a connection that died while idle costs one
    // reconnect, not a pause. Later ones back off so that a database that starts is not stormed.
    // A look that waited for the replica itself has had its pause.
    PauseUntil(served ? begin + pause : std::chrono::steady_clock::now() + pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

// The error may be one request's doing: its neighbours are served without it.
template <typename JobType>
void Lane<JobType>::Isolate(Batch batch, const Error& error, std::unique_ptr<Session>& session) {
  // A server that is no replica is none for all of them.
  if (batch.size() == 1 || std::is_same_v<JobType, ConfirmJob>) return Finish(batch, &error);
  for (Item& item : batch) {
    Batch alone;
    alone.push_back(std::move(item));
    Serve(std::move(alone), session);
  }
}

template <typename JobType>
Result<void> Lane<JobType>::OpenSession(std::unique_ptr<Session>& session, SteadyTime deadline) {
  if (session) return {};
  if (!gate_.WaitUntil(deadline, stop_)) {
    return Fail(ErrorKind::kUnavailable, "the database's schema is not ready yet");
  }
  auto opened = source_.Open(
      options_.open_timeout.value_or(std::clamp(Left(deadline), kShortestOpen, kLongestOpen)));
  observer_.OnOpen(opened ? nullptr : &opened.error());
  if (!opened) return std::unexpected(std::move(opened).error());
  session = std::move(*opened);
  return {};
}

template <typename JobType>
Result<void> Lane<JobType>::Attempt(Batch& batch, Session& session) {
  const auto begin = std::chrono::steady_clock::now();
  Result<void> result;
  if constexpr (std::is_same_v<JobType, ReadJob>) {
    std::vector<const ReadQuery*> queries;
    std::vector<ReadAnswer*> answers;
    for (const Item& item : batch) {
      item.job->answer = {};
      queries.push_back(&item.job->query);
      answers.push_back(&item.job->answer);
    }
    result = session.Read(queries, answers);
    observer_.OnBatch(batch.size(), std::chrono::steady_clock::now() - begin,
                      result ? nullptr : &result.error());
    if (result) Finish(batch, nullptr);
  } else if constexpr (std::is_same_v<JobType, ConfirmJob>) {
    const std::size_t size = batch.size();
    result = Look(batch, session);
    observer_.OnBatch(size, std::chrono::steady_clock::now() - begin,
                      result ? nullptr : &result.error());
  } else {
    std::vector<const WriteCommand*> commands;
    std::vector<WriteAnswer*> answers;
    std::vector<Error> failures(batch.size());
    for (const Item& item : batch) {
      item.job->answer = {};
      commands.push_back(&item.job->command);
      answers.push_back(&item.job->answer);
    }
    result = session.Write(commands, answers, failures);
    observer_.OnBatch(batch.size(), std::chrono::steady_clock::now() - begin,
                      result ? nullptr : &result.error());
    if (result) {
      for (std::size_t i = 0; i < batch.size(); ++i) {
        batch[i].job->refusal = std::move(failures[i]);
      }
      Finish(batch, nullptr);
    }
  }
  return result;
}

template <typename JobType>
Result<void> Lane<JobType>::Look(Batch& batch,
                                 Session& session) requires std::is_same_v<JobType, ConfirmJob> {
  std::vector<const Evidence*> evidence;
  SteadyTime latest{};
  bool old = false;
  for (const Item& item : batch) {
    ConfirmJob& job = *item.job;
    evidence.push_back(&job.evidence);
    latest = std::max(latest, job.deadline);
    // Made some time ago, it is there most likely: it does not wait for what was made just now.
    old |= !std::exchange(job.looked, true) && job.evidence.place.gtid.empty();
  }
  const auto patience = old ? std::chrono::milliseconds::zero() : Left(latest);
  SCV_ASSIGN(const std::vector<bool> found, session.Look(evidence, patience));
  Batch there;
  Batch left;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    (found[i] ? there : left).push_back(std::move(batch[i]));
  }
  batch = std::move(left);
  Finish(there, nullptr);
  return {};
}

template <typename JobType>
void Lane<JobType>::FinishExpired(Batch& batch, const std::optional<Error>& last) {
  const SteadyTime now = std::chrono::steady_clock::now();
  Batch late;
  Batch left;
  for (Item& item : batch) (item.job->deadline > now ? left : late).push_back(std::move(item));
  batch = std::move(left);
  if (late.empty()) return;
  const Error error =
      last.value_or(Error{ErrorKind::kTimeout, "the database did not answer within the deadline"});
  Finish(late, &error);
}

template <typename JobType>
void Lane<JobType>::Finish(Batch& batch, const Error* error) {
  std::map<Home*, std::vector<Home::Done>> by_home;
  for (Item& item : batch) {
    std::optional<Error> outcome;
    if (error != nullptr) outcome = *error;
    if constexpr (std::is_same_v<JobType, WriteJob>) {
      if (!outcome && !item.job->refusal.message.empty()) outcome = item.job->refusal;
    }
    by_home[item.home].push_back({std::move(item.job), std::move(outcome)});
  }
  batch.clear();
  for (auto& [home, done] : by_home) home->Deliver(std::move(done));
}

template <typename JobType>
void Lane<JobType>::PauseUntil(SteadyTime time) {
  std::unique_lock lock(mutex_);
  pausing_.wait_until(lock, time, [&] { return stop_.load(); });
}

template class Lane<ReadJob>;
template class Lane<WriteJob>;
template class Lane<ConfirmJob>;

}  // namespace scv::memo
