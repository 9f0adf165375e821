// How long the web app waits before it repeats a request (web/src/sync/backoff.ts; the two must say
// the same).
#ifndef SCV_DRILL_BACKOFF_H_
#define SCV_DRILL_BACKOFF_H_

#include <chrono>

namespace scv::drill {

// After the n-th failed try (n ≥ 1): doubling from 500 ms to 30 s, the upper half of it by chance
// (`random` in [0, 1)), and never sooner than the service asked.
std::chrono::milliseconds Backoff(int tries, std::chrono::milliseconds retry_after, double random);

}  // namespace scv::drill

#endif  // SCV_DRILL_BACKOFF_H_
