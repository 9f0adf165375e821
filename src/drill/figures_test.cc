#include "drill/figures.h"

#include <gtest/gtest.h>

namespace scv::drill {
namespace {

constexpr Micros kMs = 1000;

Attempt Made(int client, Micros start_ms, Micros end_ms, bool good,
             Action action = Action::kCreate) {
  Attempt attempt;
  attempt.client = client;
  attempt.action = action;
  attempt.start = start_ms * kMs;
  attempt.end = end_ms * kMs;
  attempt.outcome = good ? Outcome::kOk : Outcome::kUnknown;
  attempt.last = good;
  return attempt;
}

TEST(DrillFigures, WithoutAFailureThereIsNoOutage) {
  const std::vector<Attempt> attempts{Made(0, 0, 10, true), Made(0, 200, 450, true)};
  const auto found = Measure(attempts, Share::kWrites, 100 * kMs, 500 * kMs);
  EXPECT_EQ(found.rto_ms, 0);
  EXPECT_EQ(found.requests, 2U);
  EXPECT_EQ(found.failed_requests, 0U);
  EXPECT_DOUBLE_EQ(found.gap_max_ms, 350);
  EXPECT_DOUBLE_EQ(found.max_ms, 250);
  EXPECT_EQ(Measure(attempts, Share::kReads, 0, 500 * kMs).requests, 0U);
}

TEST(DrillFigures, AnOutageLastsFromTheFirstFailureToTheFirstSuccessThatLasts) {
  const std::vector<Attempt> attempts{
      Made(0, 0, 10, true),     Made(0, 100, 120, false),  // at 100 something was done
      Made(1, 110, 115, true),                             // still got through
      Made(1, 200, 230, false), Made(0, 400, 420, true),  Made(1, 600, 610, true)};
  const auto found = Measure(attempts, Share::kWrites, 100 * kMs, 1000 * kMs);
  EXPECT_EQ(found.rto_ms, 320);
  EXPECT_EQ(found.recovered, 420 * kMs);
  EXPECT_DOUBLE_EQ(found.worst_client_ms, 410);
  EXPECT_EQ(found.failed_requests, 2U);
  EXPECT_EQ(found.failed_operations, 0U);
}

TEST(DrillFigures, WhatDoesNotComeBackHasNoRto) {
  const std::vector<Attempt> attempts{Made(0, 0, 10, true), Made(0, 100, 120, false)};
  const auto found = Measure(attempts, Share::kWrites, 50 * kMs, 1000 * kMs);
  EXPECT_FALSE(found.rto_ms);
  EXPECT_FALSE(found.recovered);
}

TEST(DrillFigures, FailuresFromBeforeAreNoOutage) {
  const std::vector<Attempt> attempts{Made(0, 0, 10, false), Made(0, 100, 120, true)};
  const auto found = Measure(attempts, Share::kWrites, 50 * kMs, 1000 * kMs);
  EXPECT_EQ(found.rto_ms, 0);
  EXPECT_EQ(found.failed_before, 1U);
}

LabEvent Told(Micros at_ms, const char* source, const char* text) {
  return {.at = at_ms * kMs, .source = source, .subject = "scv", .text = text, .reason = ""};
}

TEST(DrillFigures, PhasesFollowFromTheEventsOfAFailover) {
  const std::vector<LabEvent> events{Told(90, "database", "detect: an older one"),
                                     Told(105, "part", "database is failed"),
                                     Told(110, "database", "detect: the primary is dead"),
                                     Told(115, "database", "decide: promote scv/2"),
                                     Told(120, "database", "act: fenced scv"),
                                     Told(160, "database", "act: promoted scv/2"),
                                     Told(900, "database", "act: cloning")};
  const auto phases = PhasesOf(events, 100 * kMs, 200 * kMs);
  ASSERT_EQ(phases.size(), 4U);
  EXPECT_EQ(phases[0].took_ms, 10);
  EXPECT_EQ(phases[1].took_ms, 5);
  EXPECT_EQ(phases[2].took_ms, 45);
  EXPECT_EQ(phases[3].took_ms, 40);
  EXPECT_EQ(phases[2].told_by, "scv act: promoted scv/2");
}

TEST(DrillFigures, WithoutAFailoverWhatTheLabNoticedFirstIsTheDetection) {
  const auto phases =
      PhasesOf({Told(100, "fault", "kill injected"), Told(130, "part", "instance is failed")},
               100 * kMs, std::nullopt);
  EXPECT_EQ(phases[0].took_ms, 30);
  EXPECT_FALSE(phases[1].took_ms);
  EXPECT_FALSE(phases[3].took_ms);
}

TEST(DrillFigures, EventsAreReadOnTheClockOfTheRequests) {
  const auto event = ParseEvent(
      R"({"number":1,"at":"1970-01-01T00:00:02.000Z","source":"database","subject":"s","text":"act: t"})",
      500'000);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->at, 1'500'000);
  EXPECT_EQ(PhaseOf(*event), "act");
  EXPECT_FALSE(ParseEvent("{}", 0));
  EXPECT_FALSE(ParseEvent("no JSON", 0));
  EXPECT_EQ(PhaseOf(Told(0, "database", "steady")), "");
  EXPECT_EQ(PhaseOf(Told(0, "part", "act: no")), "");
}

TEST(DrillFigures, PercentilesAreByTheNearestRank) {
  EXPECT_EQ(Percentile({}, 0.5), 0);
  EXPECT_EQ(Percentile({3, 1, 2}, 0.5), 2);
  EXPECT_EQ(Percentile({1, 2, 3, 4}, 0.99), 4);
  EXPECT_EQ(Percentile({5}, 0), 5);
}

}  // namespace
}  // namespace scv::drill
