#include "memo/service/password_pool.h"

#include "memo/service/password.h"

namespace scv::memo {

PasswordPool::PasswordPool(std::size_t workers, std::size_t queue_max) : queue_max_(queue_max) {
  for (std::size_t i = 0; i < workers; ++i) workers_.emplace_back([this] { Work(); });
}

PasswordPool::~PasswordPool() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
    waiting_.notify_all();
  }
  workers_.clear();
  for (Item& item : queue_) {
    Deliver(std::move(item), Error{ErrorKind::kUnavailable, "the service is stopping"});
  }
}

void PasswordPool::Submit(std::shared_ptr<PasswordJob> job, Home& home) {
  home.Expect(job);
  std::unique_lock lock(mutex_);
  if (stop_ || queue_.size() >= queue_max_) {
    lock.unlock();
    Deliver({std::move(job), &home},
            Error{ErrorKind::kOverloaded, "too many passwords wait to be checked"});
    return;
  }
  queue_.push_back({std::move(job), &home});
  lock.unlock();
  waiting_.notify_one();
}

void PasswordPool::Work() {
  while (true) {
    std::unique_lock lock(mutex_);
    waiting_.wait(lock, [&] { return stop_ || !queue_.empty(); });
    if (stop_) return;
    Item item = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    auto error = Run(*item.job);
    Deliver(std::move(item), std::move(error));
  }
}

std::optional<Error> PasswordPool::Run(PasswordJob& job) {
  // Whoever asked has been answered already: the work would be for nobody.
  if (std::chrono::steady_clock::now() > job.deadline) {
    return Error{ErrorKind::kTimeout, "too many passwords wait to be checked"};
  }
  if (!job.verify_against.empty()) {
    job.matches = VerifyPassword(job.password, job.verify_against);
    return std::nullopt;
  }
  auto hash = HashPassword(job.password);
  if (!hash) return std::move(hash).error();
  job.hash = std::move(*hash);
  return std::nullopt;
}

void PasswordPool::Deliver(Item item, std::optional<Error> error) {
  std::vector<Home::Done> done;
  done.push_back({std::move(item.job), std::move(error)});
  item.home->Deliver(std::move(done));
}

}  // namespace scv::memo
