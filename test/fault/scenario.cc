#include "fault/scenario.h"

#include <condition_variable>
#include <cstdlib>
#include <mutex>

namespace scv::fault {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kReadyLimit{20'000};
constexpr milliseconds kProgressLimit{20'000};
constexpr std::size_t kFirstSuccesses = 100;
constexpr std::size_t kLastSuccesses = 50;
// docs/api.md: a request is answered within its deadline.
constexpr milliseconds kDeadline{10'000};
constexpr milliseconds kDeadlineSlack{1'000};

// Below the system's temporary directory, removed with its contents at the end.
class Directory {
 public:
  Directory() {
    std::string pattern = std::filesystem::temp_directory_path() / "memo-fault-XXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~Directory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

Report RunScenario(const Scenario& scenario, std::uint64_t seed) {
  const auto begin = std::chrono::steady_clock::now();
  const Directory directory;
  Stage stage(scenario, seed, directory.path());
  const Result<void> ran = scenario.run(stage);
  Report report = std::move(stage.report());
  if (!ran && ran.error().kind == ErrorKind::kNotFound) {
    report.skipped = ran.error().message;
  } else if (!ran) {
    report.problems.push_back(ran.error().message);
  }
  if (!report.problems.empty()) report.problems.push_back(stage.LogTails());
  report.took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
  return report;
}

Stage::Stage(const Scenario& scenario, std::uint64_t seed, std::filesystem::path directory)
    : promises_(scenario.promises), random_(seed), directory_(std::move(directory)) {
  report_.scenario = scenario.name;
  report_.seed = seed;
}

milliseconds Stage::Between(milliseconds least, milliseconds most) {
  return milliseconds(
      std::uniform_int_distribution<milliseconds::rep>(least.count(), most.count())(random_));
}

Result<void> Stage::AddMemo(MemoOptions options) {
  options.directory = directory_;
  options.name = "memo-" + std::to_string(memos_.size());
  SCV_ASSIGN(std::unique_ptr<MemoProcess> memo, MemoProcess::Start(std::move(options)));
  memos_.push_back(std::move(memo));
  SCV_TRY(memos_.back()->AwaitReady(kReadyLimit));
  watches_.push_back(std::make_unique<HealthWatch>(memos_.back()->endpoint()));
  return {};
}

Result<void> Stage::KillAndRestart(std::size_t number) {
  memos_[number]->Kill();
  return memos_[number]->Restart();
}

Result<void> Stage::StartLoad(WorkloadOptions options) {
  SCV_ASSIGN(token_, SignUp(http_, memos_.front()->endpoint().port, "clients"));
  options.seed = report_.seed;
  std::vector<const Endpoint*> endpoints;
  for (const auto& memo : memos_) endpoints.push_back(&memo->endpoint());
  workload_ = std::make_unique<Workload>(std::move(endpoints), token_, history_, options);
  return AwaitSuccesses(kFirstSuccesses);
}

Result<void> Stage::AwaitSuccesses(std::size_t count) {
  if (history_.AwaitSuccesses(count, kProgressLimit)) return {};
  return Fail(ErrorKind::kTimeout, "the service does not recover: fewer than " +
                                       std::to_string(count) + " answers in " +
                                       std::to_string(kProgressLimit.count()) + " ms");
}

void Stage::Hold(milliseconds time) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, time, [] { return false; });
}

Result<void> Stage::Finish() {
  SCV_TRY(AwaitSuccesses(kLastSuccesses));
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    if (!watches_[i]->Await(/*ready=*/true, kReadyLimit)) {
      Complain(memos_[i]->name() + " does not become ready again");
    }
  }
  workload_->Finish();
  return Judge();
}

Result<void> Stage::Judge() {
  const std::vector<Attempt> attempts = history_.attempts();
  report_.tally = TallyOf(attempts);
  const Tally& tally = report_.tally;
  JudgeHealth();
  if (promises_.no_client_fault && tally.faults > 0) {
    Complain(std::to_string(tally.faults) +
             " faults were shown to clients; the first: " + tally.first_fault);
  }
  if (tally.latency_max > kDeadline + kDeadlineSlack) {
    Complain("an answer took " + std::to_string(tally.latency_max.count()) + " ms");
  }
  SCV_ASSIGN(const FinalState final_state,
             ReadEverything(http_, memos_.front()->endpoint().port, token_));
  report_.memos = final_state.size();
  for (const Violation& violation : Check(attempts, final_state)) {
    Complain(std::string(Name(violation.kind)) + ": memo " + violation.memo + ": " +
             violation.story);
  }
  return {};
}

void Stage::JudgeHealth() {
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    const Health health = watches_[i]->health();
    const std::string& name = memos_[i]->name();
    if (promises_.livez_throughout && health.livez_bad > 0) {
      Complain(name + ": " + std::to_string(health.livez_bad) + " of " +
               std::to_string(health.looks) + " looks at /livez were bad; " +
               health.livez_first_bad);
    }
    if (promises_.readyz_goes_red && (health.went_red == 0 || health.came_back == 0)) {
      Complain(name + ": /readyz went red " + std::to_string(health.went_red) +
               " times and came back " + std::to_string(health.came_back));
    }
    if (!memos_[i]->running()) Complain(name + " has ended by itself");
  }
}

std::string Stage::LogTails() const {
  std::string text;
  for (const auto& memo : memos_)
    text += memo->name() + " says at the end: " + memo->LogTail() + "\n";
  return text;
}

}  // namespace scv::fault
