#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <future>
#include <iostream>
#include <memory>
#include <string>

#include "world/linux/database_test_lab.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

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

  // What of `numbers` is not there.
  std::size_t MissingAt(const std::string& node, const std::set<int>& numbers) {
    std::string list = "-1";
    for (const int number : numbers) list += "," + std::to_string(number);
    const auto found = lab_->Ask(node, "SELECT COUNT(*) FROM memo.t WHERE i IN (" + list + ")");
    return numbers.size() - std::stoul("0" + found);
  }

  std::unique_ptr<DatabaseTestLab> lab_;
};

TEST_F(DatabaseReplication, FailsOverWithoutLosingWhatWasAcknowledged) {
  MakePair();
  const int standby = lab_->PidOf("b");
  DatabaseTestWriters writers(*lab_, "a", 4, 0);
  ASSERT_TRUE(Eventually([&] { return writers.Count() >= 200; }));
  lab_->Signal("a", SIGKILL);
  const auto killed = steady_clock::now();
  ASSERT_EQ(lab_->Lead("b", false, "is promoted"), "");
  EXPECT_EQ(DatabaseTestClient(*lab_, "b").Execute("INSERT INTO t VALUES (-5)"), 0u);
  std::cout << "kill to first write: "
            << std::chrono::duration<double, std::milli>(steady_clock::now() - killed).count()
            << " ms\n";
  writers.Stop();
  EXPECT_EQ(MissingAt("b", writers.Acknowledged()), 0u) << "of " << writers.Count();
  EXPECT_EQ(lab_->PidOf("b"), standby);

  lab_->specs.at("a").role.discard_tail = true;
  const auto rejoin = steady_clock::now();
  ASSERT_EQ(lab_->FollowSource("a", "b", true, "rejoins"), "");
  ASSERT_TRUE(lab_->HasCaughtUp("a", "b")) << lab_->Facts("a").error_text;
  std::cout << "rejoined in "
            << std::chrono::duration<double, std::milli>(steady_clock::now() - rejoin).count()
            << " ms\n";
  EXPECT_EQ(lab_->Ask("a", "SELECT COUNT(*) FROM memo.t"),
            lab_->Ask("b", "SELECT COUNT(*) FROM memo.t"));
  ASSERT_EQ(lab_->Ensure("a", "nothing to do"), "");
  ASSERT_EQ(lab_->Lead("b", true), "");
  EXPECT_EQ(DatabaseTestClient(*lab_, "b").Execute("INSERT INTO t VALUES (-6)"), 0u);
  EXPECT_EQ(DatabaseTestClient(*lab_, "a").Execute("INSERT INTO t VALUES (-7)"), kReadOnlyError);
}

}  // namespace
}  // namespace scv::world
