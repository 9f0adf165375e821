// One half of a client: its outbox, or its reading. A thread each.
#ifndef SCV_DRILL_LANE_H_
#define SCV_DRILL_LANE_H_

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "drill/memo_client.h"
#include "drill/workload.h"

namespace scv::drill {

// What a client knows about its own memos. Thread-safe.
class Shelf {
 public:
  void Learn(const Sight& sight);
  void Forget(const std::string& memo);
  std::optional<Sight> Pick(std::uint64_t chance) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Sight> memos_;
};

struct Person {
  int number = 0;
  bool fresh = false;
  std::string token;
  Shelf shelf;
};

// Once stopped, `begin` says that nothing new is begun and `give_up` that nothing is repeated
// either.
struct LaneStops {
  std::stop_token begin, give_up;
};

class Lane {
 public:
  // Everything outlives it.
  Lane(const WorkloadOptions& options, Person& person, Resolver& resolver, AttemptSink sink,
       bool writes);

  void Run(const LaneStops& stops);
  MemoClient& client() { return client_; }

 private:
  struct Operation {
    Action action = Action::kGet;
    std::string key;
    Sight base;  // of an update: what it is based on; of a get: what to look at
    Request request;
  };

  Operation Choose();
  Operation Create();
  Operation Update(const Sight& base);
  Operation Read();
  void CarryOut(const Operation& operation, const LaneStops& stops);
  // One request. False: it has to be repeated.
  bool Try(const Operation& operation, int number, const LaneStops& stops,
           std::chrono::milliseconds& retry_after);
  void Learn(const Operation& operation, const Attempt& attempt);
  void Pause(const std::stop_token& stop, std::chrono::microseconds time);
  double Chance() { return std::uniform_real_distribution<>(0, 1)(random_); }

  const WorkloadOptions& options_;
  Person& person_;
  const AttemptSink sink_;
  const bool writes_;
  std::mt19937_64 random_;
  MemoClient client_;
  std::uint64_t keys_ = 0;
  std::mutex mutex_;
  std::condition_variable_any never_;
};

}  // namespace scv::drill

#endif  // SCV_DRILL_LANE_H_
