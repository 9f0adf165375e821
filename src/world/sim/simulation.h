// The run behind Simulate(): the part of the daemon, and the watch over its promises.
#ifndef SCV_WORLD_SIM_SIMULATION_H_
#define SCV_WORLD_SIM_SIMULATION_H_

#include <map>
#include <set>
#include <string>

#include "world/sim/simulate.h"

namespace scv::world::sim {

class Simulation {
 public:
  Simulation(const Scenario& scenario, bool tell_story);
  Outcome Run();

 private:
  void Happen(const Happening& happening);
  void Restart();
  void DecideAll();
  void CarryOut(const control::GroupPlan& plan);
  void LaunchAll(const control::GroupPlan& plan);
  void ConfigureNodes();
  void Hear(const lab::Sighting& sighting);

  // --- Promises
  void CheckPlan(const control::GroupPlan& plan, int healthy_before);
  bool AtRest() const;
  std::string Unrest() const;
  bool Hopeless() const;  // the wanted version is broken and nothing rolls back
  void Converge();
  void Rest();

  const control::FleetEngine::Group& group() const { return *engine_.Find(desired_.key); }
  void Tell(std::string line);
  void Violate(std::string what);
  bool Violated() const { return !outcome_.violation.empty(); }
  Millis Since() const { return world_.Now() - scenario_.world.start; }

  const Scenario& scenario_;
  const bool tell_story_;
  control::GroupDesired desired_;
  SimWorld world_;
  control::FleetEngine engine_;
  std::set<std::string> taken_down_;
  std::uint64_t next_id_ = 1, revision_ = 1;
  int capacity_changes_ = 0;
  std::string stored_memory_ = "";
  Outcome outcome_;
};

}  // namespace scv::world::sim

#endif  // SCV_WORLD_SIM_SIMULATION_H_
