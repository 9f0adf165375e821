#include "fault/history.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace scv::fault {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

struct WriteFate {
  bool acknowledged = false;
  bool unknown = false;
};

void CountFates(const std::vector<Attempt>& attempts, Tally& tally) {
  std::map<std::string_view, WriteFate> fates;
  for (const Attempt& attempt : attempts) {
    if (!IsWrite(attempt.action)) continue;
    WriteFate& fate = fates[attempt.key];
    fate.acknowledged |= attempt.outcome == Outcome::kOk;
    fate.unknown |= attempt.outcome == Outcome::kUnknown;
  }
  for (const auto& [key, fate] : fates) {
    tally.acknowledged += fate.acknowledged ? 1 : 0;
    tally.unknown += fate.unknown && !fate.acknowledged ? 1 : 0;
  }
}

}  // namespace

std::string_view Name(Action action) {
  constexpr std::array<std::string_view, 8> kNames = {"create",  "replace", "patch", "trash",
                                                      "restore", "purge",   "get",   "list"};
  return kNames[static_cast<std::size_t>(action)];
}

bool IsWrite(Action action) { return action != Action::kGet && action != Action::kList; }

bool WritesText(Action action) {
  return action == Action::kCreate || action == Action::kReplace || action == Action::kPatch;
}

void History::Add(Attempt attempt) {
  std::lock_guard lock(mutex_);
  if (attempt.outcome == Outcome::kOk) ++successes_;
  attempts_.push_back(std::move(attempt));
  added_.notify_all();
}

bool History::AwaitSuccesses(std::size_t count, milliseconds limit) {
  std::unique_lock lock(mutex_);
  const std::size_t wanted = successes_ + count;
  return added_.wait_for(lock, limit, [&] { return successes_ >= wanted; });
}

std::vector<Attempt> History::attempts() const {
  std::lock_guard lock(mutex_);
  return attempts_;
}

Tally TallyOf(const std::vector<Attempt>& attempts) {
  Tally tally;
  tally.attempts = attempts.size();
  CountFates(attempts, tally);
  std::optional<Instant> last_success;
  for (const Attempt& attempt : attempts) {
    if (!attempt.fault.empty() && tally.faults++ == 0) tally.first_fault = attempt.fault;
    tally.refused += attempt.outcome == Outcome::kRefused ? 1 : 0;
    if (attempt.outcome != Outcome::kOk) continue;
    tally.replayed += attempt.replayed ? 1 : 0;
    tally.reads += IsWrite(attempt.action) ? 0 : 1;
    tally.latency_max = std::max(tally.latency_max,
                                 duration_cast<milliseconds>(attempt.completed - attempt.invoked));
    const Instant silence = attempt.completed - last_success.value_or(attempt.completed);
    tally.silence_max = std::max(tally.silence_max, duration_cast<milliseconds>(silence));
    last_success = std::max(last_success.value_or(attempt.completed), attempt.completed);
  }
  return tally;
}

}  // namespace scv::fault
