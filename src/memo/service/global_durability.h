// Durability global: a write that is committed here is acknowledged only after the other region's
// replica has it. This keeps the lane that asks, what happens when it cannot say so in time, and
// the operator's view of it.
//
// The lane has workers and connections of its own: a replica that hangs holds up nobody who did not
// ask for it. Thread-safe.
#ifndef SCV_MEMO_SERVICE_GLOBAL_DURABILITY_H_
#define SCV_MEMO_SERVICE_GLOBAL_DURABILITY_H_

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

#include "memo/service/config.h"
#include "memo/service/dispatcher.h"
#include "memo/service/metrics.h"
#include "memo/service/replica_probe.h"

namespace scv::memo {

class GlobalDurability {
 public:
  // Who has heard nothing good of the replica for this long no longer waits for it: until it
  // answers again, writes are judged at once.
  static constexpr std::chrono::milliseconds kSilentAfter{2000};

  enum class Outcome {
    kConfirmed,
    kFellBack,  // not confirmed; to be answered as durable in this region, and to say so
    kFailed,    // not confirmed; not to be acknowledged
  };

  // All must outlive this.
  GlobalDurability(Replica& replica, Gate& gate, const ServeConfig& config, Metrics& metrics);
  ~GlobalDurability();

  // From the home's thread. The job's deadline becomes at most the limit from now on.
  void Submit(std::shared_ptr<ConfirmJob> job, Home& home);
  // What to do with a job that is done; counted and logged. Once per write: the time is the one
  // since `begin`.
  Outcome Judge(const std::optional<Error>& error, SteadyTime begin);

 private:
  class Observer;

  void OnProbe(const Error* error);
  bool IsSilent() const;

  const std::chrono::milliseconds limit_;
  const bool fall_back_;
  Metrics& metrics_;
  std::atomic<bool> failing_{false};
  double ready_ = -1;  // the probe's thread only; -1: not known yet
  std::unique_ptr<Observer> observer_;
  Lane<ConfirmJob> lane_;
  ReplicaProbe probe_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_GLOBAL_DURABILITY_H_
