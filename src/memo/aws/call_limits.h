// How long a call that waits on the network may take, retries and pauses between them included.
#ifndef SCV_MEMO_AWS_CALL_LIMITS_H_
#define SCV_MEMO_AWS_CALL_LIMITS_H_

#include <chrono>
#include <stop_token>
#include <utility>

namespace scv::memo {

struct CallLimits {
  using Clock = std::chrono::steady_clock;

  Clock::time_point deadline;
  std::stop_token stop;  // gives up early, within a second or so

  static CallLimits Within(std::chrono::milliseconds time, std::stop_token stop = {}) {
    return {Clock::now() + time, std::move(stop)};
  }

  // Time left, never negative; zero once stopped.
  std::chrono::milliseconds Remaining() const;
};

// Retries with exponential back-off and full jitter, so that a fleet that was refused together does
// not come back together. One object per call.
class Backoff {
 public:
  explicit Backoff(int attempts_max, std::chrono::milliseconds first_pause_max)
      : attempts_left_(attempts_max - 1), pause_max_(first_pause_max) {}

  // Pauses before the next attempt. False, at once: no attempt or no time is left.
  bool Next(const CallLimits& limits);

 private:
  int attempts_left_;
  std::chrono::milliseconds pause_max_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_AWS_CALL_LIMITS_H_
