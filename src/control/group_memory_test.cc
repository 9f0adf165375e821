#include "control/group_memory.h"

#include <gtest/gtest.h>

namespace scv::control {
namespace {

GroupMemory Full() {
  GroupMemory memory;
  memory.created = true;
  memory.capacity = 3;
  memory.configured_capacity = 2;
  memory.configured_min = 1;
  memory.configured_max = 9;
  memory.configured_template = "lt-1 $Latest";
  memory.configured_triggers = "{}";
  memory.version = 4;
  memory.rolled_back = true;
  memory.capacity_lowered_at = 5;
  memory.cooldown = 6;
  memory.cooldown_until = 7;
  memory.scaled_at = 8;
  memory.rebalance_after = 9;
  memory.alarms = {{"a", AlarmState::kAlarm}, {"p/high", AlarmState::kOk}};
  memory.zones = {{"z", {.failures = 2, .last_at = 10, .until = 11, .why = "no"}}};
  memory.refresh = {.number = 1,
                    .status = RefreshStatus::kRollbackInProgress,
                    .version = 3,
                    .previous_version = 4,
                    .started_at = 12,
                    .ended_at = 0,
                    .progress_at = 13,
                    .percentage = 50,
                    .checkpoints_passed = 1,
                    .checkpoint_until = 14,
                    .failed_launches = 2,
                    .reason = "because"};
  memory.activities = {{15, "Launching a new EC2 instance", "At …"}};
  return memory;
}

TEST(GroupMemory, SurvivesTheRoundTrip) {
  const auto memory = Full();
  const auto again = ParseGroupMemory(ToJson(memory));
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(*again, memory);
  EXPECT_EQ(*ParseGroupMemory(ToJson(GroupMemory{})), GroupMemory{});
}

TEST(GroupMemory, MetricsAreNotDurable) {
  auto memory = Full();
  memory.metrics.Add("m", 1'000, 1);
  memory.evaluated_until = 1'000;
  EXPECT_TRUE(DurablyEqual(memory, Full()));
  EXPECT_EQ(*ParseGroupMemory(ToJson(memory)), Full());
  memory.capacity = 4;
  EXPECT_FALSE(DurablyEqual(memory, Full()));
}

TEST(GroupMemory, RefusesWhatItIsNot) {
  EXPECT_FALSE(ParseGroupMemory("").has_value());
  EXPECT_FALSE(ParseGroupMemory("[]").has_value());
  EXPECT_FALSE(ParseGroupMemory(R"({"refresh":{"status":"Odd"}})").has_value());
  EXPECT_FALSE(ParseGroupMemory(R"({"alarms":{"a":"Odd"}})").has_value());
}

}  // namespace
}  // namespace scv::control
