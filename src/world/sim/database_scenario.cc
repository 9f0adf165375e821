#include <algorithm>
#include <array>

#include "world/sim/database_simulate.h"
#include "world/sim/random.h"

namespace scv::world::sim {
namespace {

using Kind = DatabaseFault::Kind;

struct Choice {
  Kind kind;
  int weight;
  Millis least, most;  // how long it lasts
  const char* word;
};
constexpr std::array kChoices{
    Choice{Kind::kCrash, 20, 0, 0, "crash"},
    Choice{Kind::kPause, 8, 200, 20'000, "pause"},
    Choice{Kind::kSlowDisk, 6, 1'000, 20'000, "slow disk"},
    Choice{Kind::kIsolate, 6, 200, 20'000, "isolation"},
    Choice{Kind::kProbeCut, 4, 200, 10'000, "probe cut"},
    Choice{Kind::kLinkCut, 6, 200, 20'000, "link cut"},
    Choice{Kind::kZoneOutage, 8, 500, 30'000, "zone outage"},
    Choice{Kind::kZonePartition, 6, 500, 20'000, "zone partition"},
    Choice{Kind::kRegionOutage, 4, 2'000, 60'000, "region outage"},
    Choice{Kind::kRegionPartition, 4, 500, 30'000, "region partition"},
    Choice{Kind::kFalseAlarm, 2, 500, 20'000, "false alarm"},
    Choice{Kind::kClockJump, 5, 0, 0, "clock jump"},
    Choice{Kind::kDaemonRestart, 8, 50, 5'000, "daemon restart"},
    Choice{Kind::kStall, 4, 100, 4'000, "stalled daemon"},
    Choice{Kind::kLooksLost, 4, 1'000, 20'000, "lost looks"},
    Choice{Kind::kActionsFail, 4, 1'000, 20'000, "failing actions"},
    Choice{Kind::kDiskFull, 3, 200, 5'000, "nothing written down"},
    Choice{Kind::kSwitch, 6, 0, 0, "planned switch"},
    Choice{Kind::kForcedSwitch, 2, 0, 0, "forced switch"},
};

const Choice& Choose(Random& random) {
  int total = 0;
  for (const auto& choice : kChoices) total += choice.weight;
  auto drawn = random.Between(1, total);
  for (const auto& choice : kChoices) {
    drawn -= choice.weight;
    if (drawn <= 0) return choice;
  }
  return kChoices.front();
}

// Half of the faults come while the one before is still felt, the others after long quiet.
Millis Gap(Random& random) {
  if (random.Chance(0.3)) return random.Between(0, 1'500);
  if (random.Chance(0.3)) return random.Between(1'500, 20'000);
  return random.Between(60'000, 2'400'000);
}

}  // namespace

DatabaseScenario MakeDatabaseScenario(std::uint64_t seed) {
  Random random(seed);
  DatabaseScenario scenario;
  scenario.seed = seed;
  scenario.zones = random.Chance(0.9) ? 2 : 1;
  scenario.replicas = static_cast<int>(random.Chance(0.8) ? 1 : random.Between(0, 2));
  scenario.automatic = random.Chance(0.5);
  const int nodes = scenario.zones + scenario.replicas;
  Millis at = random.Between(0, 15'000);
  for (auto left = random.Between(2, 6); left > 0; --left) {
    const auto& choice = Choose(random);
    DatabaseFault fault;
    fault.kind = choice.kind;
    fault.after = at;
    fault.lasts = random.Between(choice.least, choice.most);
    fault.node = static_cast<int>(random.Between(0, nodes - 1));
    fault.other = static_cast<int>(random.Between(0, nodes - 1));
    if (choice.kind == Kind::kClockJump) {
      fault.number =
          random.Chance(0.5) ? random.Between(1'000, 7'200'000) : -random.Between(1'000, 20'000);
    }
    scenario.faults.push_back(fault);
    scenario.calm_after = std::max(scenario.calm_after, at + fault.lasts);
    at += Gap(random);
  }
  scenario.calm_after += 1;
  return scenario;
}

std::string Describe(const DatabaseScenario& scenario) {
  std::string text = "seed " + std::to_string(scenario.seed) + ": " +
                     std::to_string(scenario.zones) + " nodes, " +
                     std::to_string(scenario.replicas) + " in the other region, " +
                     (scenario.automatic ? "automatic" : "manual") + " region failover";
  for (const auto& fault : scenario.faults) {
    const auto* choice = std::ranges::find(kChoices, fault.kind, &Choice::kind);
    text += "; at " + std::to_string(fault.after) + " ms " + choice->word + " of node " +
            std::to_string(fault.node);
    if (fault.kind == Kind::kLinkCut) text += " to " + std::to_string(fault.other);
    if (fault.number != 0) text += " by " + std::to_string(fault.number) + " ms";
    if (fault.lasts != 0) text += " for " + std::to_string(fault.lasts) + " ms";
  }
  return text;
}

}  // namespace scv::world::sim
