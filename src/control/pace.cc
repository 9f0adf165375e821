#include "control/pace.h"

#include <algorithm>

namespace scv::control {

Millis Pace::Scaled(Millis aws) const { return kind == PaceKind::kAws ? aws : aws / kLabFactor; }

Millis Pace::Grace(Millis aws) const {
  return kind == PaceKind::kAws ? aws : std::max<Millis>(aws / 10, 15'000);
}

Millis Pace::Drain(Millis aws) const {
  if (kind == PaceKind::kAws) return aws;
  return std::min(aws, std::max<Millis>(aws / 10, 2'000));
}

Millis Pace::LaunchBackoff(int failures) const {
  if (failures <= 1) return 0;
  const Millis first = kind == PaceKind::kAws ? 10'000 : 1'000;
  const Millis longest = kind == PaceKind::kAws ? 900'000 : 60'000;
  return std::min(first << std::min(failures - 2, 20), longest);
}

Millis Pace::LaunchFailuresForgotten() const {
  return kind == PaceKind::kAws ? 3'600'000 : 240'000;
}

Millis Pace::EarlyDeath() const { return kind == PaceKind::kAws ? 120'000 : 10'000; }

}  // namespace scv::control
