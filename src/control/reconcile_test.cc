#include "control/reconcile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "control/topology_fixture.h"

namespace scv::control {
namespace {

using lab::Action;
using lab::Phase;

// The least that a world can be: keeps what it was told, and is told what becomes of it.
class FakeWorld {
 public:
  void Act(const Action& action) { waiting_.push_back(action); }
  bool idle() const { return waiting_.empty(); }
  std::size_t standing() const { return standing_.size(); }
  const std::map<lab::PartKey, lab::Part>& parts() const { return standing_; }

  // Carries out everything that was asked for, without failures.
  void Settle(ObservedParts& observed, Millis now) {
    while (!idle()) Answer(0, true, observed, now);
  }
  void Answer(std::size_t index, bool works, ObservedParts& observed, Millis now) {
    // One at a time per part, in order.
    const auto first = std::ranges::find_if(waiting_, [&](const Action& earlier) {
      return earlier.part.key == waiting_.at(index).part.key;
    });
    const auto action = *first;
    waiting_.erase(first);
    lab::Sighting sighting;
    sighting.key = action.part.key;
    sighting.revision = action.revision;
    sighting.at = now;
    if (!works) {
      sighting.phase = Phase::kFailed;
      sighting.detail = "it was not to be";
    } else if (action.kind == Action::Kind::kTakeDown) {
      CheckNothingNeeds(action.part.key);
      standing_.erase(action.part.key);
      sighting.phase = Phase::kAbsent;
    } else {
      CheckNeeds(action.part);
      standing_.insert_or_assign(action.part.key, action.part);
      sighting.phase = Phase::kRunning;
    }
    observed.Fold(sighting);
  }
  void Die(const lab::PartKey& key, ObservedParts& observed, Millis now) {
    lab::Sighting sighting;
    sighting.key = key;
    sighting.phase = Phase::kFailed;
    sighting.revision = observed.Find(key)->standing_revision;
    sighting.detail = "its process ended";
    sighting.at = now;
    observed.Fold(sighting);
  }
  std::size_t waiting() const { return waiting_.size(); }

 private:
  void CheckNeeds(const lab::Part& part) {
    for (const auto& need : part.needs) {
      EXPECT_TRUE(standing_.contains(need)) << part.key.name << " before " << need.name;
    }
  }
  void CheckNothingNeeds(const lab::PartKey& key) {
    for (const auto& [other, part] : standing_) {
      EXPECT_EQ(std::ranges::find(part.needs, key), part.needs.end())
          << key.name << " taken down under " << other.name;
    }
  }

  std::map<lab::PartKey, lab::Part> standing_;
  std::vector<Action> waiting_;
};

// Decides and carries out until there is nothing more to do. Returns the actions by round.
std::vector<std::vector<Action>> Converge(const std::vector<lab::Part>& wanted,
                                          ObservedParts& observed, FakeWorld& world, Millis& now) {
  std::vector<std::vector<Action>> rounds;
  while (rounds.size() < 100) {
    auto result = Reconcile(wanted, observed, now);
    if (result.actions.empty()) return rounds;
    for (const auto& action : result.actions) world.Act(action);
    world.Settle(observed, ++now);
    rounds.push_back(std::move(result.actions));
  }
  ADD_FAILURE() << "does not come to rest";
  return rounds;
}

std::map<lab::PartKey, lab::Spec> SpecsOf(const auto& parts, auto part_of) {
  std::map<lab::PartKey, lab::Spec> specs;
  for (const auto& entry : parts) {
    const lab::Part& part = part_of(entry);
    specs.emplace(part.key, part.spec);
  }
  return specs;
}
bool SameAs(const FakeWorld& world, const std::vector<lab::Part>& wanted) {
  return SpecsOf(world.parts(), [](const auto& e) -> const lab::Part& { return e.second; }) ==
         SpecsOf(wanted, [](const auto& p) -> const lab::Part& { return p; });
}

struct Converged {
  RegionFixture fixture;
  LabPlan plan = fixture.Plan();
  ObservedParts observed;
  FakeWorld world;
  Millis now = 1000;
  Converged() { Converge(plan.parts, observed, world, now); }
};

TEST(Reconcile, MakesARegionInTheOrderOfNeeds) {
  RegionFixture fixture;
  const auto plan = fixture.Plan();
  ObservedParts observed;
  FakeWorld world;
  Millis now = 1000;
  const auto rounds = Converge(plan.parts, observed, world, now);
  EXPECT_LE(rounds.size(), 4U) << "as parallel as the needs allow";
  EXPECT_TRUE(SameAs(world, plan.parts));
  for (const auto& part : plan.parts) EXPECT_TRUE(observed.StandsAs(part)) << part.key.name;
  const auto at_rest = Reconcile(plan.parts, observed, now);
  EXPECT_TRUE(at_rest.actions.empty());
  EXPECT_EQ(at_rest.wake_at, kNever);
}

TEST(Reconcile, TakesARegionDownInTheOppositeOrder) {
  Converged lab;
  const auto rounds = Converge({}, lab.observed, lab.world, lab.now);  // FakeWorld checks the order
  EXPECT_EQ(lab.world.standing(), 0U);
  EXPECT_GE(rounds.size(), 3U);
  EXPECT_TRUE(lab.observed.all().empty()) << "nothing is remembered of what is gone";
}

TEST(Reconcile, OneActionAtATime) {
  RegionFixture fixture;
  const auto plan = fixture.Plan();
  ObservedParts observed;
  const auto first = Reconcile(plan.parts, observed, 1000);
  EXPECT_FALSE(first.actions.empty());
  EXPECT_TRUE(Reconcile(plan.parts, observed, 1001).actions.empty()) << "nothing was answered";
  EXPECT_TRUE(Reconcile({}, observed, 1002).actions.empty()) << "not even to take it down";
}

TEST(Reconcile, AsksAgainWhatIsNeverAnswered) {
  RegionFixture fixture;
  const auto plan = fixture.Plan();
  ObservedParts observed;
  const auto first = Reconcile(plan.parts, observed, 1000);
  EXPECT_EQ(first.wake_at, 121'000);
  const auto again = Reconcile(plan.parts, observed, 121'000);
  EXPECT_EQ(again.actions.size(), first.actions.size());
  EXPECT_GT(again.actions[0].revision, first.actions[0].revision);
}

TEST(Reconcile, ANewMemberChangesOnlyWhoKnowsIt) {
  Converged lab;
  lab.fixture.Launch("i-was-3", "was", "a", "back");
  lab.plan = lab.fixture.Plan();
  auto result = Reconcile(lab.plan.parts, lab.observed, lab.now);
  std::vector<std::string> changed;
  for (const auto& action : result.actions) {
    changed.push_back(action.part.key.name);
    if (action.part.key.kind == lab::PartKind::kDatabase) {
      EXPECT_EQ(action.kind, Action::Kind::kChange);
      EXPECT_EQ(action.reason, "members of security groups");
    }
  }
  EXPECT_EQ(changed, (std::vector<std::string>{"vpc-1", "", "memo", "back/ap-northeast-2a",
                                               "back/ap-northeast-2b", "i-was-3"}));
}

TEST(Reconcile, WhatDiedIsMadeAgainAtOnceThenWithPauses) {
  Converged lab;
  const lab::PartKey database{lab::PartKind::kDatabase, kSeoul, "memo"};
  lab.world.Die(database, lab.observed, lab.now);
  auto result = Reconcile(lab.plan.parts, lab.observed, lab.now);
  ASSERT_EQ(result.actions.size(), 1U);
  EXPECT_EQ(result.actions[0].kind, Action::Kind::kMake);
  EXPECT_EQ(result.actions[0].reason, "made again: its process ended");
  Millis pause = 0;
  for (int attempt = 0; attempt < 12; ++attempt) {
    lab.world.Act(result.actions[0]);
    lab.world.Answer(0, false, lab.observed, lab.now);
    result = Reconcile(lab.plan.parts, lab.observed, lab.now);
    EXPECT_TRUE(result.actions.empty());
    EXPECT_GE(result.wake_at - lab.now, pause) << "pauses do not shrink";
    pause = result.wake_at - lab.now;
    EXPECT_LE(pause, 15'000);
    lab.now = result.wake_at;
    result = Reconcile(lab.plan.parts, lab.observed, lab.now);
    ASSERT_EQ(result.actions.size(), 1U);
  }
  EXPECT_EQ(pause, 15'000);
  lab.world.Act(result.actions[0]);
  lab.world.Answer(0, true, lab.observed, lab.now);
  result = Reconcile(lab.plan.parts, lab.observed, lab.now);
  EXPECT_EQ(result.wake_at, lab.now + 30'000);
  Reconcile(lab.plan.parts, lab.observed, result.wake_at);
  EXPECT_EQ(lab.observed.Find(database)->failures, 0) << "steady again";
}

TEST(Reconcile, WhatFailedIsMadeAtOnceWhenTheCauseIsKnownToBeOver) {
  Converged lab;
  const lab::PartKey database{lab::PartKind::kDatabase, kSeoul, "memo"};
  lab.world.Die(database, lab.observed, lab.now);
  auto result = Reconcile(lab.plan.parts, lab.observed, lab.now);
  for (int attempt = 0; attempt < 5; ++attempt) {
    ASSERT_EQ(result.actions.size(), 1U);
    lab.world.Act(result.actions[0]);
    lab.world.Answer(0, false, lab.observed, lab.now);
    lab.now = Reconcile(lab.plan.parts, lab.observed, lab.now).wake_at - 1;
    ASSERT_TRUE(Reconcile(lab.plan.parts, lab.observed, lab.now).actions.empty());
    if (attempt == 4) lab.observed.TryAgain();
    if (attempt < 4) ++lab.now;
    result = Reconcile(lab.plan.parts, lab.observed, lab.now);
  }
  ASSERT_EQ(result.actions.size(), 1U);
  EXPECT_EQ(result.actions[0].part.key, database);
}

TEST(Reconcile, ADeadInstanceIsItsFleetsBusiness) {
  Converged lab;
  const lab::PartKey instance{lab::PartKind::kInstance, kSeoul, "i-web-1"};
  lab.world.Die(instance, lab.observed, lab.now);
  EXPECT_TRUE(Reconcile(lab.plan.parts, lab.observed, lab.now).actions.empty());
  lab.fixture.records[0].lifecycle = Lifecycle::kTerminated;
  lab.plan = lab.fixture.Plan();
  const auto result = Reconcile(lab.plan.parts, lab.observed, lab.now);
  const auto taken_down = std::ranges::find_if(result.actions, [&](const Action& action) {
    return action.part.key == instance && action.kind == Action::Kind::kTakeDown;
  });
  EXPECT_NE(taken_down, result.actions.end()) << "what is left of it goes";
}

TEST(Reconcile, TakesUpWhatAnEarlierProcessLeft) {
  Converged lab;
  lab.fixture.Launch("i-was-3", "was", "a", "back");
  lab.plan = lab.fixture.Plan();
  ObservedParts anew;  // knows only what the world sees: that the parts run
  for (const auto& [key, part] : lab.world.parts()) {
    lab::Sighting sighting;
    sighting.key = key;
    sighting.phase = Phase::kRunning;
    sighting.at = lab.now;
    anew.Fold(sighting);
  }
  const auto rounds = Converge(lab.plan.parts, anew, lab.world, lab.now);
  for (const auto& round : rounds) {
    for (const auto& action : round) {
      EXPECT_EQ(action.kind,
                action.part.key.name == "i-was-3" ? Action::Kind::kMake : Action::Kind::kChange);
    }
  }
  EXPECT_TRUE(SameAs(lab.world, lab.plan.parts));
}

TEST(Reconcile, TakesDownWhatAnEarlierProcessLeft) {
  Converged lab;
  ObservedParts anew;
  for (const auto& [key, part] : lab.world.parts()) {
    lab::Sighting sighting;
    sighting.key = key;
    sighting.phase = Phase::kRunning;
    sighting.at = lab.now;
    anew.Fold(sighting);
  }
  Converge({}, anew, lab.world, lab.now);
  EXPECT_EQ(lab.world.standing(), 0U);
}

TEST(Reconcile, ADeathDuringAChangeIsNotItsAnswer) {
  Converged lab;
  lab.fixture.Launch("i-was-3", "was", "a", "back");
  lab.plan = lab.fixture.Plan();
  const auto actions = Reconcile(lab.plan.parts, lab.observed, lab.now).actions;
  const lab::PartKey database{lab::PartKind::kDatabase, kSeoul, "memo"};
  lab.world.Die(database, lab.observed, lab.now);
  const auto again = Reconcile(lab.plan.parts, lab.observed, lab.now).actions;
  EXPECT_TRUE(std::ranges::none_of(again, [&](const Action& a) { return a.part.key == database; }))
      << "the world is still busy with the change";
  for (const auto& action : actions) lab.world.Act(action);
  lab.world.Settle(lab.observed, lab.now);
  EXPECT_TRUE(lab.observed.StandsAs(*lab.plan.Find(database)));
}

TEST(Reconcile, LateAndRepeatedSightingsDoNoHarm) {
  Converged lab;
  lab::Sighting stale;
  stale.key = {lab::PartKind::kDatabase, kSeoul, "memo"};
  stale.phase = Phase::kRunning;
  stale.revision = lab.observed.Find(stale.key)->standing_revision;
  EXPECT_FALSE(lab.observed.Fold(stale)) << "nothing new";
  stale.cpu_micros_total = 5;
  EXPECT_FALSE(lab.observed.Fold(stale)) << "mere counters";
  EXPECT_TRUE(Reconcile(lab.plan.parts, lab.observed, lab.now).actions.empty());
}

// Whatever fails and in whatever order answers come: when failures stop, the lab stands as planned.
TEST(Reconcile, ConvergesWhenFailuresStop) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    const auto chance = [&](int percent) { return static_cast<int>(random() % 100) < percent; };
    RegionFixture fixture;
    auto plan = fixture.Plan();
    const LabPlan nothing;
    ObservedParts observed;
    FakeWorld world;
    Millis now = 1000;
    int launched = 0;
    for (int step = 0; step < 60; ++step) {
      now += static_cast<Millis>(random() % 2000);
      if (chance(10)) {
        fixture.Launch("i-new-" + std::to_string(++launched), "was", "a", "back");
        plan = fixture.Plan();
      }
      if (chance(5) && !fixture.records.empty()) {
        fixture.records.erase(fixture.records.begin());
        plan = fixture.Plan();
      }
      const bool down = chance(5);
      for (const auto& action :
           Reconcile(down ? nothing.parts : plan.parts, observed, now).actions) {
        world.Act(action);
      }
      while (!world.idle() && chance(70)) {
        world.Answer(random() % world.waiting(), !chance(20), observed, now);
      }
    }
    // Calm: everything works from here on. Instances that failed are given up by their fleet.
    for (int round = 0; round < 60; ++round) {
      for (const auto& [key, part] : observed.all()) {
        if (key.kind != lab::PartKind::kInstance || part.phase != Phase::kFailed) continue;
        std::erase_if(fixture.records, [&](const auto& r) { return r.id == key.name; });
      }
      plan = fixture.Plan();
      now += 15'000;
      for (const auto& action : Reconcile(plan.parts, observed, now).actions) world.Act(action);
      world.Settle(observed, now);
    }
    ASSERT_TRUE(SameAs(world, plan.parts)) << "seed " << seed;
  }
}

// The same sightings and times give the same actions.
TEST(Reconcile, IsDeterministic) {
  const auto run = [] {
    std::string story;
    Converged lab;
    lab.world.Die({lab::PartKind::kDatabase, kSeoul, "memo"}, lab.observed, lab.now);
    lab.fixture.Launch("i-was-3", "was", "a", "back");
    lab.plan = lab.fixture.Plan();
    for (const auto& round : Converge(lab.plan.parts, lab.observed, lab.world, lab.now)) {
      for (const auto& action : round) {
        story += action.part.key.name + std::to_string(action.revision) + action.reason + '\n';
      }
    }
    return story;
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace scv::control
