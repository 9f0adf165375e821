// A scenario: what goes wrong while clients are at work, and what the service owes them. Scenarios
// are data; the stage sets one up, and judges it at the end.
#ifndef SCV_FAULT_SCENARIO_H_
#define SCV_FAULT_SCENARIO_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/result.h"
#include "fault/checker.h"
#include "fault/health_watch.h"
#include "fault/history.h"
#include "fault/memo_process.h"
#include "fault/workload.h"

namespace scv::fault {

class Stage;

// Beyond what every scenario owes: the service recovers by itself, and the checker finds nothing.
struct Promises {
  bool no_client_fault = false;  // a slow request, not an error
  bool livez_throughout = false;
  bool readyz_goes_red = false;  // and comes back
};

struct Scenario {
  const char* name;
  const char* what;
  Promises promises;
  // Sets up the stage, starts the load, does the harm, and ends with Finish(). kNotFound: cannot be
  // run on this machine.
  std::function<Result<void>(Stage&)> run;
};

const std::vector<Scenario>& SqliteScenarios();
const std::vector<Scenario>& MariadbScenarios();

struct Report {
  std::string scenario;
  std::uint64_t seed = 0;
  std::chrono::milliseconds took{0};
  std::string skipped;  // why; empty: it ran
  Tally tally;
  std::size_t memos = 0;              // at the end
  std::vector<std::string> problems;  // violations and broken promises; empty: good
};

// Runs it once. Everything random comes from `seed`; the interleaving does not.
Report RunScenario(const Scenario& scenario, std::uint64_t seed);

// What a running scenario works with. One thread.
class Stage {
 public:
  Stage(const Scenario& scenario, std::uint64_t seed, std::filesystem::path directory);

  const std::filesystem::path& directory() const { return directory_; }
  MemoProcess& memo(std::size_t number) { return *memos_[number]; }
  HealthWatch& watch(std::size_t number) { return *watches_[number]; }
  // From `least` to `most`, by the seed.
  std::chrono::milliseconds Between(std::chrono::milliseconds least,
                                    std::chrono::milliseconds most);

  // Starts an instance and waits until it is ready.
  Result<void> AddMemo(MemoOptions options);
  // Kills it and starts it again, without waiting until it is ready.
  Result<void> KillAndRestart(std::size_t number);
  // Makes an account, starts the clients and waits until they have done something.
  Result<void> StartLoad(WorkloadOptions options = {});
  // Waits until the clients were answered `count` times more: the service works.
  Result<void> AwaitSuccesses(std::size_t count);
  // Lets an outage last.
  void Hold(std::chrono::milliseconds time);

  // The harm is over: the service must recover by itself. Stops the load, reads everything back and
  // judges. What it finds is in the report; an error: it could not be judged.
  Result<void> Finish();
  Report& report() { return report_; }
  std::string LogTails() const;

 private:
  Result<void> Judge();
  void JudgeHealth();
  void Complain(std::string problem) { report_.problems.push_back(std::move(problem)); }

  const Promises promises_;
  Report report_;
  std::mt19937_64 random_;
  const std::filesystem::path directory_;
  std::vector<std::unique_ptr<MemoProcess>> memos_;
  History history_;
  HttpClient http_;
  std::string token_;
  std::vector<std::unique_ptr<HealthWatch>> watches_;
  std::unique_ptr<Workload> workload_;
};

}  // namespace scv::fault

#endif  // SCV_FAULT_SCENARIO_H_
