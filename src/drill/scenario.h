// A drill as data: what is done to the lab and when, and what must hold then
// (test/scenarios/*.json; docs/drills.md has the format). Checked when it is read: an unknown
// member, a wrong type or an unknown word is an error that says where.
#ifndef SCV_DRILL_SCENARIO_H_
#define SCV_DRILL_SCENARIO_H_

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::drill {

// Something done to the lab. Names of parts, zones and regions are selectors (selector.h).
struct Injection {
  // One of the daemon's faults (POST /v1/faults), or
  //   daemon-kill         SIGKILL to scvd
  //   rolling-deployment  Terraform applies another version of the application tier
  //   rotate-secret       Terraform applies another database_password_version
  //   failover            POST /v1/failover to `region`; "" is back to the first
  std::string kind;
  std::string part = {}, zone = {}, region = {};
  int delay_ms = 0;
  int loss_percent = 0;
  bool force = false;
};

struct Step {
  // When: seconds after the first step's time, or …
  double at_s = 0;
  // … as soon as: "steady" (everything stands again), or a phase of the database's failover
  // ("detect", "decide", "act", "restored") since the last step. "": at_s.
  std::string after = {};
  double within_s = 60;  // `after` must come within this time
  std::optional<Injection> inject = {};
  bool heal = false;  // undoes everything so far
};

struct Needs {
  int regions = 1;
  bool standby = false, replica = false, terraform = false;
  std::string durability = "region";  // what the clients ask for: "region" or "global"
};

struct Expectations {
  long long rpo_max = 0;  // acknowledged writes that may be missing afterwards
  std::optional<double> rto_max_ms;
  std::optional<long long> failed_requests_max;    // attempts
  long long failed_operations_max = 0;             // after all retries: what a user sees
  std::optional<double> redundancy_within_s = 60;  // of the last step
};

// At AWS's pace its own waits decide how long a recovery takes: times and failed requests are
// reported, only losses and never coming back are judged.
Expectations AtAwsPace(Expectations expect);

struct StopConditions {
  double silence_s = 120;   // nobody was served for this long
  double duration_s = 600;  // of the whole drill
};

struct Scenario {
  std::string name;  // of the file: lower-case words with hyphens
  std::string title, title_ko;
  std::string about;
  Needs needs;
  double warm_up_s = 1.5;
  double observe_s = 5;  // at least, after the last step
  std::vector<Step> steps;
  Expectations expect;
  StopConditions stop;
};

// `name`: what it must be called. kInvalid, with the member's path in the message.
Result<Scenario> ParseScenario(std::string_view name, std::string_view json);

// All in a directory, by name. An error names the file.
Result<std::vector<Scenario>> LoadScenarios(const std::filesystem::path& directory);

}  // namespace scv::drill

#endif  // SCV_DRILL_SCENARIO_H_
