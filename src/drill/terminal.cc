#include "drill/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace scv::drill {
namespace {

constexpr Micros kRepaintEvery = 100'000;
constexpr std::size_t kStoriesShown = 3;

bool Coloured() {
  static const bool coloured = IsTerminal(STDOUT_FILENO) && std::getenv("NO_COLOR") == nullptr;
  return coloured;
}

// Columns that a terminal uses for `text`; Hangul and the like (three bytes of UTF-8) take two.
std::size_t Width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0x1b) {
      at = text.find('m', at);
      if (at == std::string_view::npos) break;
    } else if (byte >= 0xEA && byte <= 0xED) {
      width += 2;
    } else if ((byte & 0xC0) != 0x80) {
      ++width;
    }
  }
  return width;
}

std::vector<std::string> AvailabilityRow(const char* name, const Availability& found) {
  return {name,
          std::to_string(found.requests),
          std::to_string(found.failed_requests),
          std::to_string(found.failed_operations),
          found.rto_ms ? Shown(found.rto_ms) : Painted(Tone::kBad, "never"),
          Shown(found.worst_client_ms),
          Shown(found.gap_max_ms),
          Shown(found.p50_ms),
          Shown(found.p99_ms),
          Shown(found.max_ms)};
}

std::string PhaseLine(const RunResult& run) {
  std::string line;
  for (const auto& phase : run.phases) {
    line += fmt::format("{}{} {}", line.empty() ? "" : ", ", phase.name, Shown(phase.took_ms));
  }
  return line;
}

std::string RedundancyLine(const Redundancy& found) {
  if (!found.restored_s) return "not restored: " + found.missing;
  if (!found.lost) return "never lost";
  return "restored after " + Shown(*found.restored_s * 1000);
}

std::string VerdictLine(const Verdict& verdict) {
  std::string line = fmt::format("{} acknowledged writes", verdict.acknowledged);
  if (verdict.acknowledged_globally > 0) {
    line += fmt::format(" ({} by both regions)", verdict.acknowledged_globally);
  }
  line += fmt::format(", {} lost (RPO)", verdict.count(ViolationKind::kLost));
  for (std::size_t i = 1; i < kViolationKinds; ++i) {
    if (verdict.counts[i] == 0) continue;
    line += fmt::format(", {} × {}", verdict.counts[i], Name(static_cast<ViolationKind>(i)));
  }
  if (verdict.unsettled > 0) line += fmt::format(", {} never answered", verdict.unsettled);
  if (verdict.stale_across_regions > 0) {
    line += fmt::format(", {} reads behind another region", verdict.stale_across_regions);
  }
  return line;
}

std::vector<std::string> PercentileRow(const char* name, const std::vector<RunResult>& runs,
                                       std::optional<double> (*value)(const RunResult&)) {
  std::vector<double> values;
  for (const auto& run : runs) {
    if (const auto found = value(run)) values.push_back(*found);
  }
  return {name,
          std::to_string(values.size()),
          Shown(Percentile(values, 0.5)),
          Shown(Percentile(values, 0.9)),
          Shown(Percentile(values, 0.99)),
          Shown(Percentile(values, 1))};
}

}  // namespace

bool IsTerminal(int descriptor) { return isatty(descriptor) == 1; }

std::string Painted(Tone tone, std::string_view text) {
  if (!Coloured() || tone == Tone::kPlain) return std::string(text);
  const char* code = tone == Tone::kBold   ? "1"
                     : tone == Tone::kDim  ? "2"
                     : tone == Tone::kGood ? "32"
                                           : "31";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string Columns(const std::vector<std::vector<std::string>>& rows, std::string_view indent) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    if (row.size() > widths.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    text += indent;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - Width(row[i]) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

std::string ScenarioTable(const std::vector<Scenario>& scenarios) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& scenario : scenarios) {
    const auto& needs = scenario.needs;
    std::string wants = needs.regions == 2 ? "two regions" : "one region";
    if (needs.standby) wants += ", standby";
    if (needs.replica) wants += ", replica";
    if (needs.terraform) wants += ", Terraform";
    if (needs.durability == "global") wants += ", durability global";
    rows.push_back(
        {Painted(Tone::kBold, scenario.name), scenario.title, Painted(Tone::kDim, wants)});
  }
  return Columns(rows, "  ");
}

std::string RunTable(const RunResult& run) {
  std::string text = fmt::format(
      "{} {}  {}\n", run.passed() ? Painted(Tone::kGood, "PASS") : Painted(Tone::kBad, "FAIL"),
      Painted(Tone::kBold, run.scenario.name),
      Painted(Tone::kDim, fmt::format("seed {}", run.seed)));
  for (const auto& mark : run.marks) {
    text += fmt::format("  {:>+7.2f} s  {}\n", static_cast<double>(mark.at - run.first_step) / 1e6,
                        mark.text);
  }
  text += Columns({{"", "requests", "failed", "for users", "RTO", "worst client", "longest gap",
                    "p50", "p99", "max"},
                   AvailabilityRow("writes", run.writes),
                   AvailabilityRow("reads", run.reads)},
                  "  ");
  text += "  phases      " + PhaseLine(run) + "\n";
  text += "  history     " + VerdictLine(run.verdict) + "\n";
  text += "  redundancy  " + RedundancyLine(run.redundancy) + "\n";
  for (const auto& failure : run.failures)
    text += "  " + Painted(Tone::kBad, "✗ " + failure) + "\n";
  for (std::size_t i = 0; i < run.verdict.violations.size() && i < kStoriesShown; ++i) {
    text += "    " + Painted(Tone::kDim, run.verdict.violations[i].story) + "\n";
  }
  return text;
}

std::string RunsTable(const std::vector<RunResult>& runs) {
  const auto passed =
      std::count_if(runs.begin(), runs.end(), [](const RunResult& run) { return run.passed(); });
  std::size_t lost = 0, duplicated = 0, acknowledged = 0, failed = 0;
  for (const auto& run : runs) {
    lost += run.verdict.count(ViolationKind::kLost);
    duplicated += run.verdict.count(ViolationKind::kDuplicated);
    acknowledged += run.verdict.acknowledged;
    failed += run.writes.failed_requests + run.reads.failed_requests;
  }
  std::string text =
      fmt::format("{} {}: {} of {} passed\n",
                  passed == static_cast<std::ptrdiff_t>(runs.size()) ? Painted(Tone::kGood, "PASS")
                                                                     : Painted(Tone::kBad, "FAIL"),
                  Painted(Tone::kBold, runs.front().scenario.name), passed, runs.size());
  text += Columns(
      {{"", "runs", "p50", "p90", "p99", "max"},
       PercentileRow("RTO of writes", runs, [](const RunResult& run) { return run.writes.rto_ms; }),
       PercentileRow("RTO of reads", runs, [](const RunResult& run) { return run.reads.rto_ms; }),
       PercentileRow("longest gap, writes", runs,
                     [](const RunResult& run) { return std::optional(run.writes.gap_max_ms); }),
       PercentileRow("redundancy", runs,
                     [](const RunResult& run) -> std::optional<double> {
                       if (!run.redundancy.restored_s) return std::nullopt;
                       return *run.redundancy.restored_s * 1000;
                     })},
      "  ");
  text += fmt::format("  {} acknowledged writes, {} lost, {} duplicated; {} failed requests\n",
                      acknowledged, lost, duplicated, failed);
  return text;
}

ProgressLine::ProgressLine() : live_(IsTerminal(STDERR_FILENO)) {}

void ProgressLine::Show(std::string_view title, const Progress& progress) {
  const Micros now = NowMicros();
  if (!live_ || (shown_ && now - last_ < kRepaintEvery)) return;
  fmt::print(stderr, "\r\x1b[K  {} · {}{} · {} requests, {} failed", title, progress.what,
             progress.since_step_s > 0 ? fmt::format(" · {:+.1f} s", progress.since_step_s) : "",
             progress.requests, progress.failed);
  std::fflush(stderr);
  shown_ = true;
  last_ = now;
}

void ProgressLine::Clear() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
  shown_ = false;
}

}  // namespace scv::drill
