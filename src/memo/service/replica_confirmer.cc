#include "memo/service/replica_confirmer.h"

#include <algorithm>
#include <utility>

#include "memo/service/log.h"

namespace scv::memo {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kOpenWithin{1000};
// Between two questions to a replica that answers; the way to another region takes longer.
constexpr milliseconds kAskAgainAfter{2};
constexpr milliseconds kTryAgainAfter{50};

}  // namespace

ReplicaConfirmer::ReplicaConfirmer(std::unique_ptr<Store> replica, std::size_t waiting_max)
    : replica_(std::move(replica)), waiting_max_(waiting_max), worker_([this] { Work(); }) {}

ReplicaConfirmer::~ReplicaConfirmer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
}

void ReplicaConfirmer::Submit(std::shared_ptr<ConfirmJob> job, Home& home) {
  home.Expect(job);
  Item item{std::move(job), &home};
  {
    const std::lock_guard lock(mutex_);
    if (!stop_ && waiting_ < waiting_max_) {
      ++waiting_;
      came_.push_back(std::move(item));
    }
  }
  if (item.job == nullptr) return changed_.notify_all();
  std::vector<Home::Done> done;
  done.push_back(
      {std::move(item.job), Error{ErrorKind::kOverloaded, "too many wait for the other region"}});
  home.Deliver(std::move(done));
}

bool ReplicaConfirmer::TakeIn(std::vector<Item>& open) {
  std::unique_lock lock(mutex_);
  if (open.empty()) changed_.wait(lock, [&] { return stop_ || !came_.empty(); });
  std::move(came_.begin(), came_.end(), std::back_inserter(open));
  came_.clear();
  return !stop_;
}

void ReplicaConfirmer::Work() {
  std::unique_ptr<StoreSession> session;
  std::vector<Item> open;
  while (TakeIn(open)) {
    const auto asked = Ask(open, session);
    if (!asked) {
      session.reset();
      if (last_error_ != asked.error().message) {
        Log(LogLevel::kWarning, "replica_unavailable", asked.error().message);
      }
      last_error_ = asked.error().message;
    } else {
      last_error_.clear();
    }
    GiveUpExpired(open);
    if (open.empty()) continue;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, asked ? kAskAgainAfter : kTryAgainAfter, [&] { return stop_; });
  }
  for (Item& item : open) {
    Finish(std::move(item), Error{ErrorKind::kUnavailable, "the service is stopping"});
  }
}

Result<void> ReplicaConfirmer::Ask(std::vector<Item>& open,
                                   std::unique_ptr<StoreSession>& session) {
  if (session == nullptr) {
    SCV_ASSIGN(session, replica_->Open(kOpenWithin));
  }
  // The oldest first; who was not asked about this time is the first next time.
  const std::size_t count = std::min(open.size(), Store::kBatchMax);
  std::vector<RecordName> records;
  for (std::size_t i = 0; i < count; ++i) records.push_back(open[i].job->record);
  SCV_ASSIGN(const auto has, session->Recorded(records));
  std::vector<Item> left(std::make_move_iterator(open.begin() + static_cast<std::ptrdiff_t>(count)),
                         std::make_move_iterator(open.end()));
  for (std::size_t i = 0; i < count; ++i) {
    if (has[i]) {
      Finish(std::move(open[i]), std::nullopt);
    } else {
      left.push_back(std::move(open[i]));
    }
  }
  open = std::move(left);
  return {};
}

void ReplicaConfirmer::GiveUpExpired(std::vector<Item>& open) {
  const auto now = steady_clock::now();
  const auto expired = std::partition(open.begin(), open.end(),
                                      [&](const Item& item) { return item.job->deadline > now; });
  for (auto item = expired; item != open.end(); ++item) {
    Finish(
        std::move(*item),
        Error{ErrorKind::kTimeout,
              last_error_.empty() ? "the other region does not have the write yet" : last_error_});
  }
  open.erase(expired, open.end());
}

void ReplicaConfirmer::Finish(Item item, std::optional<Error> error) {
  {
    const std::lock_guard lock(mutex_);
    --waiting_;
  }
  std::vector<Home::Done> done;
  done.push_back({std::move(item.job), std::move(error)});
  item.home->Deliver(std::move(done));
}

}  // namespace scv::memo
