#include "control/group_read_policy.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>
#include <string>

#include "control/scaling_metric.h"

namespace scv::control {
namespace {

namespace json = boost::json;

constexpr double kMostSeconds = 10.0 * 366 * 86'400;

// The name in ".../targetgroup/NAME/ID", if it is one of the group's.
std::string TargetGroupIn(std::string_view text, const GroupDesired& group) {
  constexpr std::string_view kMark = "targetgroup/";
  const auto mark = text.find(kMark);
  if (mark == std::string_view::npos) return "";
  auto name = text.substr(mark + kMark.size());
  name = name.substr(0, name.find('/'));
  const bool known = std::any_of(group.targets.begin(), group.targets.end(),
                                 [&](const auto& target) { return target.name == name; });
  return known ? std::string(name) : "";
}

void ReadTracking(const json::object& attributes, const GroupDesired& group,
                  ScalingPolicy& policy) {
  const auto* block = aws::Block(attributes, "target_tracking_configuration");
  if (block == nullptr) {
    policy.ignored = "it has no target_tracking_configuration";
    return;
  }
  policy.tracking.target = Number(*block, "target_value").value_or(0);
  policy.tracking.disable_scale_in = aws::Boolean(*block, "disable_scale_in");
  const auto* metric = aws::Block(*block, "predefined_metric_specification");
  if (metric == nullptr) {
    policy.ignored = "the lab does not measure customized metrics";
    return;
  }
  const auto type = aws::String(*metric, "predefined_metric_type");
  if (type == "ASGAverageCPUUtilization") {
    policy.tracking.metric = kCpuUtilization;
  } else if (type == "ALBRequestCountPerTarget") {
    const auto label = aws::String(*metric, "resource_label");
    const auto name = TargetGroupIn(label, group);
    if (name.empty()) {
      policy.ignored = "resource_label names no target group of this auto scaling group";
      return;
    }
    policy.tracking.metric = MetricKey(kRequestCount, name);
    policy.tracking.per_target = true;
  } else {
    policy.ignored = "the lab does not measure " + type;
  }
  if (policy.ignored.empty() && policy.tracking.target <= 0) {
    policy.ignored = "target_value is not positive";
  }
}

void ReadSteps(const json::object& attributes, ScalingPolicy& policy) {
  for (const auto* block : aws::Blocks(attributes, "step_adjustment")) {
    policy.steps.push_back(
        {.lower = Number(*block, "metric_interval_lower_bound"),
         .upper = Number(*block, "metric_interval_upper_bound"),
         .adjustment = static_cast<int>(aws::Integer(*block, "scaling_adjustment"))});
  }
}

std::string Dimension(const json::object& attributes, std::string_view name) {
  const auto* dimensions = aws::Block(attributes, "dimensions");
  return dimensions == nullptr ? "" : aws::String(*dimensions, name);
}

// The key of MetricHistory; "" with the reason in `ignored`.
std::string MetricOf(const json::object& attributes, const GroupDesired& group,
                     std::string& ignored) {
  const auto space = aws::String(attributes, "namespace");
  const auto metric = aws::String(attributes, "metric_name");
  if (space == "AWS/EC2" || space == "AWS/AutoScaling") {
    const bool own = Dimension(attributes, "AutoScalingGroupName") == group.key.name;
    const bool known = space == "AWS/EC2" ? metric == kCpuUtilization
                                          : metric == kInService || metric == kDesiredCapacity;
    if (own && known) return metric;
  }
  if (space == "AWS/ApplicationELB") {
    const auto name = TargetGroupIn(Dimension(attributes, "TargetGroup"), group);
    for (const auto known :
         {kRequestCount, kRequestsPerTarget, kTarget5xx, kHealthyHosts, kUnhealthyHosts}) {
      if (!name.empty() && metric == known) return MetricKey(metric, name);
    }
  }
  ignored = "the lab does not measure " + space + " " + metric + " with these dimensions";
  return "";
}

int Clamped(const json::object& attributes, std::string_view name, int otherwise, int most) {
  return static_cast<int>(
      std::clamp<std::int64_t>(aws::Integer(attributes, name, otherwise), 1, most));
}

}  // namespace

std::optional<double> Number(const json::object& attributes, std::string_view name) {
  const auto* value = attributes.if_contains(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_double()) return value->get_double();
  if (value->is_int64()) return static_cast<double>(value->get_int64());
  if (value->is_uint64()) return static_cast<double>(value->get_uint64());
  if (!value->is_string()) return std::nullopt;
  const auto& text = value->get_string();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<Millis> Seconds(const json::object& attributes, std::string_view name) {
  const auto number = Number(attributes, name);
  if (!number) return std::nullopt;
  return static_cast<Millis>(std::clamp(*number, 0.0, kMostSeconds) * 1'000);
}

ScalingPolicy ReadPolicy(const aws::Resource& resource, const GroupDesired& group) {
  const auto& attributes = resource.attributes;
  ScalingPolicy policy;
  policy.name = aws::String(attributes, "name");
  policy.arn = aws::String(attributes, "arn");
  policy.enabled = aws::Boolean(attributes, "enabled", true);
  policy.adjustment = static_cast<int>(aws::Integer(attributes, "scaling_adjustment"));
  policy.minimum_magnitude = static_cast<int>(
      std::max<std::int64_t>(aws::Integer(attributes, "min_adjustment_magnitude"), 0));
  policy.cooldown = Seconds(attributes, "cooldown");
  policy.warmup = Seconds(attributes, "estimated_instance_warmup");
  const auto type = aws::String(attributes, "policy_type");
  if (type == "TargetTrackingScaling") {
    policy.kind = PolicyKind::kTargetTracking;
    ReadTracking(attributes, group, policy);
    return policy;
  }
  if (type == "PredictiveScaling") {
    policy.ignored = "the lab does not forecast";
    return policy;
  }
  const auto adjustment = ParseAdjustmentType(aws::String(attributes, "adjustment_type"));
  if (!adjustment) policy.ignored = "adjustment_type is missing or unknown";
  policy.adjustment_type = adjustment.value_or(AdjustmentType::kChange);
  policy.kind = type == "StepScaling" ? PolicyKind::kStep : PolicyKind::kSimple;
  ReadSteps(attributes, policy);
  return policy;
}

AlarmRule ReadAlarm(const aws::Resource& resource, const GroupDesired& group) {
  const auto& attributes = resource.attributes;
  AlarmRule rule;
  rule.name = aws::String(attributes, "alarm_name");
  rule.arn = aws::String(attributes, "arn");
  rule.metric = MetricOf(attributes, group, rule.ignored);
  rule.statistic = aws::String(attributes, "statistic");
  if (rule.statistic.empty()) rule.ignored = "the lab has no percentiles and no metric math";
  const auto comparison = ParseComparison(aws::String(attributes, "comparison_operator"));
  if (!comparison) rule.ignored = "the lab has no anomaly detection";
  rule.comparison = comparison.value_or(Comparison::kGreaterOrEqual);
  rule.threshold = Number(attributes, "threshold").value_or(0);
  rule.period = Clamped(attributes, "period", 60, 86'400) * Millis{1'000};
  rule.evaluation_periods = Clamped(attributes, "evaluation_periods", 1, 1'440);
  rule.datapoints_to_alarm =
      Clamped(attributes, "datapoints_to_alarm", rule.evaluation_periods, rule.evaluation_periods);
  // Terraform's state has 0 where datapoints_to_alarm is not set.
  if (aws::Integer(attributes, "datapoints_to_alarm") == 0) {
    rule.datapoints_to_alarm = rule.evaluation_periods;
  }
  rule.missing_data = ParseMissingData(aws::String(attributes, "treat_missing_data"));
  rule.actions_enabled = aws::Boolean(attributes, "actions_enabled", true);
  rule.actions = aws::Strings(attributes, "alarm_actions");
  return rule;
}

}  // namespace scv::control
