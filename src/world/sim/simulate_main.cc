// scv-simulate: fleets in simulated worlds, seed by seed; a seed that breaks a promise is told.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "world/sim/simulate.h"

namespace {

constexpr const char* kUsage =
    "Usage: scv-simulate [--seeds N] [--from S] [--verbose]\n"
    "Runs N simulated worlds (default 1000) with the seeds from S on (default 1). The first seed\n"
    "that breaks a promise ends it, with its story; --verbose tells every story.\n"
    "Exit codes: 0 all promises were kept, 1 one was broken, 2 wrong usage.\n";

bool ParseNumber(const char* text, std::uint64_t& number) {
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, number);
  return error == std::errc() && stop == end;
}

void TellStory(const scv::world::sim::Scenario& scenario, const scv::world::sim::Outcome& outcome) {
  std::printf("%s\n", scv::world::sim::Describe(scenario).c_str());
  for (const auto& line : outcome.story) std::printf("  %s\n", line.c_str());
  std::printf(
      "  %llu events, %d launches, at rest after %lld ms, last draw %016llx, history "
      "%016llx\n",
      static_cast<unsigned long long>(outcome.events), outcome.launches,
      static_cast<long long>(outcome.converged_after),
      static_cast<unsigned long long>(outcome.last_draw),
      static_cast<unsigned long long>(outcome.history_hash));
}

struct Options {
  std::uint64_t seeds = 1'000, from = 1;
  bool verbose = false;
};

bool ParseOptions(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    const bool value = i + 1 < argc;
    if (name == "--verbose") {
      options.verbose = true;
    } else if (name == "--seeds" && value) {
      if (!ParseNumber(argv[++i], options.seeds)) return false;
    } else if (name == "--from" && value) {
      if (!ParseNumber(argv[++i], options.from)) return false;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!ParseOptions(argc, argv, options)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  std::uint64_t events = 0;
  for (std::uint64_t i = 0; i < options.seeds; ++i) {
    const auto scenario = scv::world::sim::MakeScenario(options.from + i);
    auto outcome = scv::world::sim::Simulate(scenario, options.verbose);
    events += outcome.events;
    if (options.verbose) TellStory(scenario, outcome);
    if (outcome.violation.empty()) continue;
    if (!options.verbose) TellStory(scenario, scv::world::sim::Simulate(scenario, true));
    std::printf(
        "seed %llu broke a promise: %s\nrepeat: scv-simulate --seeds 1 --from %llu "
        "--verbose\n",
        static_cast<unsigned long long>(options.from + i), outcome.violation.c_str(),
        static_cast<unsigned long long>(options.from + i));
    return 1;
  }
  std::printf("%llu worlds, %llu events: all promises were kept\n",
              static_cast<unsigned long long>(options.seeds),
              static_cast<unsigned long long>(events));
  return 0;
}
