// How durable a write is asked to be, and waiting until it is.
#include <algorithm>

#include "memo/http/handlers.h"

namespace scv::memo {
namespace {

// The other region will not be back within a blink.
constexpr int kRetryAfter = 2;

Problem Unconfirmed() {
  Problem problem;
  problem.kind = ProblemKind::kDurabilityUnconfirmed;
  problem.detail =
      "The write is kept in this region; the other one has not confirmed it. Repeat it later with "
      "the same Idempotency-Key.";
  problem.retry_after = kRetryAfter;
  return problem;
}

}  // namespace

// RFC 7240's Prefer, where the one preference known here is "durability".
std::optional<Problem> CheckDurability(Call& call) {
  std::string_view prefer = call.request.header(Header::kPrefer);
  while (!prefer.empty()) {
    std::string_view item = prefer.substr(0, prefer.find_first_of(",;"));
    prefer.remove_prefix(std::min(prefer.size(), item.size() + 1));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.starts_with("durability=")) continue;
    item.remove_prefix(std::string_view("durability=").size());
    if (item.size() >= 2 && item.front() == '"' && item.back() == '"') {
      item = item.substr(1, item.size() - 2);
    }
    if (item == "region") continue;
    Problem problem;
    if (item != "global") {
      problem.kind = ProblemKind::kBadRequest;
      problem.detail = "Prefer: durability is region or global.";
      return problem;
    }
    if (!call.app.global) {
      problem.kind = ProblemKind::kDurabilityUnavailable;
      problem.detail = "There is no other region to keep this write in. Ask for region.";
      return problem;
    }
    call.global = true;
  }
  return std::nullopt;
}

Evidence EvidenceOf(const WriteCommand& command, const WriteAnswer& answer) {
  Evidence evidence;
  evidence.place = answer.place;
  if (answer.status == WriteStatus::kUnchanged) {
    evidence.memos.push_back({command.caller.account, answer.memo.id, answer.memo.version});
  } else {
    evidence.records.push_back({command.caller.account, command.key});
  }
  return evidence;
}

Task<std::optional<Problem>> Confirm(Call& call, Evidence& evidence) {
  const SteadyTime begin = std::chrono::steady_clock::now();
  auto job = std::make_shared<ConfirmJob>();
  job->deadline = call.deadline;
  job->weight = 256 + 64 * (evidence.records.size() + evidence.memos.size());
  job->evidence = std::move(evidence);
  Home& home = call.thread.home();
  GlobalDurability& global = *call.app.global;
  const auto submit = [&global, &job, &home] { global.Submit(job, home); };
  co_await Await(*job, submit);
  const auto outcome = global.Judge(job->error, begin);
  if (outcome == GlobalDurability::Outcome::kFailed) co_return Unconfirmed();
  if (outcome == GlobalDurability::Outcome::kFellBack) call.fell_back = true;
  co_return std::nullopt;
}

void AddPreferenceApplied(const Call& call, Response& response) {
  const bool global = call.global && !call.fell_back;
  response.Add("Preference-Applied", global ? "durability=global" : "durability=region");
}

}  // namespace scv::memo
