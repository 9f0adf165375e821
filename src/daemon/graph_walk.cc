#include "daemon/graph_walk.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace scv::daemon {
namespace {

class Walker {
 public:
  Walker(const std::vector<WalkItem>& items, const std::function<bool()>& stopped)
      : items_(items), stopped_(stopped), waits_(items.size()), needed_by_(items.size()) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      waits_[i] = items[i].after.size();
      for (const auto other : items[i].after) needed_by_[other].push_back(i);
      if (waits_[i] == 0) ready_.push_back(i);
    }
  }

  void Work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      told_.wait(lock, [&] { return !ready_.empty() || running_ == 0; });
      if (ready_.empty() || stopped_()) break;
      const auto item = ready_.front();
      ready_.erase(ready_.begin());
      ++running_;
      lock.unlock();
      const bool good = items_[item].work();
      lock.lock();
      --running_;
      if (good) Finished(item);
      told_.notify_all();
    }
    told_.notify_all();
  }

  std::size_t succeeded() const { return succeeded_; }

 private:
  void Finished(std::size_t item) {
    ++succeeded_;
    for (const auto other : needed_by_[item]) {
      if (--waits_[other] == 0) ready_.push_back(other);
    }
  }

  const std::vector<WalkItem>& items_;
  const std::function<bool()>& stopped_;
  std::mutex mutex_;
  std::condition_variable told_;
  std::vector<std::size_t> waits_;
  std::vector<std::vector<std::size_t>> needed_by_;
  std::vector<std::size_t> ready_;
  std::size_t running_ = 0, succeeded_ = 0;
};

}  // namespace

std::size_t Walk(const std::vector<WalkItem>& items, std::size_t threads_max,
                 const std::function<bool()>& stopped) {
  Walker walker(items, stopped);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(threads_max, items.size()); ++i) {
      threads.emplace_back([&] { walker.Work(); });
    }
  }
  return items.size() - walker.succeeded();
}

}  // namespace scv::daemon
