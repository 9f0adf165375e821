#include "world/linux/wan_queue.h"

#include <gtest/gtest.h>

#include "world/linux/engines_test_support.h"
#include "world/linux/wan_settings.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;

TEST(WanQueueTest, GivesFramesInTheirOrderWhenTheyAreDue) {
  WanQueue queue(1000);
  const WanQueue::Clock::time_point start{};
  const std::vector<std::byte> one(10, std::byte{1}), two(20, std::byte{2});
  EXPECT_TRUE(queue.Push(start + milliseconds(35), one));
  // The delay has fallen meanwhile: the second does not overtake.
  EXPECT_TRUE(queue.Push(start + milliseconds(5), two));
  EXPECT_FALSE(queue.Due(start + milliseconds(34)));
  EXPECT_EQ(queue.NextDue(), start + milliseconds(35));
  ASSERT_TRUE(queue.Due(start + milliseconds(35)));
  EXPECT_EQ(queue.Due(start + milliseconds(35))->size(), 10U);
  queue.Pop();
  EXPECT_EQ(queue.Due(start + milliseconds(35))->size(), 20U);
  queue.Pop();
  EXPECT_TRUE(queue.empty());
  EXPECT_FALSE(queue.NextDue());
}

TEST(WanQueueTest, IsBounded) {
  WanQueue queue(1000);
  const std::vector<std::byte> frame(436);  // 500 with what it costs
  EXPECT_TRUE(queue.Push({}, frame));
  EXPECT_TRUE(queue.Push({}, frame));
  EXPECT_FALSE(queue.Push({}, std::vector<std::byte>(1)));
  queue.Pop();
  EXPECT_TRUE(queue.Push({}, frame));
}

TEST(WanSettingsTest, AreSharedAndKept) {
  const TestDirectory directory;
  const auto path = directory.path / "settings";
  {
    auto one = WanSettingsFile::Open(path);
    auto other = WanSettingsFile::Open(path);
    ASSERT_TRUE(one.has_value() && other.has_value());
    EXPECT_EQ(other->Load(), WanSettings{});
    one->Store({.delay = 35, .loss_percent = 7, .partitioned = true});
    EXPECT_EQ(other->Load(), (WanSettings{35, 7, true}));
  }
  auto again = WanSettingsFile::Open(path);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->Load(), (WanSettings{35, 7, true}));
  again->Store({.delay = 1'000'000, .loss_percent = -3, .partitioned = false});
  EXPECT_EQ(again->Load(), (WanSettings{kWanDelayMax, 0, false}));
  EXPECT_FALSE(WanSettingsFile::Open(directory.path / "none" / "settings").has_value());
}

}  // namespace
}  // namespace scv::world
