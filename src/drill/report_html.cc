#include "drill/report_html.h"

#include <fmt/format.h>

#include <algorithm>

#include "drill/aws_documented.h"
#include "drill/report_style.h"

namespace scv::drill {
namespace {

constexpr std::size_t kEventsMax = 500;
constexpr std::size_t kRunsMax = 1'000;

using Row = std::vector<std::string>;

std::string Heading(std::string_view en, std::string_view ko) {
  return fmt::format("<h2>{} <span lang=\"ko\">{}</span></h2>", en, ko);
}

// Cells are text; the first row is the head.
std::string Table(std::string_view caption, const std::vector<Row>& rows) {
  std::string out = fmt::format("<table><caption>{}</caption>", Escaped(caption));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += i == 0 ? "<thead><tr>" : i == 1 ? "<tbody><tr>" : "<tr>";
    for (std::size_t j = 0; j < rows[i].size(); ++j) {
      const char* open = i == 0 ? "<th scope=\"col\">" : j == 0 ? "<th scope=\"row\">" : "<td>";
      const char* close = i == 0 || j == 0 ? "</th>" : "</td>";
      out += open + Escaped(rows[i][j]) + close;
    }
    out += i == 0 ? "</tr></thead>" : "</tr>";
  }
  return out + (rows.size() > 1 ? "</tbody></table>" : "</table>");
}

double Since(const RunResult& run, Micros at) {
  return static_cast<double>(at - run.first_step) / 1e6;
}

Row AvailabilityRow(const char* name, const Availability& found) {
  return {name,
          std::to_string(found.requests),
          std::to_string(found.failed_requests),
          std::to_string(found.failed_operations),
          found.rto_ms ? Shown(found.rto_ms) : "never",
          Shown(found.worst_client_ms),
          Shown(found.gap_max_ms),
          Shown(found.p50_ms),
          Shown(found.p99_ms),
          Shown(found.max_ms)};
}

std::string Head(const std::vector<RunResult>& runs) {
  const Scenario& scenario = runs.front().scenario;
  const auto passed =
      std::ranges::count_if(runs, [](const RunResult& run) { return run.passed(); });
  const bool all = passed == static_cast<std::ptrdiff_t>(runs.size());
  return fmt::format(
      "<header><p class=\"badge {}\">{}</p><h1>{} <span lang=\"ko\">{}</span></h1><p>{}</p>"
      "<p class=\"dim\">{} · {} · pace {} · {} clients, {:.0f} operations a second · {} of {} runs "
      "passed</p></header>",
      all ? "pass" : "fail", all ? "PASS" : "FAIL", Escaped(scenario.title),
      Escaped(scenario.title_ko), Escaped(scenario.about), Escaped(scenario.name),
      FormatRfc3339(runs.front().started_at), Escaped(runs.front().pace), runs.front().clients,
      runs.front().rate, passed, runs.size());
}

std::string Failures(const RunResult& run) {
  if (run.failures.empty()) return "";
  std::string out =
      "<section class=\"failures\">" + Heading("What did not hold", "지켜지지 않은 것") + "<ul>";
  for (const auto& failure : run.failures) out += "<li>" + Escaped(failure) + "</li>";
  return out + "</ul></section>";
}

std::string Picture(const RunResult& run) {
  return "<section>" + Heading("Timeline", "시간의 흐름") + "<figure>" + RenderTimeline(run) +
         "<figcaption><span class=\"key write\">write</span> <span class=\"key read\">read</span> "
         "<span class=\"key again\">repeated, then done</span> <span class=\"key bad\">failed, "
         "after waiting as long as its line</span> <span class=\"key fault\">fault</span> "
         "<span class=\"key heal\">healed</span> <span class=\"key phase\">event of a "
         "failover</span></figcaption></figure></section>";
}

std::string Steps(const RunResult& run) {
  std::vector<Row> rows{{"#", "at", "what"}};
  for (const auto& mark : run.marks) {
    rows.push_back(
        {std::to_string(rows.size()), fmt::format("{:+.2f} s", Since(run, mark.at)), mark.text});
  }
  return "<section>" + Heading("What was done", "한 일") + Table("Steps", rows) + "</section>";
}

std::string Service(const RunResult& run) {
  return "<section>" + Heading("What clients saw", "클라이언트가 본 것") +
         Table("Requests", {{"", "requests", "failed", "failed for users", "RTO", "worst client",
                             "longest gap", "p50", "p99", "max"},
                            AvailabilityRow("writes", run.writes),
                            AvailabilityRow("reads", run.reads)}) +
         "</section>";
}

std::string Phases(const RunResult& run) {
  std::vector<Row> rows{{"phase", "took", "told by"}};
  for (const auto& phase : run.phases) {
    rows.push_back({phase.name, Shown(phase.took_ms), phase.told_by});
  }
  const auto& redundancy = run.redundancy;
  rows.push_back({"redundancy",
                  !redundancy.restored_s ? "not restored"
                  : !redundancy.lost     ? "never lost"
                                         : Shown(*redundancy.restored_s * 1000),
                  redundancy.missing.empty() ? "after the last step" : redundancy.missing});
  return "<section>" + Heading("Recovery phases", "복구 단계") + Table("Phases", rows) +
         "</section>";
}

std::string History(const RunResult& run) {
  const Verdict& verdict = run.verdict;
  std::vector<Row> rows{{"rule", "count"}};
  rows.push_back({"acknowledged writes", std::to_string(verdict.acknowledged)});
  if (verdict.acknowledged_globally > 0) {
    rows.push_back({"of these, by both regions", std::to_string(verdict.acknowledged_globally)});
  }
  for (std::size_t i = 0; i < kViolationKinds; ++i) {
    const auto name = std::string(Name(static_cast<ViolationKind>(i)));
    rows.push_back({i == 0 ? name + " (RPO)" : name, std::to_string(verdict.counts[i])});
  }
  rows.push_back({"writes never answered", std::to_string(verdict.unsettled)});
  rows.push_back({"reads behind another region", std::to_string(verdict.stale_across_regions)});
  std::string out = "<section>" + Heading("History", "이력 검사") + Table("Judged", rows);
  if (!verdict.violations.empty()) {
    out += "<details><summary>Stories</summary><ul>";
    for (const auto& violation : verdict.violations) {
      out += fmt::format("<li>{}: {}</li>", Name(violation.kind), Escaped(violation.story));
    }
    out += "</ul></details>";
  }
  return out + "</section>";
}

std::string Documents(const Scenario& scenario, const std::string& pace) {
  const auto documented = DocumentedFor(scenario);
  if (documented.empty()) return "";
  std::string out =
      "<section>" + Heading("What AWS documents", "AWS 문서의 값") +
      fmt::format("<p class=\"dim\">This lab ran at pace {}: {}.</p><ul>", Escaped(pace),
                  pace == "aws" ? "the intervals, thresholds and TTLs of the HCL at face value"
                                : "as fast as its parts allow, so its times are not AWS's");
  for (const auto& each : documented) {
    out += fmt::format("<li><b>{}</b>: {} <a href=\"{}\">{}</a></li>", Escaped(each.phase),
                       Escaped(each.text), Escaped(each.source), "source");
  }
  return out + "</ul></section>";
}

std::string Events(const RunResult& run) {
  std::vector<Row> rows{{"at", "source", "about", "what", "why"}};
  for (const auto& event : run.events) {
    if (event.at < run.first_step || rows.size() > kEventsMax) continue;
    rows.push_back({fmt::format("{:+.3f} s", Since(run, event.at)), event.source, event.subject,
                    event.text, event.reason});
  }
  return "<section>" + Heading("Events of the lab", "랩의 이벤트") + "<details><summary>" +
         std::to_string(rows.size() - 1) + " events</summary>" + Table("Events", rows) +
         "</details></section>";
}

std::string Runs(const std::vector<RunResult>& runs) {
  if (runs.size() == 1) return "";
  std::vector<double> writes, reads;
  std::vector<Row> rows{{"run", "seed", "result", "RTO of writes", "RTO of reads", "lost",
                         "failed requests", "redundancy"}};
  for (const auto& run : runs) {
    if (run.writes.rto_ms) writes.push_back(*run.writes.rto_ms);
    if (run.reads.rto_ms) reads.push_back(*run.reads.rto_ms);
    if (rows.size() > kRunsMax) continue;
    const auto& restored = run.redundancy.restored_s;
    rows.push_back({std::to_string(rows.size()), std::to_string(run.seed),
                    run.passed() ? "pass" : "fail",
                    run.writes.rto_ms ? Shown(run.writes.rto_ms) : "never",
                    run.reads.rto_ms ? Shown(run.reads.rto_ms) : "never",
                    std::to_string(run.verdict.count(ViolationKind::kLost)),
                    std::to_string(run.writes.failed_requests + run.reads.failed_requests),
                    restored ? Shown(*restored * 1000) : "not restored"});
  }
  const auto percentiles = [](const char* name, const std::vector<double>& values) {
    return Row{name, Shown(Percentile(values, 0.5)), Shown(Percentile(values, 0.9)),
               Shown(Percentile(values, 0.99)), Shown(Percentile(values, 1))};
  };
  return "<section>" + Heading("All runs", "모든 실행") +
         Table("Percentiles", {{"", "p50", "p90", "p99", "max"},
                               percentiles("RTO of writes", writes),
                               percentiles("RTO of reads", reads)}) +
         "<details><summary>Every run</summary>" + Table("Runs", rows) + "</details></section>";
}

}  // namespace

const RunResult& WorstOf(const std::vector<RunResult>& runs) {
  return *std::ranges::max_element(runs, [](const RunResult& a, const RunResult& b) {
    if (a.passed() != b.passed()) return a.passed();
    return RtoOf(a).value_or(1e12) < RtoOf(b).value_or(1e12);
  });
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        // Control characters have no place in HTML, escaped or not.
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string RenderHtml(const std::vector<RunResult>& runs) {
  const RunResult& run = WorstOf(runs);
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">"
      "<meta name=\"color-scheme\" content=\"light dark\">"
      "<title>{} · drill</title><style>{}</style></head><body><main>",
      Escaped(run.scenario.title), kReportStyle);
  out += Head(runs) + Runs(runs);
  if (runs.size() > 1) {
    out += fmt::format("<p class=\"dim\">Below: the worst run, seed {}.</p>", run.seed);
  }
  out += Failures(run) + Picture(run) + Steps(run) + Service(run) + Phases(run) + History(run) +
         Documents(run.scenario, run.pace) + Events(run);
  return out + "</main></body></html>\n";
}

}  // namespace scv::drill
