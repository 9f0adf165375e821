#include "control/instance_choice.h"

#include <gtest/gtest.h>

#include <list>

namespace scv::control {
namespace {

constexpr Millis kHour = 3'600'000;
constexpr Millis kNow = 100 * kHour;

class InstanceChoice : public testing::Test {
 protected:
  void Add(const std::string& id, const std::string& zone, int version, Millis age,
           const std::string& launch_template = "lt-1") {
    auto& view = views_.emplace_back();
    view.record.id = id;
    view.record.zone = zone;
    view.record.launch_template_id = launch_template;
    view.record.launch_template_version = version;
    view.record.launched_at = kNow - age;
    question_.candidates.push_back(&view);
    ++question_.zones[zone];
  }
  std::vector<std::string> Choose(int count) {
    question_.launch_template_id = "lt-1";
    question_.newest_version = 3;
    question_.now = kNow;
    std::vector<std::string> ids;
    for (const auto* view : ChooseForTermination(question_, count)) ids.push_back(view->record.id);
    return ids;
  }
  std::list<InstanceView> views_;
  ChoiceQuestion question_;
};

// "If one zone has more instances than the others, the policy applies to that zone first."
TEST_F(InstanceChoice, TheFullestZoneGoesFirst) {
  Add("a1", "a", 1, kHour);
  Add("b1", "b", 3, kHour);
  Add("b2", "b", 3, kHour);
  EXPECT_EQ(Choose(1), std::vector<std::string>{"b1"});
}

TEST_F(InstanceChoice, InBalancedZonesOutdatedInstancesGoFirst) {
  Add("a1", "a", 3, 5 * kHour);
  Add("a2", "a", 2, kHour);
  Add("b1", "b", 1, kHour);
  Add("b2", "b", 3, 9 * kHour);
  EXPECT_EQ(Choose(2), (std::vector<std::string>{"b1", "a2"}));
}

TEST_F(InstanceChoice, AnotherLaunchTemplateGoesBeforeAnOldVersion) {
  Add("a1", "a", 1, kHour);
  Add("a2", "a", 7, kHour, "lt-before");
  EXPECT_EQ(Choose(1), std::vector<std::string>{"a2"});
}

TEST_F(InstanceChoice, ThenTheOneClosestToItsNextHour) {
  Add("a1", "a", 3, 2 * kHour + 10 * 60'000);
  Add("a2", "a", 3, 1 * kHour + 50 * 60'000);
  Add("a3", "a", 3, 9 * kHour + 30 * 60'000);
  EXPECT_EQ(Choose(3), (std::vector<std::string>{"a2", "a3", "a1"}));
}

TEST_F(InstanceChoice, NamedPolicies) {
  Add("a1", "a", 1, 3 * kHour);
  Add("a2", "a", 3, 1 * kHour);
  Add("a3", "a", 3, 5 * kHour);
  question_.policies = {"NewestInstance"};
  EXPECT_EQ(Choose(1), std::vector<std::string>{"a2"});
  question_.policies = {"OldestInstance"};
  EXPECT_EQ(Choose(1), std::vector<std::string>{"a3"});
  question_.policies = {"OldestLaunchTemplate", "OldestInstance"};
  EXPECT_EQ(Choose(2), (std::vector<std::string>{"a1", "a3"}));
}

TEST_F(InstanceChoice, NeverMoreThanThereAre) {
  Add("a1", "a", 1, kHour);
  EXPECT_EQ(Choose(5).size(), 1u);
}

TEST_F(InstanceChoice, KeepsTheZonesBalanced) {
  for (int i = 0; i < 6; ++i) Add("a" + std::to_string(i), "a", 3, kHour + i);
  for (int i = 0; i < 3; ++i) Add("b" + std::to_string(i), "b", 3, kHour + i);
  int from_a = 0;
  for (const auto& id : Choose(5)) from_a += id[0] == 'a';
  EXPECT_EQ(from_a, 4);
}

}  // namespace
}  // namespace scv::control
