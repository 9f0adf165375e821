// CloudWatch metric alarms: their definition and how their state follows from data points.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
#ifndef SCV_CONTROL_ALARM_H_
#define SCV_CONTROL_ALARM_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace scv::control {

enum class AlarmState { kInsufficientData, kOk, kAlarm };
std::string_view Name(AlarmState state);  // "INSUFFICIENT_DATA", "OK", "ALARM"
std::optional<AlarmState> ParseAlarmState(std::string_view name);

enum class Comparison { kGreaterOrEqual, kGreater, kLess, kLessOrEqual };
// CloudWatch's names, "GreaterThanOrEqualToThreshold" and so on.
std::optional<Comparison> ParseComparison(std::string_view name);
bool Breaches(Comparison comparison, double value, double threshold);

enum class MissingData { kMissing, kIgnore, kBreaching, kNotBreaching };
MissingData ParseMissingData(std::string_view name);  // anything unknown: kMissing, the default

struct AlarmRule {
  std::string name, arn;
  std::string metric;   // key of MetricHistory; "": not measured in the lab, see `ignored`
  std::string ignored;  // why nothing feeds this alarm; "": it is fed
  std::string statistic = "Average";  // Average, Sum, Minimum, Maximum, SampleCount
  Comparison comparison = Comparison::kGreaterOrEqual;
  double threshold = 0;
  Millis period = 60'000;  // as written in the HCL
  int evaluation_periods = 1;
  int datapoints_to_alarm = 1;
  MissingData missing_data = MissingData::kMissing;
  bool actions_enabled = true;
  std::vector<std::string> actions;  // ARNs of what ALARM triggers
  bool operator==(const AlarmRule&) const = default;
};

// How many data points EvaluateAlarm looks at: more than the evaluation periods, so that late ones
// are bridged. CloudWatch does not say how many more; its examples have two.
int EvaluationRange(const AlarmRule& rule);

// `points`: the last EvaluationRange(rule) data points, oldest first, nullopt where one is missing.
AlarmState EvaluateAlarm(const AlarmRule& rule, std::span<const std::optional<double>> points,
                         AlarmState before);

}  // namespace scv::control

#endif  // SCV_CONTROL_ALARM_H_
