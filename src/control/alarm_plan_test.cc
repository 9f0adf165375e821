#include "control/alarm_plan.h"

#include <gtest/gtest.h>

#include <string>

#include "control/settled.h"
#include "control/topology_fixture.h"

namespace scv::control {
namespace {

constexpr const char* kAlarmPlanType = "aws_cloudwatch_metric_alarm";

class AlarmPlan : public ::testing::Test {
 protected:
  void SetUp() override {
    fixture_.Put("aws_autoscaling_policy", "out",
                 "{'name':'out','arn':'arn:aws:autoscaling:out','autoscaling_group_name':'web',"
                 "'policy_type':'StepScaling','adjustment_type':'ChangeInCapacity'}");
    fixture_.Put("aws_autoscaling_group", "web",
                 "{'name':'web','min_size':1,'max_size':2,'instance_refresh':[{'preferences':["
                 "{'alarm_specification':[{'alarms':['errors']}]}]}]}");
  }
  void PutAlarm(const std::string& name, const std::string& rest) {
    fixture_.Put(kAlarmPlanType, name, "{'alarm_name':'" + name + "'," + rest + "}");
  }
  SettledStatus Of(const std::string& name) {
    return StatusOf(fixture_.Get(kAlarmPlanType, name), fixture_.Plan(), {}, {});
  }

  RegionFixture fixture_;
};

TEST_F(AlarmPlan, WhatScalesAFleetIsHonoured) {
  PutAlarm("high",
           "'namespace':'AWS/EC2','metric_name':'CPUUtilization','statistic':'Average',"
           "'dimensions':{'AutoScalingGroupName':'web'},'threshold':70,'period':60,"
           "'comparison_operator':'GreaterThanThreshold','evaluation_periods':1,"
           "'alarm_actions':['arn:aws:autoscaling:out']");
  EXPECT_EQ(Of("high").status, aws::Status::kAvailable) << Of("high").reason;
}

// An apply waits for none of them.
TEST_F(AlarmPlan, WhatOnlyTellsPeopleIsRecorded) {
  const std::string topic = "'alarm_actions':['arn:aws:sns:ap-northeast-2:123456789012:inform']";
  PutAlarm("mathematics",
           "'comparison_operator':'GreaterThanThreshold','threshold':5,'metric_query':["
           "{'id':'share','expression':'100 * errors / requests','return_data':true},"
           "{'id':'errors','metric':[{'metric_name':'HTTPCode_Target_5XX_Count','period':60,"
           "'stat':'Sum'}]}]," +
               topic);
  PutAlarm("percentile",
           "'namespace':'AWS/ApplicationELB','metric_name':'TargetResponseTime',"
           "'extended_statistic':'p99'," +
               topic);
  PutAlarm("certificate", "'namespace':'AWS/CertificateManager','metric_name':'DaysToExpiry'");
  PutAlarm("odd", "'metric_query':7,'alarm_actions':{'a':1}");
  for (const auto* name : {"mathematics", "percentile", "certificate", "odd"}) {
    EXPECT_EQ(Of(name).status, aws::Status::kRecorded) << name;
    EXPECT_EQ(Of(name).reason,
              "INSUFFICIENT_DATA: the lab evaluates the alarms of scaling policies and instance "
              "refreshes alone");
  }
}

TEST_F(AlarmPlan, WhatTheLabCannotMeasureSaysSo) {
  PutAlarm("errors",
           "'comparison_operator':'GreaterThanThreshold','metric_query':[{'id':'share',"
           "'expression':'1'}]");
  EXPECT_EQ(Of("errors").status, aws::Status::kRecorded);
  EXPECT_EQ(Of("errors").reason,
            "INSUFFICIENT_DATA: the lab has no percentiles and no metric math");
}

TEST_F(AlarmPlan, WhatGoesIsGoneAtOnce) {
  PutAlarm("certificate", "'namespace':'AWS/CertificateManager','metric_name':'DaysToExpiry'");
  fixture_.MarkDeleting(kAlarmPlanType, "certificate");
  EXPECT_TRUE(Of("certificate").gone);
}

}  // namespace
}  // namespace scv::control
