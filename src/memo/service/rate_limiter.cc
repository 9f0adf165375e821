#include "memo/service/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace scv::memo {

void RateLimiter::Refill(Bucket& bucket, Millis now) const {
  // A clock that was set back gives nothing and takes nothing.
  const double seconds = static_cast<double>(std::max<Millis>(now - bucket.at, 0)) / 1000.0;
  bucket.left = std::min(options_.burst, bucket.left + seconds * options_.per_second);
  bucket.at = now;
}

Millis RateLimiter::WaitFor(std::string_view key, Millis now) {
  const auto found = buckets_.find(key);
  if (found == buckets_.end()) return 0;
  Bucket& bucket = *found->second;
  Refill(bucket, now);
  if (bucket.left >= 1) return 0;
  return static_cast<Millis>(std::ceil((1 - bucket.left) / options_.per_second * 1000));
}

void RateLimiter::Fail(std::string_view key, Millis now) {
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= options_.keys_max) {
      buckets_.erase(order_.back().key);
      order_.pop_back();
    }
    order_.push_front(Bucket{std::string(key), options_.burst, now});
    found = buckets_.emplace(order_.front().key, order_.begin()).first;
  } else {
    order_.splice(order_.begin(), order_, found->second);
  }
  Bucket& bucket = *found->second;
  Refill(bucket, now);
  bucket.left = std::max(0.0, bucket.left - 1);
}

}  // namespace scv::memo
