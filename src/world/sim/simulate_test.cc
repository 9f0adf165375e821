#include "world/sim/simulate.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace scv::world::sim {
namespace {

// SCV_SIM_SEEDS raises it for a long run; scv-simulate repeats one seed with its story.
std::uint64_t Seeds() {
  const char* text = std::getenv("SCV_SIM_SEEDS");
  return text == nullptr ? 2'000 : std::strtoull(text, nullptr, 10);
}

TEST(Simulate, KeepsItsPromisesInManyWorlds) {
  for (std::uint64_t seed = 1; seed <= Seeds(); ++seed) {
    const auto scenario = MakeScenario(seed);
    const auto outcome = Simulate(scenario);
    ASSERT_EQ(outcome.violation, "")
        << Describe(scenario) << "\nrepeat: scv-simulate --seeds 1 --from " << seed << " --verbose";
  }
}

TEST(Simulate, TheSameSeedIsTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto scenario = MakeScenario(seed);
    const auto once = Simulate(scenario), again = Simulate(scenario, true);
    EXPECT_EQ(once.last_draw, again.last_draw);
    EXPECT_EQ(once.history_hash, again.history_hash);
    EXPECT_EQ(once.events, again.events);
    EXPECT_EQ(once.launches, again.launches);
  }
}

TEST(Simulate, DifferentSeedsAreDifferentRuns) {
  EXPECT_NE(Simulate(MakeScenario(1)).history_hash, Simulate(MakeScenario(2)).history_hash);
}

}  // namespace
}  // namespace scv::world::sim
