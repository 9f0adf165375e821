// One seeded run: a group, its world and what happens to both, driven exactly as the daemon drives
// the fleets, with the promises of docs/fleets.md checked at every step.
#ifndef SCV_WORLD_SIM_SIMULATE_H_
#define SCV_WORLD_SIM_SIMULATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/fleet.h"
#include "world/sim/sim_world.h"

namespace scv::world::sim {

// What happens besides the world's own faults.
struct Happening {
  Millis after = 0;  // since the start
  enum class Kind { kCapacity, kVersion, kLoad, kRestart } kind = Kind::kCapacity;
  int number = 0;  // capacity; version; requests per second
};

struct Scenario {
  std::uint64_t seed = 1;
  control::GroupDesired group;
  Settings world;
  std::vector<Happening> happenings;
  std::set<int> broken_versions;
  Millis calm_after = 60'000;    // faults and happenings are over
  Millis converge_in = 300'000;  // after that, at most
  Millis rest = 40'000;          // and then nothing may change any more
};

// Everything about it follows from the seed.
Scenario MakeScenario(std::uint64_t seed);

struct Outcome {
  std::string violation;  // "": all promises were kept
  std::uint64_t last_draw = 0;
  std::uint64_t history_hash = 0;  // FNV-1a of the story
  std::uint64_t events = 0;
  Millis converged_after = 0;  // since the start
  int launches = 0;
  std::vector<std::string> story;  // only if asked for
};

Outcome Simulate(const Scenario& scenario, bool tell_story = false);

// What the scenario is, in a line.
std::string Describe(const Scenario& scenario);

}  // namespace scv::world::sim

#endif  // SCV_WORLD_SIM_SIMULATE_H_
