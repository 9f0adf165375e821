// Every scenario once. SCV_FAULT_SEED repeats a run.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "fault/scenario.h"

namespace scv::fault {

void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.what; }

namespace {

std::uint64_t Seed() {
  const char* given = std::getenv("SCV_FAULT_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

class FaultTest : public testing::TestWithParam<Scenario> {};

TEST_P(FaultTest, NothingIsLost) {
  const Report report = RunScenario(GetParam(), Seed());
  std::cout << GetParam().what << " (seed " << report.seed << ")\n";
  if (!report.skipped.empty()) GTEST_SKIP() << report.skipped;
  const Tally& tally = report.tally;
  std::cout << tally.acknowledged << " writes acknowledged, " << tally.unknown << " unknown, "
            << tally.replayed << " replayed, " << tally.refused << " refused, " << tally.reads
            << " reads, " << tally.faults << " faults shown to clients, slowest answer "
            << tally.latency_max.count() << " ms, longest silence " << tally.silence_max.count()
            << " ms, " << report.memos << " memos, " << report.took.count() << " ms\n";
  for (const std::string& problem : report.problems) ADD_FAILURE() << problem;
  if (HasFailure()) std::cout << "repeat with SCV_FAULT_SEED=" << report.seed << "\n";
}

std::string NameOf(const testing::TestParamInfo<Scenario>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Sqlite, FaultTest, testing::ValuesIn(SqliteScenarios()), NameOf);
INSTANTIATE_TEST_SUITE_P(Mariadb, FaultTest, testing::ValuesIn(MariadbScenarios()), NameOf);

}  // namespace
}  // namespace scv::fault
