// The run behind SimulateDatabase(): the part of the daemon that decides, its clients, and the
// watch over its promises.
#ifndef SCV_WORLD_SIM_DATABASE_SIMULATION_H_
#define SCV_WORLD_SIM_DATABASE_SIMULATION_H_

#include <set>
#include <string>
#include <vector>

#include "control/database.h"
#include "world/sim/database_sim_world.h"
#include "world/sim/database_simulate.h"

namespace scv::world::sim {

class DatabaseSimulation {
 public:
  DatabaseSimulation(const DatabaseScenario& scenario, bool tell_story);
  DatabaseOutcome Run();

 private:
  // A client that looks a name up again only after its time to live, and writes where it led.
  struct Client {
    int region = 0;
    Millis time_to_live = 1'000;
    Millis next = 0, resolved_at = 0;
    int node = -1;
    std::uint64_t acknowledged = 0;
  };
  // A region's checks.
  struct Checks {
    bool failing = false;
    Millis since = 0;
  };

  void MakeNodes();
  void MakeClients();
  // --- database_simulation_faults.cc
  void Happen(const DatabaseFault& fault);
  void RegionFaults(const DatabaseFault& fault, int region);
  void EndDaemon(Millis until);
  void Order(bool force);
  void CheckRegions();

  // --- The daemon
  void StepTo(Millis limit);
  bool Hear();  // whether there was anything
  void Decide();
  control::ObservedCluster Observe() const;
  void Carry();
  void CountEvents(const control::DatabasePlan& plan);
  void WriteSome(Client& client);

  // --- Promises
  void Check();
  void CheckNewWriter(int index);
  bool Quiet() const;
  void SkipTo(Millis at);
  void Converge();
  void Rest();
  bool Restored() const;
  std::string Unrest() const;
  void CheckLogs();

  void Tell(const std::string& line);
  void Violate(const std::string& what);
  bool Violated() const { return !outcome_.violation.empty(); }
  Millis Since() const { return world_.now() - start_; }

  const DatabaseScenario& scenario_;
  const bool tell_story_;
  const Millis start_;
  Random random_;
  DatabaseSimWorld world_;
  std::vector<Client> clients_;

  control::DatabaseCluster cluster_;
  control::ObservedParts observed_;
  control::DatabaseMemory memory_;
  control::DatabaseWatch watch_;
  control::DatabasePlan plan_;
  std::vector<lab::Part> wanted_;
  Millis wake_at_ = 0;  // by the clock
  Millis daemon_back_at_ = 0;
  bool daemon_down_ = false;
  Millis disk_full_until_ = 0;
  bool unwritten_ = false;  // the last decision could not be written down
  std::set<std::string> lost_regions_;
  Checks failing_[2];
  Millis false_alarm_[2] = {};

  bool loss_told_ = false;  // by the last promotion, with
  std::uint64_t told_lost_ = 0, told_of_ = 0;
  Millis changed_at_ = 0;  // when anything was decided or done last
  DatabaseOutcome outcome_;
};

}  // namespace scv::world::sim

#endif  // SCV_WORLD_SIM_DATABASE_SIMULATION_H_
