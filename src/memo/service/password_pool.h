// Hashing and verifying passwords off the I/O threads: one worker by default, because each takes
// 19 MiB and some 20 ms of a core, and a short queue, because a queue of them is an attack.
#ifndef SCV_MEMO_SERVICE_PASSWORD_POOL_H_
#define SCV_MEMO_SERVICE_PASSWORD_POOL_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "memo/service/dispatcher.h"

namespace scv::memo {

// Hashes when `verify_against` is empty, verifies otherwise.
struct PasswordJob : Job {
  std::string password;
  std::string verify_against;
  std::string hash;      // the result of hashing
  bool matches = false;  // the result of verifying
};

class PasswordPool {
 public:
  explicit PasswordPool(std::size_t workers = 1, std::size_t queue_max = 64);
  ~PasswordPool();

  PasswordPool(const PasswordPool&) = delete;
  PasswordPool& operator=(const PasswordPool&) = delete;

  // From the home's thread; a full queue refuses with kOverloaded through on_done.
  void Submit(std::shared_ptr<PasswordJob> job, Home& home);

 private:
  struct Item {
    std::shared_ptr<PasswordJob> job;
    Home* home;
  };
  void Work();
  static std::optional<Error> Run(PasswordJob& job);
  static void Deliver(Item item, std::optional<Error> error);

  const std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable waiting_;
  std::deque<Item> queue_;
  bool stop_ = false;
  std::vector<std::jthread> workers_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_PASSWORD_POOL_H_
