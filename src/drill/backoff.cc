#include "drill/backoff.h"

#include <algorithm>
#include <cmath>

namespace scv::drill {

using std::chrono::milliseconds;

milliseconds Backoff(int tries, milliseconds retry_after, double random) {
  constexpr double kFirst = 500;
  constexpr double kMost = 30'000;
  const double ceiling = std::min(kMost, kFirst * std::pow(2, std::clamp(tries - 1, 0, 10)));
  const milliseconds wait(std::llround(ceiling * (0.5 + random / 2)));
  return std::max(retry_after, wait);
}

}  // namespace scv::drill
