// Token buckets that count failures (RFC 6585's 429 is what comes of them). Pure: the caller tells
// the time. Not thread-safe.
#ifndef SCV_MEMO_SERVICE_RATE_LIMITER_H_
#define SCV_MEMO_SERVICE_RATE_LIMITER_H_

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace scv::memo {

class RateLimiter {
 public:
  struct Options {
    double burst = 10;              // failures in a row before the limit bites
    double per_second = 0.2;        // how fast they are forgiven
    std::size_t keys_max = 10'000;  // beyond, the least recently used key is forgotten
  };

  explicit RateLimiter(Options options) : options_(options) {}

  // Milliseconds until `key` may try again; 0: now.
  Millis WaitFor(std::string_view key, Millis now);
  void Fail(std::string_view key, Millis now);
  std::size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    std::string key;
    double left = 0;
    Millis at = 0;
  };
  using Order = std::list<Bucket>;

  void Refill(Bucket& bucket, Millis now) const;

  Options options_;
  Order order_;                                                    // most recently used first
  std::unordered_map<std::string_view, Order::iterator> buckets_;  // keys live in order_
};

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_RATE_LIMITER_H_
