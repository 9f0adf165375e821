#include "control/scaling_policy.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace scv::control {
namespace {

// Enough for any group, and far from overflow.
constexpr double kMostCapacity = 1'000'000;

int Bounded(double capacity) { return static_cast<int>(std::clamp(capacity, 0.0, kMostCapacity)); }

double PercentChange(int percent, int minimum_magnitude, int capacity) {
  const double exact = static_cast<double>(capacity) * percent / 100.0;
  double change = std::trunc(exact);
  if (exact > 0 && exact < 1) change = 1;
  if (exact < 0 && exact > -1) change = -1;
  const double least = minimum_magnitude;
  if (percent > 0 && change < least) change = least;
  if (percent < 0 && change > -least) change = -least;
  return change;
}

}  // namespace

std::optional<AdjustmentType> ParseAdjustmentType(std::string_view name) {
  if (name == "ChangeInCapacity") return AdjustmentType::kChange;
  if (name == "ExactCapacity") return AdjustmentType::kExact;
  if (name == "PercentChangeInCapacity") return AdjustmentType::kPercent;
  return std::nullopt;
}

int Adjust(AdjustmentType type, int adjustment, int minimum_magnitude, int capacity) {
  switch (type) {
    case AdjustmentType::kExact:
      return Bounded(adjustment);
    case AdjustmentType::kChange:
      return Bounded(static_cast<double>(capacity) + adjustment);
    case AdjustmentType::kPercent:
      return Bounded(capacity + PercentChange(adjustment, minimum_magnitude, capacity));
  }
  return capacity;
}

const StepAdjustment* StepFor(const std::vector<StepAdjustment>& steps, double difference) {
  if (difference >= 0) {
    for (const auto& step : steps) {
      if (step.lower && *step.lower > difference) continue;
      if (step.upper && *step.upper <= difference) continue;
      return &step;
    }
  }
  if (difference <= 0) {
    for (const auto& step : steps) {
      if (step.lower && *step.lower >= difference) continue;
      if (step.upper && *step.upper < difference) continue;
      return &step;
    }
  }
  return nullptr;
}

int TrackedCapacity(const TargetTracking& tracking, double average, int warm) {
  if (tracking.target <= 0 || average < 0) return 0;
  const double load = tracking.per_target ? average : average * warm;
  // A hair below the next whole number is that number: 2 × 50 % over 50 % is 2, not 3.
  return Bounded(std::ceil(load / tracking.target - 1e-9));
}

}  // namespace scv::control
