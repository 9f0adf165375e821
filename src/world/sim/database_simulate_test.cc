#include "world/sim/database_simulate.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace scv::world::sim {
namespace {

// SCV_SIM_SEEDS raises it for a long run; scv-simulate repeats one seed with its story.
std::uint64_t Seeds() {
  const char* text = std::getenv("SCV_SIM_SEEDS");
  return text == nullptr ? 2'000 : std::strtoull(text, nullptr, 10);
}

TEST(SimulateDatabase, KeepsItsPromisesInManyWorlds) {
  DatabaseOutcome total;
  for (std::uint64_t seed = 1; seed <= Seeds(); ++seed) {
    const auto scenario = MakeDatabaseScenario(seed);
    const auto outcome = SimulateDatabase(scenario);
    ASSERT_EQ(outcome.violation, "")
        << Describe(scenario) << "\nrepeat: scv-simulate --what database --seed " << seed
        << " --story";
    total.failovers += outcome.failovers;
    total.region_failovers += outcome.region_failovers;
    total.switches += outcome.switches;
    total.clones += outcome.clones;
    total.acknowledged += outcome.acknowledged;
    total.lost += outcome.lost;
  }
  // Everything that there is to decide happened.
  EXPECT_GT(total.failovers, 100);
  EXPECT_GT(total.region_failovers, 10);
  EXPECT_GT(total.switches, 10);
  EXPECT_GT(total.clones, 10);
  EXPECT_GT(total.acknowledged, 100'000U);
  EXPECT_GT(total.lost, 0U);
}

TEST(SimulateDatabase, TheSameSeedIsTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto scenario = MakeDatabaseScenario(seed);
    const auto once = SimulateDatabase(scenario), again = SimulateDatabase(scenario);
    EXPECT_EQ(once.last_draw, again.last_draw);
    EXPECT_EQ(once.history_hash, again.history_hash);
    EXPECT_EQ(once.events, again.events);
    EXPECT_EQ(once.acknowledged, again.acknowledged);
  }
}

TEST(SimulateDatabase, TellingTheStoryChangesNothing) {
  const auto scenario = MakeDatabaseScenario(7);
  EXPECT_EQ(SimulateDatabase(scenario).last_draw, SimulateDatabase(scenario, true).last_draw);
}

}  // namespace
}  // namespace scv::world::sim
