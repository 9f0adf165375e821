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

// The instance comes back with an older database: what was acknowledged since is lost.
Result<void> GoBackInTime(Stage& stage) {
  const auto file = stage.directory() / "memo.db";
  const auto copy = stage.directory() / "copy";
  constexpr auto kOverwrite = std::filesystem::copy_options::overwrite_existing;
  MemoOptions options;
  options.flags = {"--data", file};
  SCV_TRY(stage.AddMemo(std::move(options)));
  SCV_TRY(stage.StartLoad());
  stage.memo(0).Kill();
  std::filesystem::create_directory(copy);
  for (const char* part : {"memo.db", "memo.db-wal"}) {
    std::filesystem::copy_file(stage.directory() / part, copy / part);
  }
  SCV_TRY(stage.memo(0).Restart());
  SCV_TRY(stage.AwaitSuccesses(200));
  stage.memo(0).Kill();
  std::filesystem::remove(stage.directory() / "memo.db-shm");
  for (const char* part : {"memo.db", "memo.db-wal"}) {
    std::filesystem::copy_file(copy / part, stage.directory() / part, kOverwrite);
  }
  SCV_TRY(stage.memo(0).Restart());
  return stage.Finish();
}

// The whole of it, from the clients to the checker, is able to find something.
TEST(FaultTestItself, NoticesALoss) {
  const Report report =
      RunScenario({"GoBackInTime", "an older database", {}, GoBackInTime}, Seed());
  std::string all;
  for (const std::string& problem : report.problems) all += problem + "\n";
  EXPECT_NE(all.find(Name(ViolationKind::kLostWrite)), std::string::npos) << all;
}

std::string NameOf(const testing::TestParamInfo<Scenario>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Sqlite, FaultTest, testing::ValuesIn(SqliteScenarios()), NameOf);
INSTANTIATE_TEST_SUITE_P(Mariadb, FaultTest, testing::ValuesIn(MariadbScenarios()), NameOf);

}  // namespace
}  // namespace scv::fault
