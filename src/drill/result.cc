#include "drill/result.h"

#include <fmt/format.h>

#include <algorithm>

namespace scv::drill {
namespace {

class Expected {
 public:
  explicit Expected(RunResult& run) : run_(run), expect_(run.scenario.expect) {}

  void Check() {
    if (!run_.stopped.empty()) Fail("stopped: " + run_.stopped);
    CheckHistory();
    CheckAvailability();
    CheckRedundancy();
    for (const auto& unread : run_.verdict.unread) Fail("what is there cannot be read: " + unread);
    if (run_.writes.requests == 0 || run_.reads.requests == 0) Fail("there was no load");
  }

 private:
  void Fail(std::string what) { run_.failures.push_back(std::move(what)); }

  void CheckHistory() {
    for (std::size_t i = 0; i < kViolationKinds; ++i) {
      const auto kind = static_cast<ViolationKind>(i);
      const auto count = run_.verdict.counts[i];
      // What a lost region took with it may have been shown before.
      const bool forgiven = kind == ViolationKind::kLost || kind == ViolationKind::kVanished;
      const auto most = forgiven ? static_cast<std::size_t>(expect_.rpo_max) : 0;
      if (count > most) {
        Fail(fmt::format("{} × {}, {} allowed", count, Name(kind), most));
      }
    }
  }

  void CheckAvailability() {
    const auto rto = RtoOf(run_);
    if (!rto) Fail("the service did not come back for everybody");
    if (expect_.rto_max_ms && rto && *rto > *expect_.rto_max_ms) {
      Fail(fmt::format("RTO {:.0f} ms, {:.0f} ms allowed", *rto, *expect_.rto_max_ms));
    }
    const auto requests = run_.reads.failed_requests + run_.writes.failed_requests;
    if (expect_.failed_requests_max &&
        requests > static_cast<std::size_t>(*expect_.failed_requests_max)) {
      const auto before = run_.reads.failed_before + run_.writes.failed_before;
      Fail(fmt::format("{} failed requests, {} of them before the first step, {} allowed", requests,
                       before, *expect_.failed_requests_max));
    }
    const auto operations = run_.reads.failed_operations + run_.writes.failed_operations;
    if (operations > static_cast<std::size_t>(expect_.failed_operations_max)) {
      Fail(fmt::format("{} operations failed for their users, {} allowed", operations,
                       expect_.failed_operations_max));
    }
  }

  void CheckRedundancy() {
    if (!expect_.redundancy_within_s) return;
    const auto& found = run_.redundancy;
    if (!found.restored_s) {
      Fail("redundancy did not come back: " + found.missing);
    } else if (*found.restored_s > *expect_.redundancy_within_s) {
      Fail(fmt::format("redundancy came back after {:.1f} s, {:.1f} s allowed", *found.restored_s,
                       *expect_.redundancy_within_s));
    }
  }

  RunResult& run_;
  const Expectations& expect_;
};

}  // namespace

std::optional<double> RtoOf(const RunResult& run) {
  if (!run.reads.rto_ms || !run.writes.rto_ms) return std::nullopt;
  return std::max(*run.reads.rto_ms, *run.writes.rto_ms);
}

void Judge(RunResult& run) {
  run.verdict = Check(run.attempts, run.finals);
  run.reads = Measure(run.attempts, Share::kReads, run.first_step, run.end);
  run.writes = Measure(run.attempts, Share::kWrites, run.first_step, run.end);
  auto recovered = run.writes.recovered;
  if (run.reads.recovered) {
    recovered = std::max(recovered.value_or(*run.reads.recovered), *run.reads.recovered);
  }
  run.phases = PhasesOf(run.events, run.first_step, recovered);
  Expected(run).Check();
}

}  // namespace scv::drill
