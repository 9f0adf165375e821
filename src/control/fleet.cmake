# The fleets: auto scaling groups and what scales, refreshes and replaces their instances; included
# by CMakeLists.txt beside it.
list(APPEND SCV_CONTROL_SOURCES
  alarm.cc
  fleet.cc
  fleet_sightings.cc
  group_balance.cc
  group_decide.cc
  group_lifecycle.cc
  group_memory.cc
  group_memory_json.cc
  group_observed.cc
  group_read.cc
  group_read_policy.cc
  group_scaling.cc
  group_work.cc
  instance_choice.cc
  pace.cc
  placement.cc
  refresh.cc
  scaling_metric.cc
  scaling_policy.cc
)
list(APPEND SCV_CONTROL_TESTS
  alarm_test.cc
  fleet_test.cc
  group_decide_test.cc
  group_memory_test.cc
  group_read_test.cc
  group_scaling_test.cc
  instance_choice_test.cc
  pace_test.cc
  placement_test.cc
  refresh_test.cc
  scaling_metric_test.cc
  scaling_policy_test.cc
)
