#include "memo/store/name_watch.h"

#include <gtest/gtest.h>

#include <atomic>

namespace scv::memo {
namespace {

using Clock = NameWatch::Clock;

// Asks as somebody who waits does; false: not within ten seconds.
bool LeadsElsewhereInTime(NameWatch& watch, const Addresses& addresses, Clock::time_point since) {
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  while (Clock::now() < deadline) {
    if (watch.LeadsElsewhere(addresses, since)) return true;
    std::this_thread::yield();
  }
  return false;
}

// Until the name was asked for `count` times.
bool Asked(NameWatch& watch, const std::atomic<int>& queries, int count,
           const Addresses& addresses) {
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  while (queries < count && Clock::now() < deadline) {
    if (watch.LeadsElsewhere(addresses, Clock::now())) return false;
    std::this_thread::yield();
  }
  return queries >= count;
}

TEST(NameWatch, NumbersResolveToThemselves) {
  EXPECT_EQ(ResolveName("127.0.0.1"), Addresses{"127.0.0.1"});
  EXPECT_EQ(ResolveName("no such name"), Addresses{});
}

TEST(NameWatch, NothingIsAskedWhileNobodyWaits) {
  std::atomic<int> queries = 0;
  {
    const NameWatch watch([&] { return ++queries, Addresses{"10.0.0.1"}; });
  }
  EXPECT_EQ(queries, 0);
}

TEST(NameWatch, ANameThatStaysStays) {
  std::atomic<int> queries = 0;
  NameWatch watch([&] { return ++queries, Addresses{"10.0.0.1", "10.0.0.2"}; });
  const auto since = Clock::now();
  ASSERT_TRUE(Asked(watch, queries, 3, {"10.0.0.2"}));
  EXPECT_FALSE(watch.LeadsElsewhere({"10.0.0.2"}, since));
  EXPECT_TRUE(watch.LeadsElsewhere({"10.0.0.3"}, since));
}

TEST(NameWatch, ANameThatMovesIsSeen) {
  std::atomic<bool> moved = false;
  NameWatch watch([&] { return Addresses{moved ? "10.0.0.2" : "10.0.0.1"}; });
  const auto since = Clock::now();
  EXPECT_FALSE(watch.LeadsElsewhere({"10.0.0.1"}, since));
  moved = true;
  EXPECT_TRUE(LeadsElsewhereInTime(watch, {"10.0.0.1"}, since));
}

TEST(NameWatch, WhatWasAskedBeforeSomebodyWaitedMovesNothing) {
  std::atomic<int> queries = 0;
  NameWatch watch([&] { return ++queries, Addresses{"10.0.0.2"}; });
  ASSERT_TRUE(LeadsElsewhereInTime(watch, {"10.0.0.1"}, Clock::now()));
  EXPECT_FALSE(watch.LeadsElsewhere({"10.0.0.1"}, Clock::now() + std::chrono::hours(1)));
}

TEST(NameWatch, NoAnswerMovesNothing) {
  std::atomic<int> queries = 0;
  NameWatch watch([&] { return ++queries, Addresses{}; });
  EXPECT_TRUE(Asked(watch, queries, 3, {"10.0.0.1"}));
}

TEST(NameWatch, QueriesKeepTheirDistance) {
  std::atomic<int> queries = 0;
  NameWatch watch([&] { return ++queries, Addresses{"10.0.0.1"}; });
  const auto begun = Clock::now();
  ASSERT_TRUE(Asked(watch, queries, 4, {"10.0.0.1"}));
  EXPECT_GE(Clock::now() - begun, 3 * NameWatch::kPatience);
}

}  // namespace
}  // namespace scv::memo
