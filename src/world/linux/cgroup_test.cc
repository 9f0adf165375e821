#include "world/linux/cgroup.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>

namespace scv::world {
namespace {

TEST(Cgroups, NamesALabByItsDirectory) {
  EXPECT_EQ(CgroupNameOf("/a/b"), CgroupNameOf("/a/./b"));
  EXPECT_NE(CgroupNameOf("/a/b"), CgroupNameOf("/a/c"));
}

TEST(Cgroups, MakesCountsAndRemoves) {
  const auto groups = Cgroups::Open("scv-test-" + std::to_string(::getpid()));
  if (!groups.has_unified()) GTEST_SKIP() << "control groups are not writable here";
  const auto made = groups.Make("alb/front", {.memory_bytes = 1 << 25, .cpu_millis = 500});
  EXPECT_FALSE(made.empty());
  EXPECT_TRUE(groups.Members("alb/front").empty());
  EXPECT_TRUE(groups.CpuMicros("alb/front").has_value());
  EXPECT_TRUE(groups.Remove("alb/front"));
  EXPECT_TRUE(groups.Remove("alb/front"));
  groups.RemoveAll();
}

TEST(Cgroups, WhomNoLimitBindsIsScheduledWithTheWholeLab) {
  const std::string lab = "scv-test-" + std::to_string(::getpid());
  const auto groups = Cgroups::Open(lab);
  if (!groups.limits_cpu()) GTEST_SKIP() << "control groups for processors are not writable here";
  const int all = 1000 * static_cast<int>(std::thread::hardware_concurrency());
  const auto own = [&](int cpu_millis) {
    const auto made = groups.Make("a", {.cpu_millis = cpu_millis});
    int found = 0;
    for (const auto& group : made) {
      const bool mine = group.filename() == "a" && group.parent_path().filename() == lab;
      const bool cpu = std::filesystem::exists(group / "cpu.cfs_quota_us") ||
                       std::filesystem::exists(group / "cpu.max");
      found += mine && cpu ? 1 : 0;
    }
    EXPECT_TRUE(groups.Remove("a"));
    return found;
  };
  EXPECT_EQ(own(0), 0);
  EXPECT_EQ(own(all), 0);
  EXPECT_EQ(own(all - 1), 1);
  groups.RemoveAll();
}

TEST(Cgroups, SaysWhatIsNotEnforced) {
  const Cgroups none;
  EXPECT_EQ(none.Lacking({}), "");
  EXPECT_NE(none.Lacking({.memory_bytes = 1, .cpu_millis = 1}).find("memory and CPU"),
            std::string::npos);
  EXPECT_TRUE(none.Make("a", {.memory_bytes = 1}).empty());
}

}  // namespace
}  // namespace scv::world
