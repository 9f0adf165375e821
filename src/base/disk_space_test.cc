#include "base/disk_space.h"

#include <gtest/gtest.h>

namespace scv {
namespace {

constexpr std::uint64_t kMoreThanAnyDiskHas = std::uint64_t{1} << 60;

TEST(DiskSpace, IsThatOfTheNearestDirectoryThatIsThere) {
  const auto here = DiskSpaceAt("/proc/self");
  const auto below = DiskSpaceAt("/proc/self/nothing/here");
  ASSERT_TRUE(here && below);
  EXPECT_EQ(here->mount, "/proc");
  EXPECT_EQ(below->mount, "/proc");
}

TEST(DiskSpace, SaysWhatIsFullAndWhatHelps) {
  EXPECT_EQ(DiskShortage("/", 0), "");
  const auto text = DiskShortage("/", kMoreThanAnyDiskHas);
  EXPECT_TRUE(text.starts_with("the file system /, which holds /, is full: ")) << text;
  EXPECT_TRUE(text.ends_with("free space there")) << text;
}

}  // namespace
}  // namespace scv
