#include "control/alarm.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scv::control {
namespace {

// "0 - X": within the threshold, missing, breaching, as CloudWatch's documentation writes it.
std::vector<std::optional<double>> Points(std::string_view text) {
  std::vector<std::optional<double>> points;
  for (const char c : text) {
    if (c == '0') points.emplace_back(0);
    if (c == 'X') points.emplace_back(100);
    if (c == '-') points.emplace_back(std::nullopt);
  }
  return points;
}

struct Row {
  const char* points;
  const char* missing;
  const char* ignore;
  const char* breaching;
  const char* not_breaching;
};

void CheckRow(const Row& row, int periods, int to_alarm) {
  const auto points = Points(row.points);
  const auto check = [&](MissingData how, std::string_view wanted) {
    for (const auto before : {AlarmState::kOk, AlarmState::kAlarm}) {
      AlarmRule rule;
      rule.threshold = 50;
      rule.evaluation_periods = periods;
      rule.datapoints_to_alarm = to_alarm;
      rule.missing_data = how;
      const auto state = EvaluateAlarm(rule, points, before);
      EXPECT_EQ(Name(state), wanted == "retain" ? Name(before) : wanted)
          << row.points << " " << static_cast<int>(how);
    }
  };
  check(MissingData::kMissing, row.missing);
  check(MissingData::kIgnore, row.ignore);
  check(MissingData::kBreaching, row.breaching);
  check(MissingData::kNotBreaching, row.not_breaching);
}

// The tables of alarms-and-missing-data.html: 3 evaluation periods, 3 data points to alarm.
TEST(Alarm, MissingDataAsDocumentedForThreeOfThree) {
  CheckRow({"0-X-X", "OK", "OK", "OK", "OK"}, 3, 3);
  CheckRow({"----0", "OK", "OK", "OK", "OK"}, 3, 3);
  CheckRow({"-----", "INSUFFICIENT_DATA", "retain", "ALARM", "OK"}, 3, 3);
  CheckRow({"0XX-X", "ALARM", "ALARM", "ALARM", "ALARM"}, 3, 3);
  CheckRow({"--X--", "ALARM", "retain", "ALARM", "OK"}, 3, 3);
}

TEST(Alarm, MissingDataAsDocumentedForTwoOfThree) {
  CheckRow({"0-X-X", "ALARM", "ALARM", "ALARM", "ALARM"}, 3, 2);
  CheckRow({"00X0X", "ALARM", "ALARM", "ALARM", "ALARM"}, 3, 2);
  CheckRow({"0-X--", "OK", "OK", "ALARM", "OK"}, 3, 2);
  CheckRow({"----0", "OK", "OK", "ALARM", "OK"}, 3, 2);
  CheckRow({"---X-", "ALARM", "retain", "ALARM", "OK"}, 3, 2);
}

// One young breaching point is no alarm yet: late data may still turn it.
TEST(Alarm, DoesNotAlarmPrematurely) {
  CheckRow({"----X", "retain", "retain", "ALARM", "OK"}, 3, 3);
}

TEST(Alarm, ComparesAsNamed) {
  EXPECT_TRUE(Breaches(*ParseComparison("GreaterThanOrEqualToThreshold"), 5, 5));
  EXPECT_FALSE(Breaches(*ParseComparison("GreaterThanThreshold"), 5, 5));
  EXPECT_TRUE(Breaches(*ParseComparison("LessThanOrEqualToThreshold"), 5, 5));
  EXPECT_FALSE(Breaches(*ParseComparison("LessThanThreshold"), 5, 5));
  EXPECT_FALSE(ParseComparison("GreaterThanUpperThreshold"));
}

TEST(Alarm, NamesAreRead) {
  for (const auto state : {AlarmState::kInsufficientData, AlarmState::kOk, AlarmState::kAlarm}) {
    EXPECT_EQ(ParseAlarmState(Name(state)), state);
  }
  EXPECT_FALSE(ParseAlarmState("FINE"));
}

}  // namespace
}  // namespace scv::control
