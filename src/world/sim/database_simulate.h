// One seeded run of a cluster of databases: simulated servers in two regions, whatever may happen
// to them, and control/database driven as the daemon drives it, with the promises of
// docs/database.md checked at every step. First a phase with faults, then a calm one in which
// everything must come back, then a rest in which nothing may change.
#ifndef SCV_WORLD_SIM_DATABASE_SIMULATE_H_
#define SCV_WORLD_SIM_DATABASE_SIMULATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace scv::world::sim {

struct DatabaseFault {
  enum class Kind {
    kCrash,            // `node`'s process ends
    kPause,            // … is stopped (SIGSTOP)
    kSlowDisk,         // … applies and receives one transaction at a time
    kIsolate,          // … is cut off from everybody
    kProbeCut,         // … answers everybody but the probe
    kLinkCut,          // `node` and `other` do not reach each other
    kZoneOutage,       // the zone of `node`: processes end, none starts
    kZonePartition,    // … is cut off from everything outside itself
    kRegionOutage,     // all zones of the region of `node`, and nobody outside reaches it
    kRegionPartition,  // … is cut off from the other region and from outside
    kFalseAlarm,       // the checks of the region of `node` fail, nothing else
    kClockJump,        // by `number` ms, forward or back
    kDaemonRestart,    // the daemon ends and is back after `lasts`
    kStall,            // the daemon hears nothing for a while, then everything
    kLooksLost,        // half of the looks are lost, others come late or twice
    kActionsFail,      // a third of the actions fail
    kDiskFull,         // of the daemon: nothing can be written down
    kSwitch,           // an operator's planned switch to the other site
    kForcedSwitch,
  };
  Kind kind = Kind::kCrash;
  Millis after = 0;  // since the start
  Millis lasts = 0;
  int node = 0, other = 0;
  std::int64_t number = 0;
};

struct DatabaseScenario {
  std::uint64_t seed = 1;
  int zones = 2;                      // of the first region: nodes of the first site
  int replicas = 1;                   // nodes of the other region's site; 0: none
  bool automatic = false;             // region failover
  std::vector<DatabaseFault> faults;  // by time
  Millis calm_after = 0;
  Millis converge_in = 120'000;
  Millis rest = 10'000;  // longer than anything that control counts
};

// Everything about it follows from the seed.
DatabaseScenario MakeDatabaseScenario(std::uint64_t seed);
std::string Describe(const DatabaseScenario& scenario);

struct DatabaseOutcome {
  std::string violation;  // "": all promises were kept
  std::uint64_t last_draw = 0;
  std::uint64_t history_hash = 0;  // FNV-1a of the story
  std::uint64_t events = 0, decisions = 0;
  Millis simulated = 0;  // virtual time
  int failovers = 0, region_failovers = 0, switches = 0, clones = 0;
  std::uint64_t acknowledged = 0;  // transactions
  std::uint64_t lost = 0;          // … that a region failover took, as it had said
  std::vector<std::string> story;  // only if asked for
};

DatabaseOutcome SimulateDatabase(const DatabaseScenario& scenario, bool tell_story = false);

}  // namespace scv::world::sim

#endif  // SCV_WORLD_SIM_DATABASE_SIMULATE_H_
