#include "world/linux/fd_store_client.h"

#include <gtest/gtest.h>

namespace scv::world {
namespace {

TEST(ParseExitReport, TakesWhatTheInitSends) {
  const auto report = ParseExitReport("exit 12 3456789 137");
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->pid, 12);
  EXPECT_EQ(report->start_ticks, 3456789U);
  EXPECT_EQ(report->exit_code, 137);
}

TEST(ParseExitReport, RefusesTheRest) {
  for (const char* text : {"", "ok", "exit", "exit 1", "exit 1 2", "exit a 2 3", "exit 1  3"}) {
    EXPECT_FALSE(ParseExitReport(text).has_value()) << text;
  }
}

TEST(FdStoreClient, SaysThatNobodyIsThere) {
  FdStoreClient store("/nowhere");
  EXPECT_FALSE(store.Names().has_value());
  EXPECT_EQ(store.Put("a b", 0).error().kind, ErrorKind::kInvalid);
  EXPECT_FALSE(store.WatchExits().has_value());
}

}  // namespace
}  // namespace scv::world
