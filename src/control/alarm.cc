#include "control/alarm.h"

#include <algorithm>
#include <array>
#include <utility>

namespace scv::control {
namespace {

constexpr std::array<std::pair<std::string_view, Comparison>, 4> kComparisons{{
    {"GreaterThanOrEqualToThreshold", Comparison::kGreaterOrEqual},
    {"GreaterThanThreshold", Comparison::kGreater},
    {"LessThanThreshold", Comparison::kLess},
    {"LessThanOrEqualToThreshold", Comparison::kLessOrEqual},
}};

struct Tally {
  int present = 0, breaching = 0;
};

// Of the newest `most` points that are not missing.
Tally CountNewest(const AlarmRule& rule, std::span<const std::optional<double>> points, int most) {
  Tally tally;
  for (auto it = points.rbegin(); it != points.rend() && tally.present < most; ++it) {
    if (!it->has_value()) continue;
    ++tally.present;
    if (Breaches(rule.comparison, **it, rule.threshold)) ++tally.breaching;
  }
  return tally;
}

// The age, in data points, of the oldest breaching one with nothing but breaching or missing ones
// after it; 0: the newest point that is there does not breach.
int BreachingSince(const AlarmRule& rule, std::span<const std::optional<double>> points) {
  int age = 0, oldest = 0;
  for (auto it = points.rbegin(); it != points.rend(); ++it) {
    ++age;
    if (!it->has_value()) continue;
    if (!Breaches(rule.comparison, **it, rule.threshold)) break;
    oldest = age;
  }
  return oldest;
}

AlarmState StateOf(bool alarm) { return alarm ? AlarmState::kAlarm : AlarmState::kOk; }

// Fewer points than evaluation periods are there; missing ones are no points at all.
AlarmState EvaluateFew(const AlarmRule& rule, std::span<const std::optional<double>> points,
                       const Tally& tally, AlarmState before) {
  if (tally.breaching >= rule.datapoints_to_alarm) return AlarmState::kAlarm;
  if (tally.present > tally.breaching) return AlarmState::kOk;
  // All that is there breaches. Too young to be an alarm: late data may still turn it.
  return BreachingSince(rule, points) >= rule.datapoints_to_alarm ? AlarmState::kAlarm : before;
}

}  // namespace

std::string_view Name(AlarmState state) {
  switch (state) {
    case AlarmState::kInsufficientData:
      return "INSUFFICIENT_DATA";
    case AlarmState::kOk:
      return "OK";
    case AlarmState::kAlarm:
      return "ALARM";
  }
  return "?";
}

std::optional<AlarmState> ParseAlarmState(std::string_view name) {
  for (const auto state : {AlarmState::kInsufficientData, AlarmState::kOk, AlarmState::kAlarm}) {
    if (name == Name(state)) return state;
  }
  return std::nullopt;
}

std::optional<Comparison> ParseComparison(std::string_view name) {
  for (const auto& [text, comparison] : kComparisons) {
    if (text == name) return comparison;
  }
  return std::nullopt;
}

bool Breaches(Comparison comparison, double value, double threshold) {
  switch (comparison) {
    case Comparison::kGreaterOrEqual:
      return value >= threshold;
    case Comparison::kGreater:
      return value > threshold;
    case Comparison::kLess:
      return value < threshold;
    case Comparison::kLessOrEqual:
      return value <= threshold;
  }
  return false;
}

MissingData ParseMissingData(std::string_view name) {
  if (name == "ignore") return MissingData::kIgnore;
  if (name == "breaching") return MissingData::kBreaching;
  if (name == "notBreaching") return MissingData::kNotBreaching;
  return MissingData::kMissing;
}

int EvaluationRange(const AlarmRule& rule) { return rule.evaluation_periods + 2; }

AlarmState EvaluateAlarm(const AlarmRule& rule, std::span<const std::optional<double>> points,
                         AlarmState before) {
  const Tally tally = CountNewest(rule, points, rule.evaluation_periods);
  const int missing = rule.evaluation_periods - tally.present;
  if (missing <= 0) return StateOf(tally.breaching >= rule.datapoints_to_alarm);
  switch (rule.missing_data) {
    case MissingData::kBreaching:
      return StateOf(tally.breaching + missing >= rule.datapoints_to_alarm);
    case MissingData::kNotBreaching:
      return StateOf(tally.breaching >= rule.datapoints_to_alarm);
    case MissingData::kIgnore:
      if (tally.breaching >= rule.datapoints_to_alarm) return AlarmState::kAlarm;
      return tally.present > tally.breaching ? AlarmState::kOk : before;
    case MissingData::kMissing:
      if (tally.present == 0) return AlarmState::kInsufficientData;
      return EvaluateFew(rule, points, tally, before);
  }
  return before;
}

}  // namespace scv::control
