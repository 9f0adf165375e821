// The scenarios over and over, in an order that the seed gives, for as long as asked.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "fault/scenario.h"

namespace scv::fault {
namespace {

using Clock = std::chrono::steady_clock;

struct SoakOptions {
  double minutes = 10;
  std::uint64_t seed = 0;
  std::string only;
  std::string json;
  bool list = false;
};

// All runs of one scenario.
struct Total {
  std::size_t runs = 0;
  std::size_t failed = 0;
  std::string skipped;
  std::size_t acknowledged = 0;
  std::size_t unknown = 0;
  std::size_t replayed = 0;
  std::size_t reads = 0;
  std::size_t faults = 0;
  std::chrono::milliseconds latency_max{0};
  std::chrono::milliseconds silence_max{0};

  void Add(const Report& report) {
    if (!report.skipped.empty()) {
      skipped = report.skipped;
      return;
    }
    ++runs;
    failed += report.problems.empty() ? 0 : 1;
    acknowledged += report.tally.acknowledged;
    unknown += report.tally.unknown;
    replayed += report.tally.replayed;
    reads += report.tally.reads;
    faults += report.tally.faults;
    latency_max = std::max(latency_max, report.tally.latency_max);
    silence_max = std::max(silence_max, report.tally.silence_max);
  }
};

using Totals = std::map<std::string, Total>;

std::vector<Scenario> Chosen(const std::string& only) {
  std::vector<Scenario> chosen;
  for (const auto* scenarios : {&SqliteScenarios(), &MariadbScenarios()}) {
    for (const Scenario& scenario : *scenarios) {
      if (std::string_view(scenario.name).starts_with(only)) chosen.push_back(scenario);
    }
  }
  return chosen;
}

void PrintRun(const Report& report) {
  const char* verdict = !report.skipped.empty()   ? "skipped"
                        : report.problems.empty() ? "ok"
                                                  : "BAD";
  std::printf("%-30s seed %-20llu %6lld ms  %s\n", report.scenario.c_str(),
              static_cast<unsigned long long>(report.seed),
              static_cast<long long>(report.took.count()), verdict);
  for (const std::string& problem : report.problems) std::printf("    %s\n", problem.c_str());
  std::fflush(stdout);
}

void PrintTable(const Totals& totals) {
  std::printf("\n%-30s %5s %6s %8s %8s %8s %8s %8s %9s %9s\n", "scenario", "runs", "failed",
              "acked", "unknown", "replayed", "reads", "faults", "slowest", "silence");
  for (const auto& [name, total] : totals) {
    if (total.runs == 0) {
      std::printf("%-30s skipped: %s\n", name.c_str(), total.skipped.c_str());
      continue;
    }
    std::printf("%-30s %5zu %6zu %8zu %8zu %8zu %8zu %8zu %6lld ms %6lld ms\n", name.c_str(),
                total.runs, total.failed, total.acknowledged, total.unknown, total.replayed,
                total.reads, total.faults, static_cast<long long>(total.latency_max.count()),
                static_cast<long long>(total.silence_max.count()));
  }
}

boost::json::object ToJson(const Report& report) {
  return {{"scenario", report.scenario},
          {"seed", report.seed},
          {"ms", report.took.count()},
          {"skipped", report.skipped},
          {"acknowledged", report.tally.acknowledged},
          {"unknown", report.tally.unknown},
          {"replayed", report.tally.replayed},
          {"refused", report.tally.refused},
          {"reads", report.tally.reads},
          {"faults", report.tally.faults},
          {"latency_ms_max", report.tally.latency_max.count()},
          {"silence_ms_max", report.tally.silence_max.count()},
          {"memos", report.memos},
          {"problems", boost::json::value_from(report.problems)}};
}

int Soak(const SoakOptions& options) {
  std::vector<Scenario> scenarios = Chosen(options.only);
  if (scenarios.empty()) {
    std::fprintf(stderr, "fault_soak: no scenario begins with '%s'; --list names them\n",
                 options.only.c_str());
    return 2;
  }
  std::printf("seed %llu\n", static_cast<unsigned long long>(options.seed));
  std::mt19937_64 random(options.seed);
  const auto end = Clock::now() + std::chrono::duration<double, std::ratio<60>>(options.minutes);
  Totals totals;
  boost::json::array runs;
  bool good = true;
  do {
    std::shuffle(scenarios.begin(), scenarios.end(), random);
    for (const Scenario& scenario : scenarios) {
      const Report report = RunScenario(scenario, random());
      PrintRun(report);
      totals[report.scenario].Add(report);
      runs.push_back(ToJson(report));
      good &= report.problems.empty();
      if (Clock::now() >= end) break;
    }
  } while (Clock::now() < end);
  PrintTable(totals);
  if (options.json.empty()) return good ? 0 : 1;
  std::ofstream file(options.json);
  file << boost::json::serialize(boost::json::object{{"seed", options.seed}, {"runs", runs}})
       << '\n';
  if (file.flush()) return good ? 0 : 1;
  std::fprintf(stderr, "fault_soak: cannot write %s\n", options.json.c_str());
  return 2;
}

}  // namespace
}  // namespace scv::fault

int main(int argc, char** argv) {
  using scv::fault::SoakOptions;
  SoakOptions options;
  options.seed = std::random_device()();
  CLI::App app("Faults under load, over and over, judged by a checker of histories");
  app.add_option("--minutes", options.minutes, "How long; every run that has begun is finished")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "Repeats the choices of an earlier soak");
  app.add_option("--only", options.only, "Only scenarios whose names begin so");
  app.add_option("--json", options.json, "Write every run to this file");
  app.add_flag("--list", options.list, "Name the scenarios and end");
  app.footer(
      "Exit codes: 0 nothing found, 1 something was, 2 wrong usage.\n"
      "Example: fault_soak --minutes 30 --only Mariadb --json soak.json");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (!options.list) return scv::fault::Soak(options);
  for (const auto& scenario : scv::fault::Chosen("")) {
    std::printf("%-30s %s\n", scenario.name, scenario.what);
  }
  return 0;
}
