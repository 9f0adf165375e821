// Asks the other region's replica every second whether it could confirm a write, on a connection
// and a thread of its own. So it is known beforehand when it cannot, and the first write after an
// outage began does not find it out by waiting.
#ifndef SCV_MEMO_SERVICE_REPLICA_PROBE_H_
#define SCV_MEMO_SERVICE_REPLICA_PROBE_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "memo/store/replica.h"

namespace scv::memo {

class ReplicaProbe {
 public:
  static constexpr std::chrono::milliseconds kEvery{1000};
  static constexpr std::chrono::milliseconds kOpenTimeout{3000};

  // `on_look` is called from the probe's thread after every look; nullptr: the replica answers, and
  // is one. `replica` outlives this.
  ReplicaProbe(Replica& replica, std::function<void(const Error*)> on_look);
  ~ReplicaProbe();  // waits for a look under way
  ReplicaProbe(const ReplicaProbe&) = delete;
  ReplicaProbe& operator=(const ReplicaProbe&) = delete;

 private:
  void Run(const std::stop_token& stop);
  Result<void> Look();

  Replica& replica_;
  const std::function<void(const Error*)> on_look_;
  std::unique_ptr<ReplicaSession> session_;  // own thread only
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_REPLICA_PROBE_H_
