#include "control/group_read.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace scv::control {
namespace {

constexpr const char* kRegion = "ap-northeast-2";
constexpr const char* kTargetGroup =
    "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/was/0123456789abcdef";

void Put(aws::DesiredState& state, const char* type, const char* id, const std::string& json) {
  aws::Resource resource;
  resource.key.region = kRegion;
  resource.key.type = type;
  resource.key.id = id;
  resource.attributes = boost::json::parse(json).as_object();
  state.Put(std::move(resource));
}

aws::DesiredState Account() {
  aws::DesiredState state;
  Put(state, "aws_subnet", "subnet-1",
      R"({"vpc_id":"vpc-1","availability_zone":"ap-northeast-2a"})");
  Put(state, "aws_subnet", "subnet-2",
      R"({"vpc_id":"vpc-1","availability_zone":"ap-northeast-2c"})");
  Put(state, "aws_launch_template", "lt-1",
      R"({"name":"was","latest_version":4,"default_version":2})");
  Put(state, "aws_lb_target_group", kTargetGroup, R"({"name":"was","deregistration_delay":"30"})");
  Put(state, "aws_lb_listener", "arn:listener",
      std::string(R"({"default_action":[{"type":"forward","target_group_arn":")") + kTargetGroup +
          R"("}]})");
  Put(state, "aws_autoscaling_group", "was", std::string(R"({
    "arn":"arn:asg","name":"was","min_size":2,"max_size":6,"desired_capacity":3,
    "vpc_zone_identifier":["subnet-2","subnet-1","subnet-gone"],
    "target_group_arns":[")") + kTargetGroup + R"("],
    "health_check_type":"ELB","health_check_grace_period":90,"default_cooldown":120,
    "default_instance_warmup":60,"termination_policies":["OldestInstance"],
    "suspended_processes":["AZRebalance"],"wait_for_elb_capacity":2,
    "wait_for_capacity_timeout":"10m","max_instance_lifetime":0,
    "launch_template":[{"id":"lt-1","name":"was","version":"3"}],
    "tag":[{"key":"a","value":"b","propagate_at_launch":true}],
    "instance_maintenance_policy":[{"min_healthy_percentage":100,"max_healthy_percentage":150}],
    "instance_refresh":[{"strategy":"Rolling","triggers":["tag"],"preferences":[{
      "min_healthy_percentage":50,"max_healthy_percentage":120,"instance_warmup":"30",
      "checkpoint_delay":"60","checkpoint_percentages":[50,100],"auto_rollback":true,
      "skip_matching":true,"alarm_specification":[{"alarms":["errors"]}]}]}]
  })");
  return state;
}

TEST(ReadGroup, ReadsTerraformsAttributes) {
  const auto state = Account();
  const auto groups = ReadGroups(state);
  ASSERT_EQ(groups.size(), 1u);
  const auto& group = groups[0];
  EXPECT_EQ(group, ReadGroup(state, *state.Find(kRegion, "aws_autoscaling_group", "was")));
  EXPECT_EQ(group.key, (GroupKey{kRegion, "was"}));
  EXPECT_EQ(group.min_size, 2);
  EXPECT_EQ(group.max_size, 6);
  EXPECT_EQ(group.desired_capacity, 3);
  ASSERT_EQ(group.subnets.size(), 2u);
  EXPECT_EQ(group.subnets[0], (GroupSubnet{"subnet-1", "ap-northeast-2a"}));
  EXPECT_EQ(group.vpc_id, "vpc-1");
  EXPECT_EQ(group.wanted_version, 3);
  EXPECT_EQ(group.latest_version, 4);
  EXPECT_TRUE(group.elb_health);
  EXPECT_EQ(group.grace, 90'000);
  EXPECT_EQ(group.Warmup(), 60'000);
  ASSERT_EQ(group.targets.size(), 1u);
  EXPECT_TRUE(group.targets[0].attached);
  EXPECT_EQ(group.targets[0].deregistration_delay, 30'000);
  EXPECT_TRUE(group.Suspended("AZRebalance"));
  EXPECT_EQ(group.wait_for_elb_capacity, 2);
  EXPECT_FALSE(group.max_instance_lifetime);
  EXPECT_EQ(group.maintenance_max_percentage, 150);
}

TEST(ReadGroup, ReadsTheRefreshPreferences) {
  const auto group = ReadGroups(Account()).at(0);
  EXPECT_TRUE(group.refresh_on_change);
  EXPECT_NE(group.refresh_triggers.find("tag="), std::string::npos);
  EXPECT_EQ(group.refresh.min_healthy_percentage, 50);
  EXPECT_EQ(group.refresh.max_healthy_percentage, 120);
  EXPECT_EQ(group.refresh.instance_warmup, 30'000);
  EXPECT_EQ(group.refresh.checkpoint_delay, 60'000);
  EXPECT_EQ(group.refresh.checkpoint_percentages, (std::vector<int>{50, 100}));
  EXPECT_TRUE(group.refresh.auto_rollback);
  EXPECT_TRUE(group.refresh.skip_matching);
  EXPECT_EQ(group.refresh.alarms, std::vector<std::string>{"errors"});
}

TEST(ReadGroup, FollowsVersions) {
  for (const auto& [written, version] : std::vector<std::pair<std::string, int>>{
           {"$Latest", 4}, {"$Default", 2}, {"", 2}, {"4", 4}, {"5", 0}, {"0", 0}, {"x", 0}}) {
    auto state = Account();
    auto group = *state.Find(kRegion, "aws_autoscaling_group", "was");
    group.attributes["launch_template"] =
        boost::json::array{boost::json::object{{"name", "was"}, {"version", written}}};
    state.Put(group);
    EXPECT_EQ(ReadGroups(state).at(0).wanted_version, version) << written;
    EXPECT_EQ(ReadGroups(state).at(0).launch_template_id, "lt-1");
  }
}

TEST(ReadGroup, ReadsPoliciesWithTheirAlarms) {
  auto state = Account();
  Put(state, "aws_autoscaling_policy", "out", R"({"name":"out","arn":"arn:out",
    "autoscaling_group_name":"was","policy_type":"StepScaling",
    "adjustment_type":"PercentChangeInCapacity","min_adjustment_magnitude":2,"enabled":true,
    "estimated_instance_warmup":120,"step_adjustment":[
      {"metric_interval_lower_bound":"0","metric_interval_upper_bound":"15","scaling_adjustment":10},
      {"metric_interval_lower_bound":"15","metric_interval_upper_bound":"","scaling_adjustment":30}
    ]})");
  Put(state, "aws_cloudwatch_metric_alarm", "high", R"({"alarm_name":"high","arn":"arn:high",
    "namespace":"AWS/EC2","metric_name":"CPUUtilization","statistic":"Average","threshold":70.5,
    "comparison_operator":"GreaterThanOrEqualToThreshold","period":60,"evaluation_periods":3,
    "datapoints_to_alarm":0,"treat_missing_data":"notBreaching","alarm_actions":["arn:out"],
    "dimensions":{"AutoScalingGroupName":"was"}})");
  Put(state, "aws_cloudwatch_metric_alarm", "errors", R"({"alarm_name":"errors","arn":"arn:errors",
    "namespace":"AWS/ApplicationELB","metric_name":"HTTPCode_Target_5XX_Count","statistic":"Sum",
    "threshold":5,"comparison_operator":"GreaterThanThreshold","period":60,"evaluation_periods":1,
    "dimensions":{"TargetGroup":"targetgroup/was/0123456789abcdef"}})");
  Put(state, "aws_cloudwatch_metric_alarm", "other", R"({"alarm_name":"other","arn":"arn:other",
    "alarm_actions":["arn:sns"]})");
  const auto group = ReadGroups(state).at(0);
  ASSERT_EQ(group.policies.size(), 1u);
  const auto& policy = group.policies[0];
  EXPECT_EQ(policy.kind, PolicyKind::kStep);
  EXPECT_EQ(policy.adjustment_type, AdjustmentType::kPercent);
  EXPECT_EQ(policy.minimum_magnitude, 2);
  EXPECT_EQ(policy.warmup, 120'000);
  ASSERT_EQ(policy.steps.size(), 2u);
  EXPECT_EQ(policy.steps[0], (StepAdjustment{0.0, 15.0, 10}));
  EXPECT_EQ(policy.steps[1], (StepAdjustment{15.0, {}, 30}));
  ASSERT_EQ(group.alarms.size(), 2u);
  EXPECT_EQ(group.alarms[0].metric, "HTTPCode_Target_5XX_Count/was");
  const auto& high = group.alarms[1];
  EXPECT_EQ(high.metric, "CPUUtilization");
  EXPECT_EQ(high.threshold, 70.5);
  EXPECT_EQ(high.datapoints_to_alarm, 3);
  EXPECT_EQ(high.missing_data, MissingData::kNotBreaching);
}

TEST(ReadGroup, ReadsTargetTracking) {
  auto state = Account();
  Put(state, "aws_autoscaling_policy", "cpu", R"({"name":"cpu","arn":"arn:cpu",
    "autoscaling_group_name":"was","policy_type":"TargetTrackingScaling",
    "target_tracking_configuration":[{"target_value":60,"disable_scale_in":true,
      "predefined_metric_specification":[{"predefined_metric_type":"ASGAverageCPUUtilization"}]}]
    })");
  Put(state, "aws_autoscaling_policy", "requests", R"({"name":"requests","arn":"arn:r",
    "autoscaling_group_name":"was","policy_type":"TargetTrackingScaling",
    "target_tracking_configuration":[{"target_value":1000.5,
      "predefined_metric_specification":[{"predefined_metric_type":"ALBRequestCountPerTarget",
        "resource_label":"app/back/1/targetgroup/was/0123456789abcdef"}]}]})");
  Put(state, "aws_autoscaling_policy", "zz", R"({"name":"zz","arn":"arn:zz",
    "autoscaling_group_name":"was","policy_type":"TargetTrackingScaling",
    "target_tracking_configuration":[{"target_value":1,"customized_metric_specification":[{}]}]})");
  const auto group = ReadGroups(state).at(0);
  ASSERT_EQ(group.policies.size(), 3u);
  EXPECT_EQ(group.policies[0].tracking, (TargetTracking{"CPUUtilization", false, 60.0, true}));
  EXPECT_EQ(group.policies[1].tracking, (TargetTracking{"RequestCount/was", true, 1000.5, false}));
  EXPECT_EQ(group.policies[2].ignored, "the lab does not measure customized metrics");
}

TEST(ReadGroup, HostileAttributesAreBounded) {
  aws::DesiredState state;
  Put(state, "aws_autoscaling_group", "odd", R"({"min_size":-5,"max_size":99999999999,
    "desired_capacity":"many","vpc_zone_identifier":7,"instance_refresh":[{"preferences":[
    {"checkpoint_percentages":["x",1000],"instance_warmup":"-1"}]}],"launch_template":[7],
    "health_check_grace_period":1e300})");
  const auto group = ReadGroups(state).at(0);
  EXPECT_EQ(group.min_size, 0);
  EXPECT_EQ(group.max_size, 100'000);
  EXPECT_FALSE(group.desired_capacity);
  EXPECT_EQ(group.refresh.checkpoint_percentages, std::vector<int>{100});
  EXPECT_EQ(group.refresh.instance_warmup, 0);
  EXPECT_LT(group.grace, Millis{400'000'000'000});
}

}  // namespace
}  // namespace scv::control
