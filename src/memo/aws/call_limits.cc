#include "memo/aws/call_limits.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>

namespace scv::memo {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPauseMax{2000};

milliseconds Jitter(milliseconds pause_max) {
  thread_local std::minstd_rand engine(std::random_device{}());
  return milliseconds(
      std::uniform_int_distribution<milliseconds::rep>(0, pause_max.count())(engine));
}

// False when stopped before `time` was over.
bool Pause(milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

milliseconds CallLimits::Remaining() const {
  if (stop.stop_requested()) {
    return milliseconds(0);
  }
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
  return std::max(left, milliseconds(0));
}

bool Backoff::Next(const CallLimits& limits) {
  if (attempts_left_-- <= 0) {
    return false;
  }
  const milliseconds pause = Jitter(pause_max_);
  pause_max_ = std::min(pause_max_ * 2, kPauseMax);
  return pause < limits.Remaining() && Pause(pause, limits.stop);
}

}  // namespace scv::memo
