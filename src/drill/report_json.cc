#include "drill/report_json.h"

#include <algorithm>
#include <boost/json.hpp>

namespace scv::drill {
namespace {

namespace json = boost::json;

json::value Maybe(const std::optional<double>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::object NeedsJson(const Needs& needs) {
  return {{"regions", needs.regions},
          {"standby", needs.standby},
          {"replica", needs.replica},
          {"terraform", needs.terraform},
          {"durability", needs.durability}};
}

json::object AvailabilityJson(const Availability& found) {
  return {{"requests", found.requests},
          {"failed_requests", found.failed_requests},
          {"failed_before_the_first_step", found.failed_before},
          {"operations", found.operations},
          {"failed_operations", found.failed_operations},
          {"rto_ms", Maybe(found.rto_ms)},
          {"worst_client_ms", found.worst_client_ms},
          {"gap_max_ms", found.gap_max_ms},
          {"latency_ms", {{"p50", found.p50_ms}, {"p99", found.p99_ms}, {"max", found.max_ms}}}};
}

json::object VerdictJson(const Verdict& verdict) {
  json::object object{{"acknowledged_writes", verdict.acknowledged},
                      {"acknowledged_by_both_regions", verdict.acknowledged_globally},
                      {"rpo", verdict.count(ViolationKind::kLost)},
                      {"never_answered", verdict.unsettled},
                      {"stale_across_regions", verdict.stale_across_regions}};
  json::object counts;
  for (std::size_t i = 0; i < kViolationKinds; ++i) {
    counts[Name(static_cast<ViolationKind>(i))] = verdict.counts[i];
  }
  json::array stories;
  for (const auto& violation : verdict.violations) {
    stories.push_back(
        {{"kind", Name(violation.kind)}, {"memo", violation.memo}, {"story", violation.story}});
  }
  object["violations"] = std::move(counts);
  object["stories"] = std::move(stories);
  return object;
}

double Since(const RunResult& run, Micros at) {
  return static_cast<double>(at - run.first_step) / 1e6;
}

constexpr std::size_t kFailuresTold = 200;

// The requests that failed, where they are kept: why, and what they were connected to.
json::array FailedRequests(const RunResult& run) {
  json::array failed;
  for (const auto& attempt : run.attempts) {
    if (!attempt.failed() || failed.size() >= kFailuresTold) continue;
    failed.push_back({{"client", attempt.client},
                      {"key", attempt.key},
                      {"number", attempt.number},
                      {"fresh", attempt.fresh},
                      {"start_s", Since(run, attempt.start)},
                      {"end_s", Since(run, attempt.end)},
                      {"status", attempt.status},
                      {"address", attempt.address},
                      {"error", attempt.error}});
  }
  return failed;
}

json::object RunJson(const RunResult& run) {
  json::array steps, phases;
  for (const auto& mark : run.marks) {
    steps.push_back({{"at_s", Since(run, mark.at)}, {"text", mark.text}});
  }
  for (const auto& phase : run.phases) {
    phases.push_back(
        {{"name", phase.name}, {"took_ms", Maybe(phase.took_ms)}, {"told_by", phase.told_by}});
  }
  return {{"passed", run.passed()},
          {"failures", json::array(run.failures.begin(), run.failures.end())},
          {"seed", run.seed},
          {"started_at", FormatRfc3339(run.started_at)},
          {"steps", std::move(steps)},
          {"phases", std::move(phases)},
          {"rto_ms", Maybe(RtoOf(run))},
          {"writes", AvailabilityJson(run.writes)},
          {"reads", AvailabilityJson(run.reads)},
          {"failed_requests", FailedRequests(run)},
          {"history", VerdictJson(run.verdict)},
          {"redundancy",
           {{"lost", run.redundancy.lost},
            {"restored_s", Maybe(run.redundancy.restored_s)},
            {"missing", run.redundancy.missing}}}};
}

json::object PercentilesJson(const std::vector<RunResult>& runs,
                             std::optional<double> (*value)(const RunResult&)) {
  std::vector<double> values;
  for (const auto& run : runs) {
    if (const auto found = value(run)) values.push_back(*found);
  }
  return {{"runs", values.size()},
          {"p50", Percentile(values, 0.5)},
          {"p90", Percentile(values, 0.9)},
          {"p99", Percentile(values, 0.99)},
          {"max", Percentile(values, 1)}};
}

}  // namespace

json::value ToJson(const std::vector<Scenario>& scenarios) {
  json::array all;
  for (const auto& scenario : scenarios) {
    all.push_back({{"name", scenario.name},
                   {"title", {{"en", scenario.title}, {"ko", scenario.title_ko}}},
                   {"about", scenario.about},
                   {"needs", NeedsJson(scenario.needs)}});
  }
  return {{"drills", std::move(all)}};
}

json::value ToJson(const std::vector<RunResult>& runs, const std::string& report) {
  json::array all;
  for (const auto& run : runs) all.push_back(RunJson(run));
  const RunResult& first = runs.front();
  return {{"drill", first.scenario.name},
          {"pace", first.pace},
          {"clients", first.clients},
          {"rate", first.rate},
          {"passed", std::ranges::all_of(runs, [](const RunResult& run) { return run.passed(); })},
          {"rto_ms_of_writes",
           PercentilesJson(runs, [](const RunResult& run) { return run.writes.rto_ms; })},
          {"rto_ms_of_reads",
           PercentilesJson(runs, [](const RunResult& run) { return run.reads.rto_ms; })},
          {"redundancy_s",
           PercentilesJson(runs, [](const RunResult& run) { return run.redundancy.restored_s; })},
          {"report", report},
          {"runs", std::move(all)}};
}

}  // namespace scv::drill
