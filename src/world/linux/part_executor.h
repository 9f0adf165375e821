// Carries out jobs of parts on a few threads: those of one part one after another, in the order in
// which they came; those of different parts side by side.
#ifndef SCV_WORLD_LINUX_PART_EXECUTOR_H_
#define SCV_WORLD_LINUX_PART_EXECUTOR_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "lab/parts.h"

namespace scv::world {

class PartExecutor {
 public:
  explicit PartExecutor(int threads);
  // Jobs that have begun are finished, others are dropped.
  ~PartExecutor();

  // Thread-safe; returns at once. `job` must not throw.
  void Run(const lab::PartKey& key, std::function<void()> job);

 private:
  void Work(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any ready_changed_;
  std::map<lab::PartKey, std::deque<std::function<void()>>>
      waiting_;  // a key is here while it runs
  std::deque<lab::PartKey> ready_;
  std::vector<std::jthread> threads_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_PART_EXECUTOR_H_
