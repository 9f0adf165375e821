// scv-simulate: fleets, or clusters of databases, in simulated worlds, seed by seed; a seed that
// breaks a promise is told.
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "world/sim/database_simulate.h"
#include "world/sim/simulate.h"

namespace {

namespace sim = scv::world::sim;

constexpr const char* kUsage =
    "Usage: scv-simulate [--what fleets|database] [--seeds N] [--from S | --seed S] [--story]\n"
    "Runs N simulated worlds (default 1000) with the seeds from S on (default 1); --seed runs "
    "one.\n"
    "The first seed that breaks a promise ends it, with its story; --story tells every story.\n"
    "Exit codes: 0 all promises were kept, 1 one was broken, 2 wrong usage.\n";

struct Options {
  std::string_view what = "fleets";
  std::uint64_t seeds = 1'000, from = 1;
  bool story = false;
};

// What all seeds together did.
struct Totals {
  std::uint64_t worlds = 0, events = 0, decisions = 0, acknowledged = 0, lost = 0;
  double hours = 0;
  int failovers = 0, region_failovers = 0, clones = 0;
};

bool ParseNumber(const char* text, std::uint64_t& number) {
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, number);
  return error == std::errc() && stop == end;
}

bool ParseOptions(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    const bool value = i + 1 < argc;
    if (name == "--story" || name == "--verbose") {
      options.story = true;
    } else if (name == "--seeds" && value) {
      if (!ParseNumber(argv[++i], options.seeds)) return false;
    } else if (name == "--from" && value) {
      if (!ParseNumber(argv[++i], options.from)) return false;
    } else if (name == "--seed" && value) {
      if (!ParseNumber(argv[++i], options.from)) return false;
      options.seeds = 1;
    } else if (name == "--what" && value) {
      options.what = argv[++i];
    } else {
      return false;
    }
  }
  return options.what == "fleets" || options.what == "database";
}

template <typename Scenario, typename Outcome>
void TellStory(const Scenario& scenario, const Outcome& outcome) {
  std::printf("%s\n", Describe(scenario).c_str());
  for (const auto& line : outcome.story) std::printf("  %s\n", line.c_str());
  std::printf("  %llu events, last draw %016llx, history %016llx\n",
              static_cast<unsigned long long>(outcome.events),
              static_cast<unsigned long long>(outcome.last_draw),
              static_cast<unsigned long long>(outcome.history_hash));
}

// Runs a seed; returns what it broke.
template <typename Scenario, typename Run>
auto RunSeed(const Scenario& scenario, const Run& run, bool story) {
  auto outcome = run(scenario, story);
  if (story) {
    TellStory(scenario, outcome);
  } else if (!outcome.violation.empty()) {
    TellStory(scenario, run(scenario, true));
  }
  return outcome;
}

std::string RunFleets(std::uint64_t seed, bool story, Totals& totals) {
  const auto outcome = RunSeed(sim::MakeScenario(seed), sim::Simulate, story);
  totals.events += outcome.events;
  return outcome.violation;
}

std::string RunDatabase(std::uint64_t seed, bool story, Totals& totals) {
  const auto outcome = RunSeed(sim::MakeDatabaseScenario(seed), sim::SimulateDatabase, story);
  totals.events += outcome.events;
  totals.decisions += outcome.decisions;
  totals.hours += static_cast<double>(outcome.simulated) / 3.6e6;
  totals.failovers += outcome.failovers;
  totals.region_failovers += outcome.region_failovers;
  totals.clones += outcome.clones;
  totals.acknowledged += outcome.acknowledged;
  totals.lost += outcome.lost;
  return outcome.violation;
}

void TellTotals(const Totals& totals, bool database, double seconds) {
  if (database) {
    std::printf("%.0f simulated hours, %.0f per real minute; %llu decisions\n", totals.hours,
                totals.hours / seconds * 60, static_cast<unsigned long long>(totals.decisions));
    std::printf("%d takeovers (%d of them by the other region), %d clones\n", totals.failovers,
                totals.region_failovers, totals.clones);
    std::printf("%llu acknowledged transactions, %llu lost with a region, as was said\n",
                static_cast<unsigned long long>(totals.acknowledged),
                static_cast<unsigned long long>(totals.lost));
  }
  std::printf("%llu worlds, %llu events in %.1f s: all promises were kept\n",
              static_cast<unsigned long long>(totals.worlds),
              static_cast<unsigned long long>(totals.events), seconds);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!ParseOptions(argc, argv, options)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  const bool database = options.what == "database";
  const auto started = std::chrono::steady_clock::now();
  Totals totals;
  for (; totals.worlds < options.seeds; ++totals.worlds) {
    const auto seed = options.from + totals.worlds;
    const auto broken = database ? RunDatabase(seed, options.story, totals)
                                 : RunFleets(seed, options.story, totals);
    if (broken.empty()) continue;
    std::printf(
        "seed %llu broke a promise: %s\nrepeat: scv-simulate --what %s --seed %llu --story\n",
        static_cast<unsigned long long>(seed), broken.c_str(), options.what.data(),
        static_cast<unsigned long long>(seed));
    return 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  TellTotals(totals, database, took.count());
  return 0;
}
