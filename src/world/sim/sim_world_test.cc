#include "world/sim/sim_world.h"

#include <gtest/gtest.h>

#include <vector>

namespace scv::world::sim {
namespace {

using lab::Phase;
using lab::TargetHealth;

lab::Action MakeInstance(const std::string& id, std::string user_data = "") {
  lab::InstanceSpec spec;
  spec.id = id;
  spec.region = "r";
  spec.zone = "z";
  spec.user_data = std::move(user_data);
  lab::Action action;
  action.part.key = {lab::PartKind::kInstance, "r", id};
  action.part.spec = std::move(spec);
  return action;
}

lab::Action MakeNode(const std::string& target, bool draining, std::uint64_t revision) {
  lab::TargetGroupSpec group;
  group.name = "tg";
  group.health_check.interval = lab::milliseconds(500);
  group.targets.emplace_back();
  group.targets[0].id = target;
  group.targets[0].draining = draining;
  lab::LoadBalancerNodeSpec spec;
  spec.target_groups = {group};
  lab::Action action;
  action.part.key = {lab::PartKind::kLoadBalancerNode, "r", "lb/z"};
  action.part.spec = std::move(spec);
  action.revision = revision;
  return action;
}

struct Watched {
  explicit Watched(Settings settings) : world(std::move(settings)) {
    world.OnSighting([this](lab::Sighting sighting) { seen.push_back(std::move(sighting)); });
  }
  void Run(Millis time) {
    const Millis until = world.Now() + time;
    while (world.Step(until)) {
    }
  }
  SimWorld world;
  std::vector<lab::Sighting> seen;
};

TEST(Random, IsXoshiroSeededBySplitMix) {
  // The first outputs of the reference implementations for the seed 0.
  Random random(0);
  EXPECT_EQ(random.Next(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(random.Next(), 0xbf6e1f784956452au);
  EXPECT_EQ(random.last(), 0xbf6e1f784956452au);
  for (int i = 0; i < 1'000; ++i) {
    const auto number = random.Between(-3, 4);
    EXPECT_TRUE(number >= -3 && number <= 4);
  }
}

TEST(SimWorld, AnInstanceBootsServesAndGoes) {
  Watched watched({});
  watched.world.Act(MakeInstance("i-1"));
  watched.world.Act(MakeNode("i-1", false, 1));
  watched.Run(10'000);
  EXPECT_EQ(watched.seen.front().phase, Phase::kStarting);
  const auto& node = watched.seen.back();
  ASSERT_EQ(node.key.kind, lab::PartKind::kLoadBalancerNode);
  EXPECT_EQ(node.targets.at(0).health, TargetHealth::kHealthy);
  watched.world.Act(MakeNode("i-1", true, 2));
  watched.Run(3'000);
  EXPECT_EQ(watched.seen.back().targets.at(0).health, TargetHealth::kDraining);
  EXPECT_EQ(watched.seen.back().targets.at(0).sessions, 0);
  auto down = MakeInstance("i-1");
  down.kind = lab::Action::Kind::kTakeDown;
  watched.world.Act(down);
  watched.Run(500);
  EXPECT_EQ(watched.seen.back().phase, Phase::kAbsent);
  EXPECT_EQ(watched.world.violation(), "");
}

TEST(SimWorld, NoticesAServingInstanceTakenDown) {
  Watched watched({});
  watched.world.Act(MakeInstance("i-1"));
  watched.world.Act(MakeNode("i-1", false, 1));
  watched.Run(10'000);
  auto down = MakeInstance("i-1");
  down.kind = lab::Action::Kind::kTakeDown;
  watched.world.Act(down);
  EXPECT_NE(watched.world.violation(), "");
}

TEST(SimWorld, ABrokenVersionDies) {
  Settings settings;
  settings.broken_at_boot = {"version=2"};
  Watched watched(settings);
  watched.world.Act(MakeInstance("i-1", "version=2"));
  watched.Run(5'000);
  EXPECT_EQ(watched.seen.back().phase, Phase::kFailed);
}

}  // namespace
}  // namespace scv::world::sim
