#include "world/linux/network_worker.h"

#include <utility>

namespace scv::world {

NetworkWorker::~NetworkWorker() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  more_.notify_one();
  thread_.join();
}

void NetworkWorker::Hand(std::function<void()> work) {
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(work));
  }
  more_.notify_one();
}

void NetworkWorker::Work() {
  while (true) {
    std::unique_lock lock(mutex_);
    more_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
  }
}

}  // namespace scv::world
