#include "world/linux/part_executor.h"

#include <utility>

namespace scv::world {

PartExecutor::PartExecutor(int threads) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { Work(stop); });
  }
}

PartExecutor::~PartExecutor() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

void PartExecutor::Run(const lab::PartKey& key, std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    auto [queue, first] = waiting_.try_emplace(key);
    queue->second.push_back(std::move(job));
    if (!first) return;
    ready_.push_back(key);
  }
  ready_changed_.notify_one();
}

void PartExecutor::Work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!ready_changed_.wait(lock, stop, [this] { return !ready_.empty(); })) return;
    if (stop.stop_requested()) return;
    const lab::PartKey key = std::move(ready_.front());
    ready_.pop_front();
    auto& queue = waiting_[key];
    auto job = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
    if (waiting_[key].empty()) {
      waiting_.erase(key);
    } else {
      ready_.push_back(key);
      ready_changed_.notify_one();
    }
  }
}

}  // namespace scv::world
