// Carries out one run of a scenario: makes sure that the lab is whole, lets the clients in, does
// the steps, waits until everything stands again, and judges what the clients saw.
#ifndef SCV_DRILL_RUNNER_H_
#define SCV_DRILL_RUNNER_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "drill/clients_process.h"
#include "drill/events.h"
#include "drill/injector.h"
#include "drill/poller.h"
#include "drill/result.h"

namespace scv::drill {

struct RunnerOptions {
  LabPlace place;
  std::string domain = "scv.localhost";
  std::string name_server = "192.0.2.53";  // the lab's public one
  int clients = 8;
  double rate = 50;
  std::optional<double> observe_s;  // in place of the scenario's
};

// What is shown while it runs.
struct Progress {
  std::string what;
  double since_step_s = 0;
  std::size_t requests = 0, failed = 0;
};

class Runner {
 public:
  // Waits up to the time for an interrupt and says whether there was one.
  using Wait = std::function<bool(std::chrono::milliseconds)>;
  using Show = std::function<void(const Progress&)>;

  // Everything outlives it.
  Runner(RunnerOptions options, const DaemonApi& api, const EventFollower& events,
         const Poller& poller, Wait wait, Show show);

  // kConflict: interrupted. kUnavailable: the lab is not there, or is not what the scenario needs.
  // Nothing injected is left either way.
  Result<RunResult> Run(const Scenario& scenario, std::uint64_t seed);

 private:
  struct Course;  // one run
  Result<void> Prepare(Course& course);
  Result<void> StartClients(Course& course);
  Result<void> DoSteps(Course& course);
  Result<void> DoStep(Course& course, const Step& step);
  Result<void> Await(Course& course, const Step& step);
  Result<void> Observe(Course& course);
  Result<void> ObserveClients(Course& course);
  Result<void> FinishClients(Course& course);
  void Conclude(Course& course);

  // Until `done` or the deadline, watching the stop conditions; false: the deadline, or stopped.
  Result<bool> WaitFor(Course& course, const std::string& what, Micros deadline,
                       const std::function<bool()>& done);
  bool IsSteady(const Course& course) const;
  void WatchStops(Course& course);

  const RunnerOptions options_;
  const DaemonApi& api_;
  const EventFollower& events_;
  const Poller& poller_;
  const Wait wait_;
  const Show show_;
};

}  // namespace scv::drill

#endif  // SCV_DRILL_RUNNER_H_
