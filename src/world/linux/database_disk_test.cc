#include "world/linux/database_disk.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>

#include "world/linux/database_test_lab.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kSpare = 4 << 20;

// In a mount namespace of this thread's own, from which its children are born: nothing that is
// mounted here is left behind.
class DatabaseDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = WhyNoDatabases(); !why.empty()) GTEST_SKIP() << why;
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      GTEST_SKIP() << "no mount namespace of its own: " << std::strerror(errno);
    }
    lab_ = std::make_unique<DatabaseTestLab>();
  }

  std::filesystem::path Home() { return lab_->databases->HomeOf(lab_->ProcessOf("a")); }

  std::unique_ptr<DatabaseTestLab> lab_;
};

TEST_F(DatabaseDiskTest, RunsFullAndIsHealed) {
  const std::string process = lab_->ProcessOf("a");
  lab_->Add("a");
  ASSERT_EQ(lab_->Ensure("a", "made"), "");
  ASSERT_EQ(DatabaseTestClient(*lab_, "a").Execute("CREATE TABLE t (i INT PRIMARY KEY)"), 0u);
  ASSERT_EQ(ErrorOf(lab_->databases->LimitDisk(process, kSpare)), "");
  ASSERT_EQ(lab_->Ensure("a", "started on a small volume"), "");
  ASSERT_EQ(DatabaseTestClient(*lab_, "a").Execute("INSERT INTO t VALUES (1)"), 0u);

  ASSERT_EQ(ErrorOf(lab_->databases->FillDisk(process)), "");
  // Nothing is acknowledged that is not on the disk; it hangs or is refused. Reading goes on.
  DatabaseTestWriters writers(*lab_, "a", 1, 10, 1);
  writers.Join();
  std::cout << "written to the full volume: " << writers.Acknowledged().size() << "\n";
  EXPECT_EQ(DatabaseTestClient(*lab_, "a").Execute("SELECT i FROM t"), 0u);

  ASSERT_EQ(ErrorOf(lab_->databases->DrainDisk(process)), "");
  ASSERT_EQ(ErrorOf(lab_->databases->UnlimitDisk(process)), "");
  EXPECT_FALSE(DatabaseDisk(Home()).IsLimited());
  ASSERT_EQ(lab_->Ensure("a", "back on its own disk"), "");
  EXPECT_EQ(DatabaseTestClient(*lab_, "a").Execute("INSERT INTO t VALUES (2)"), 0u);
  EXPECT_EQ(lab_->Ask("a", "SELECT COUNT(*) FROM memo.t WHERE i IN (1, 2)"), "2");
  std::string list = "-1";
  for (const int number : writers.Acknowledged()) list += "," + std::to_string(number);
  EXPECT_EQ(lab_->Ask("a", "SELECT COUNT(*) FROM memo.t WHERE i IN (" + list + ")"),
            std::to_string(writers.Acknowledged().size()));

  // All at once: it dies of it, and comes back when it is healed.
  ASSERT_EQ(ErrorOf(lab_->databases->SetDiskFull(process, true)), "");
  EXPECT_FALSE(lab_->Runs("a"));
  EXPECT_NE(lab_->Ensure("a", "cannot start"), "");
  ASSERT_EQ(ErrorOf(lab_->databases->SetDiskFull(process, false)), "");
  ASSERT_EQ(lab_->Ensure("a", "healed"), "");
  EXPECT_EQ(lab_->Ask("a", "SELECT COUNT(*) FROM memo.t WHERE i IN (1, 2)"), "2");
}

}  // namespace
}  // namespace scv::world
