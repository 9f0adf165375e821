#include "provider/validate.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>

#include "provider/conform.h"
#include "provider/schema.h"

namespace scv::provider {
namespace {

constexpr auto kValidatedType = "aws_cloudwatch_metric_alarm";

Value AlarmConfig(const char* json) {
  return Conform(FromJson(boost::json::parse(json)), TheSchema().resources.at(kValidatedType));
}
std::string ProblemsOf(const Value& config) {
  std::string text;
  for (const auto& problem : CheckRules(*FindEntry(kValidatedType), config)) text += problem.detail;
  return text;
}

TEST(Validate, AnAlarmHasAMetricOrMathematics) {
  EXPECT_EQ(ProblemsOf(AlarmConfig(R"({"metric_name": "CPUUtilization", "statistic": "Average"})")),
            "");
  EXPECT_EQ(ProblemsOf(AlarmConfig(R"({"metric_query": [{"id": "a", "expression": "1"}]})")), "");
  EXPECT_NE(ProblemsOf(AlarmConfig("{}")).find("Exactly one of metric_name, metric_query"),
            std::string::npos);
  EXPECT_NE(ProblemsOf(AlarmConfig(R"({"metric_name": "a", "metric_query": [{"id": "a"}]})")), "");
}

TEST(Validate, ArgumentsExcludeEachOther) {
  EXPECT_NE(
      ProblemsOf(
          AlarmConfig(R"({"metric_name": "a", "statistic": "Sum", "extended_statistic": "p99"})"))
          .find("At most one of statistic, extended_statistic"),
      std::string::npos);
}

// With for_each an argument is unknown until the plan, and null then for some.
TEST(Validate, WhatIsUnknownMayBeNull) {
  auto config = AlarmConfig(R"({"metric_name": "a", "statistic": "Sum"})");
  config.At("extended_statistic") = Value(Value::Unknown{});
  EXPECT_EQ(ProblemsOf(config), "");
  config.At("metric_name") = Value(Value::Unknown{});
  EXPECT_EQ(ProblemsOf(config), "");
}

}  // namespace
}  // namespace scv::provider
