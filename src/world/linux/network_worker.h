// One thread that does the networks' work, in order: libnftables is not thread-safe, and a thread
// that enters namespaces should do nothing else.
#ifndef SCV_WORLD_LINUX_NETWORK_WORKER_H_
#define SCV_WORLD_LINUX_NETWORK_WORKER_H_

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "base/result.h"

namespace scv::world {

class NetworkWorker {
 public:
  NetworkWorker() : thread_([this] { Work(); }) {}
  NetworkWorker(const NetworkWorker&) = delete;
  NetworkWorker& operator=(const NetworkWorker&) = delete;
  ~NetworkWorker();  // what was handed over is done first

  // Hands `work` (which gives a Result) over and waits for it. What it waits for itself has
  // deadlines (netlink.h), and so has this. Thread-safe; not from within `work`.
  template <typename Work>
  auto Run(Work work) -> decltype(work()) {
    std::promise<decltype(work())> promise;
    Hand([&] { promise.set_value(Guarded(work)); });
    return promise.get_future().get();
  }

 private:
  template <typename Work>
  static auto Guarded(Work& work) -> decltype(work()) {
    try {
      return work();
    } catch (const std::exception& problem) {
      return Fail(ErrorKind::kInternal, std::string("the lab's networks: ") + problem.what());
    }
  }

  void Hand(std::function<void()> work);
  void Work();

  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> queue_;  // at most one per calling thread
  bool ending_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_WORKER_H_
