#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "drill/aws_documented.h"
#include "drill/report_html.h"
#include "drill/report_json.h"
#include "drill/terminal.h"

namespace scv::drill {
namespace {

constexpr const char* kHostile = "<script>alert(\"x\")</script>&'";

// Every element is closed, in order; void elements stand alone.
std::string WhyNotWellFormed(std::string_view html) {
  static const std::set<std::string, std::less<>> kVoid{"meta", "br", "!doctype"};
  std::vector<std::string> open;
  for (auto at = html.find('<'); at != std::string_view::npos; at = html.find('<', at + 1)) {
    const auto end = html.find('>', at);
    if (end == std::string_view::npos) return "a tag without an end";
    const auto tag = html.substr(at + 1, end - at - 1);
    const bool closing = tag.starts_with('/');
    const std::string name(tag.substr(closing, tag.find_first_of(" />", closing) - closing));
    if (closing) {
      if (open.empty() || open.back() != name) return "</" + name + "> closes something else";
      open.pop_back();
    } else if (!kVoid.contains(name) && !tag.ends_with('/')) {
      open.push_back(name);
    }
  }
  return open.empty() ? "" : "<" + open.back() + "> is open";
}

RunResult SomeRun() {
  RunResult run;
  run.scenario.name = "x";
  run.scenario.title = kHostile;
  run.scenario.title_ko = "엑스";
  run.scenario.about = kHostile;
  run.scenario.steps = {Step{.inject = Injection{.kind = "kill", .part = "primary"}}};
  run.pace = "aws";
  run.first_step = run.last_step = 2'000'000;
  run.end = 8'000'000;
  run.marks = {{2'000'000, Mark::Kind::kFault, kHostile}, {5'000'000, Mark::Kind::kHeal, "healed"}};
  run.events = {{.at = 2'500'000,
                 .source = "database",
                 .subject = "scv",
                 .text = kHostile,
                 .reason = kHostile}};
  for (int i = 0; i < 300; ++i) {
    Attempt attempt;
    attempt.key = "k" + std::to_string(i);
    attempt.client = i % 8;
    attempt.action = i % 2 == 0 ? Action::kCreate : Action::kList;
    attempt.start = 20'000 * i;
    attempt.end = attempt.start + 3'000 * (1 + i % 50);
    attempt.outcome = i > 100 && i < 120 ? Outcome::kUnknown : Outcome::kOk;
    attempt.last = true;
    attempt.error = kHostile;
    run.attempts.push_back(attempt);
  }
  run.redundancy = {.lost = true, .restored_s = std::nullopt, .missing = kHostile};
  Judge(run);
  return run;
}

TEST(DrillReport, IsWellFormedAndEscaped) {
  const auto html = RenderHtml({SomeRun(), SomeRun()});
  EXPECT_EQ(WhyNotWellFormed(html), "");
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
  EXPECT_EQ(WhyNotWellFormed("<p><b></p></b>"), "</p> closes something else");
}

TEST(DrillReport, StandsAlone) {
  const auto html = RenderHtml({SomeRun()});
  for (const char* outside : {"src=", "<link", "@import", "url(", "<iframe", "http-equiv"}) {
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  }
  EXPECT_NE(html.find("prefers-color-scheme:dark"), std::string::npos);
  EXPECT_NE(html.find("role=\"img\""), std::string::npos);
  EXPECT_NE(html.find("lang=\"ko\""), std::string::npos);
}

TEST(DrillReport, SaysWhatAwsDocuments) {
  EXPECT_NE(RenderHtml({SomeRun()}).find("60 to 120 seconds"), std::string::npos);
  Scenario region;
  region.steps = {Step{.inject = Injection{.kind = "region-power", .region = "primary region"}}};
  EXPECT_EQ(DocumentedFor(region).size(), 3U);
  EXPECT_TRUE(DocumentedFor(Scenario()).empty());
}

TEST(DrillReport, ManyRequestsStayASmallPicture) {
  auto run = SomeRun();
  const Attempt one = run.attempts.front();
  for (int i = 0; i < 50'000; ++i) {
    run.attempts.push_back(one);
    run.attempts.back().start = run.attempts.back().end = 2'000'000 + i * 100;
  }
  EXPECT_LT(RenderTimeline(run).size(), 400'000U);
}

TEST(DrillReport, AFailedRunSaysWhatDidNotHold) {
  auto run = SomeRun();
  EXPECT_FALSE(run.passed());
  EXPECT_NE(RunTable(run).find("redundancy did not come back"), std::string::npos);
  EXPECT_NE(RunsTable({run, run}).find("0 of 2 passed"), std::string::npos);
}

TEST(DrillReport, ProgramsGetTheSameFigures) {
  const auto value = ToJson({SomeRun()}, "/tmp/report.html");
  EXPECT_EQ(value.at("drill").as_string(), "x");
  EXPECT_FALSE(value.at("passed").as_bool());
  EXPECT_EQ(value.at("runs").as_array().size(), 1U);
  EXPECT_TRUE(value.at_pointer("/runs/0/redundancy/restored_s").is_null());
  EXPECT_GT(value.at_pointer("/runs/0/writes/rto_ms").as_double(), 0);
}

}  // namespace
}  // namespace scv::drill
