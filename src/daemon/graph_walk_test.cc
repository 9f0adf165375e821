#include "daemon/graph_walk.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>

namespace scv::daemon {
namespace {

const std::function<bool()> kNever = [] { return false; };

TEST(GraphWalk, DoesEachAfterWhatItNeeds) {
  std::mutex mutex;
  std::vector<std::size_t> order;
  const auto item = [&](std::size_t number, std::vector<std::size_t> after) {
    return WalkItem{std::move(after), [&, number] {
                      const std::lock_guard lock(mutex);
                      order.push_back(number);
                      return true;
                    }};
  };
  EXPECT_EQ(Walk({item(0, {1, 2}), item(1, {2}), item(2, {})}, 3, kNever), 0U);
  EXPECT_EQ(order, (std::vector<std::size_t>{2, 1, 0}));
}

TEST(GraphWalk, LeavesOutWhatNeedsSomethingThatFailed) {
  std::atomic<int> done = 0;
  const auto good = [&] {
    ++done;
    return true;
  };
  EXPECT_EQ(Walk({{{}, [] { return false; }}, {{0}, good}, {{1}, good}, {{}, good}}, 2, kNever),
            3U);
  EXPECT_EQ(done, 1);
}

TEST(GraphWalk, StopsBeforeTheNextItem) {
  std::atomic<bool> stop = false;
  const auto work = [&] {
    stop = true;
    return true;
  };
  EXPECT_EQ(Walk({{{}, work}, {{0}, work}}, 4, [&] { return stop.load(); }), 1U);
}

TEST(GraphWalk, EndsWithNothingToDo) { EXPECT_EQ(Walk({}, 4, kNever), 0U); }

}  // namespace
}  // namespace scv::daemon
