#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <future>
#include <iostream>
#include <memory>
#include <set>
#include <string>

#include "world/linux/database_test_lab.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

double MillisSince(steady_clock::time_point begun) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - begun).count();
}

constexpr unsigned int kReadOnlyError = 1290;  // ER_OPTION_PREVENTS_STATEMENT

class DatabaseReplication : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = WhyNoDatabases(); !why.empty()) GTEST_SKIP() << why;
    lab_ = std::make_unique<DatabaseTestLab>();
  }

  // "a" leads and waits for "b".
  void MakePair() {
    lab_->Add("a");
    lab_->Add("b");
    ASSERT_EQ(lab_->Ensure("a", "made as primary"), "");
    ASSERT_EQ(lab_->FollowSource("b", "a", true, "made as standby"), "");
    ASSERT_TRUE(Eventually([&] { return lab_->Facts("b").receiving; }));
    ASSERT_EQ(lab_->Lead("a", true, "waits for its standby"), "");
    ASSERT_EQ(DatabaseTestClient(*lab_, "a").Execute("CREATE TABLE t (i INT PRIMARY KEY)"), 0u);
  }

  // Kills `primary` under a stream of writes, promotes `standby`, and has the other rejoin.
  void FailOver(const std::string& primary, const std::string& standby, std::set<int>& written) {
    const int pid = lab_->PidOf(standby);
    DatabaseTestWriters writers(*lab_, primary, 4, 1'000'000 * ++failovers_);
    ASSERT_TRUE(Eventually([&] { return writers.Count() >= 200; }));
    lab_->Signal(primary, SIGKILL);
    const auto killed = steady_clock::now();
    ASSERT_EQ(lab_->Lead(standby, false, "is promoted"), "");
    EXPECT_EQ(DatabaseTestClient(*lab_, standby)
                  .Execute("INSERT INTO t VALUES (" + std::to_string(-10 * failovers_) + ")"),
              0u);
    std::cout << "kill to first write: " << MillisSince(killed) << " ms\n";
    writers.Stop();
    written.merge(writers.Acknowledged());
    EXPECT_EQ(MissingAt(standby, written), 0u) << "of " << written.size();
    EXPECT_EQ(lab_->PidOf(standby), pid);
    Rejoin(primary, standby);
  }

  // The former primary follows the new one, which then waits for it.
  void Rejoin(const std::string& former, const std::string& primary) {
    const auto begun = steady_clock::now();
    lab_->specs.at(former).role.discard_tail = true;
    ASSERT_EQ(lab_->FollowSource(former, primary, true, "rejoins"), "");
    ASSERT_TRUE(lab_->HasCaughtUp(former, primary)) << lab_->Facts(former).error_text;
    std::cout << "rejoined in " << MillisSince(begun) << " ms\n";
    const std::string count = "SELECT COUNT(*) FROM memo.t";
    EXPECT_EQ(lab_->Ask(former, count), lab_->Ask(primary, count));
    ASSERT_EQ(lab_->Ensure(former, "nothing to do"), "");
    ASSERT_EQ(lab_->Lead(primary, true, "waits for its standby"), "");
  }

  // What of `numbers` is not there.
  std::size_t MissingAt(const std::string& node, const std::set<int>& numbers) {
    std::string list = "-1";
    for (const int number : numbers) list += "," + std::to_string(number);
    const auto found = lab_->Ask(node, "SELECT COUNT(*) FROM memo.t WHERE i IN (" + list + ")");
    return numbers.size() - std::stoul("0" + found);
  }

  std::unique_ptr<DatabaseTestLab> lab_;
  int failovers_ = 0;
};

// There and back again: the old primary, which lost its tail, is then the one that takes over.
TEST_F(DatabaseReplication, FailsOverWithoutLosingWhatWasAcknowledged) {
  MakePair();
  std::set<int> acknowledged;
  FailOver("a", "b", acknowledged);
  FailOver("b", "a", acknowledged);
  EXPECT_EQ(DatabaseTestClient(*lab_, "a").Execute("INSERT INTO t VALUES (-1)"), 0u);
  EXPECT_EQ(DatabaseTestClient(*lab_, "b").Execute("INSERT INTO t VALUES (-2)"), kReadOnlyError);
}

TEST_F(DatabaseReplication, WaitsForItsStandbyUntilToldNotTo) {
  MakePair();
  const int primary = lab_->PidOf("a");
  lab_->Signal("b", SIGSTOP);
  auto hanging = std::async(std::launch::async, [&] {
    return DatabaseTestClient(*lab_, "a").Execute("INSERT INTO t VALUES (1)");
  });
  EXPECT_EQ(hanging.wait_for(milliseconds(300)), std::future_status::timeout);
  // Drained while a commit hangs: it says so in time, and acknowledges nothing.
  lab_->specs.at("a").role.read_only = true;
  EXPECT_NE(lab_->Ensure("a", "is not drained"), "");
  EXPECT_EQ(hanging.wait_for(milliseconds(0)), std::future_status::timeout);
  const auto begun = steady_clock::now();
  ASSERT_EQ(lab_->Lead("a", false, "waits no longer"), "");
  EXPECT_EQ(hanging.get(), 0u);
  std::cout << "released in " << MillisSince(begun) << " ms\n";
  EXPECT_EQ(lab_->PidOf("a"), primary);
  lab_->Signal("b", SIGCONT);
  EXPECT_TRUE(lab_->HasCaughtUp("b", "a"));

  // Now the other way round: the primary hangs, and is fenced all the same.
  lab_->Signal("a", SIGSTOP);
  lab_->specs.at("a").role.kind = lab::DatabaseRole::Kind::kFenced;
  ASSERT_EQ(lab_->Ensure("a", "is fenced"), "");
  EXPECT_FALSE(lab_->Runs("a"));
  ASSERT_EQ(lab_->Ensure("a", "is still fenced"), "");
  EXPECT_TRUE(std::filesystem::exists(lab_->databases->HomeOf(lab_->ProcessOf("a")) / "data"));
}

TEST_F(DatabaseReplication, SwitchesAsPlannedClonesAndChains) {
  MakePair();
  const int pids[] = {lab_->PidOf("a"), lab_->PidOf("b")};
  lab_->Add("c");
  ASSERT_EQ(lab_->FollowSource("c", "b", false, "made as a replica of the standby"), "");
  ASSERT_TRUE(lab_->HasCaughtUp("c", "a"));

  DatabaseTestClient before(*lab_, "a");
  EXPECT_EQ(before.Execute("INSERT INTO t VALUES (1)"), 0u);
  lab_->specs.at("a").role.read_only = true;
  ASSERT_EQ(lab_->Ensure("a", "is drained"), "");
  EXPECT_EQ(before.Execute("INSERT INTO t VALUES (2)"), kReadOnlyError);
  ASSERT_TRUE(lab_->HasCaughtUp("b", "a"));
  ASSERT_EQ(lab_->Lead("b", false, "is promoted"), "");
  ASSERT_EQ(lab_->FollowSource("a", "b", true, "follows its follower"), "");
  ASSERT_TRUE(Eventually([&] { return lab_->Facts("a").receiving; }));
  ASSERT_EQ(lab_->Lead("b", true), "");
  ASSERT_EQ(lab_->FollowSource("c", "a", false, "is chained from the new standby"), "");
  EXPECT_EQ(DatabaseTestClient(*lab_, "b").Execute("INSERT INTO t VALUES (3)"), 0u);
  EXPECT_TRUE(lab_->HasCaughtUp("c", "b")) << lab_->Facts("c").error_text;
  EXPECT_EQ(lab_->PidOf("a"), pids[0]);
  EXPECT_EQ(lab_->PidOf("b"), pids[1]);

  // It goes a way of its own, which is seen, and only a clone brings it back.
  EXPECT_EQ(lab_->Ask("a", "INSERT INTO memo.t VALUES (77)"), "");
  EXPECT_EQ(lab_->Ask("a", "SELECT COUNT(*) FROM memo.t WHERE i = 77"), "1");
  lab_->Ask("b", "SET GLOBAL rpl_semi_sync_master_enabled = 0");
  EXPECT_EQ(DatabaseTestClient(*lab_, "b").Execute("INSERT INTO t VALUES (4)"), 0u);
  ASSERT_TRUE(Eventually([&] { return lab_->Seen("a").error != 0; }));
  EXPECT_EQ(lab_->Seen("a").error_text.find("77"), std::string::npos);
  lab_->specs.at("a").role.clone = 1;
  ASSERT_EQ(lab_->Ensure("a", "is cloned anew"), "");
  const int cloned = lab_->PidOf("a");
  ASSERT_TRUE(lab_->HasCaughtUp("a", "b")) << lab_->Facts("a").error_text;
  ASSERT_EQ(lab_->Ensure("a", "has nothing to do"), "");
  EXPECT_EQ(lab_->PidOf("a"), cloned);
  EXPECT_EQ(lab_->Ask("a", "SELECT GROUP_CONCAT(i) FROM memo.t"), "1,3,4");
  EXPECT_EQ(DatabaseTestClient(*lab_, "a").Execute("SELECT i FROM t"), 0u);

  // As a replica that nobody waits for it gets what it wrote itself, too.
  lab_->specs.at("a").role.clone = 2;
  ASSERT_EQ(lab_->FollowSource("a", "b", false, "is cloned as another region's"), "");
  ASSERT_TRUE(lab_->HasCaughtUp("a", "b")) << lab_->Facts("a").error_text;
  EXPECT_EQ(lab_->Ask("a", "SELECT GROUP_CONCAT(i) FROM memo.t"), "1,3,4");
}

// By the monitor, in every way that a node can be lost. An isolated primary acknowledges nothing,
// and nobody has to reach it to go on without it.
TEST_F(DatabaseReplication, IsLookedAtAndPromotedWhileThePrimaryIsIsolated) {
  MakePair();
  ASSERT_TRUE(
      Eventually([&] { return lab_->Seen("a").standbys == 1 && lab_->Seen("b").receiving; }));
  const auto a = lab_->Seen("a"), b = lab_->Seen("b");
  EXPECT_TRUE(a.reachable && a.answering && a.writable && a.waits_for_standby);
  EXPECT_TRUE(b.reachable && b.answering && !b.writable && b.applying);
  EXPECT_EQ(a.source, "");
  EXPECT_EQ(b.source, lab_->AddressOf("a"));
  EXPECT_EQ(b.error_text, "");
  ASSERT_TRUE(Eventually([&] { return lab_->Seen("b").executed == lab_->Facts("a").executed; }));

  const auto stopped = steady_clock::now();
  lab_->Signal("a", SIGSTOP);
  ASSERT_TRUE(Eventually([&] { return !lab_->Seen("a").answering && !lab_->Seen("a").reachable; }));
  std::cout << "a stop is seen after " << MillisSince(stopped) << " ms\n";
  EXPECT_TRUE(lab_->Seen("b").answering);
  lab_->Signal("a", SIGCONT);
  ASSERT_TRUE(Eventually([&] { return lab_->Seen("a").answering && lab_->Seen("a").reachable; }));

  const auto isolated = steady_clock::now();
  lab_->SetLink("a", false);
  ASSERT_TRUE(Eventually([&] { return !lab_->Seen("a").reachable; }));
  std::cout << "isolation is seen after " << MillisSince(isolated) << " ms\n";
  EXPECT_TRUE(lab_->Seen("a").answering);
  ASSERT_EQ(lab_->Lead("b", false, "is promoted"), "");
  EXPECT_EQ(DatabaseTestClient(*lab_, "b").Execute("INSERT INTO t VALUES (1)"), 0u);
  EXPECT_TRUE(lab_->Seen("a").writable && lab_->Seen("a").waits_for_standby);

  const auto killed = steady_clock::now();
  lab_->Signal("a", SIGKILL);
  lab_->monitor->Look(lab_->ProcessOf("a"));
  ASSERT_TRUE(Eventually([&] { return !lab_->Seen("a").answering; }));
  std::cout << "a kill is seen after " << MillisSince(killed) << " ms\n";
  EXPECT_NE(lab_->Seen("a").executed, "");
  lab_->monitor->Forget(lab_->ProcessOf("a"));
  const auto times = lab_->TimesSeen("a");
  const auto looks = lab_->Seen("b").count;
  ASSERT_TRUE(Eventually([&] { return lab_->Seen("b").count > looks; }, milliseconds(3000)));
  EXPECT_EQ(lab_->TimesSeen("a"), times);
}

}  // namespace
}  // namespace scv::world
