// The loop that makes the lab follow the desired state: it takes in what the world sees and what
// Terraform wrote, lets control/ decide, remembers durably, and hands the actions to the world. The
// only thread that decides. Everything public is thread-safe.
#ifndef SCV_DAEMON_CONTROL_LOOP_H_
#define SCV_DAEMON_CONTROL_LOOP_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "control/fleet.h"
#include "control/lab_plan.h"
#include "control/reconcile.h"
#include "daemon/database_decisions.h"
#include "daemon/document_keeper.h"
#include "daemon/durable_account.h"
#include "daemon/event_log.h"
#include "daemon/routing_decisions.h"
#include "world/world.h"

namespace scv::daemon {

class ControlLoop {
 public:
  // What must outlive the loop is borrowed.
  ControlLoop(DurableAccount& account, world::World& world, EventLog& events, control::Pace pace);
  ~ControlLoop();

  // Takes up what earlier processes remembered. kInternal: it cannot be read.
  Result<void> Restore(const Documents& documents);
  void Start();
  void Stop();

  // Something changed: the desired state, or (with a sighting) the world.
  void Poke();
  void See(lab::Sighting sighting);

  // A resource's attributes with what runs by itself.
  Result<boost::json::object> Overlaid(const aws::Resource& resource) const;

  // Everything at one moment, for the API. Valid only during the call of Look, which the loop waits
  // for: be quick.
  struct View {
    const aws::DesiredState& state;
    const control::LabPlan& plan;
    const std::map<lab::PartKey, control::ObservedPart>& parts;
    const std::map<control::GroupKey, control::FleetEngine::Group>& groups;
    const std::map<std::string, DatabaseDecisions::Cluster>& databases;
    const RoutingDecisions& routing;
    Millis now = 0;
  };
  void Look(const std::function<void(const View&)>& look) const;
  std::optional<control::InstanceRecord> FindInstance(const std::string& id) const;

  // Faults were healed: what failed because of them is made again at once.
  void TryAgain();

  // Moves the writer of the databases to `region`, "" to where it was first: DatabaseDecisions.
  Result<void> OrderFailover(const std::string& region, bool force);

 private:
  void Run(const std::stop_token& stop);
  void Step(std::vector<lab::Sighting> sightings);
  void TakeIn(const lab::Sighting& sighting, Millis now);
  void ReadDesired();
  void PutGroup(control::GroupDesired group);
  void DecideFleets(Millis now);
  void CarryOut(const control::GroupPlan& plan, Millis now);
  std::optional<control::InstanceRecord> MakeRecord(const control::Launch& launch, Millis now);
  void ForgetTerminated();
  void CompilePlan();
  bool DecideSurroundings(Millis now);
  void Act(Millis now);
  void TellProgress();

  DurableAccount& account_;
  world::World& world_;
  EventLog& events_;

  mutable std::mutex mutex_;  // everything below but the inbox
  control::FleetEngine fleets_;
  DatabaseDecisions databases_;
  RoutingDecisions routing_;
  DocumentKeeper keeper_;
  std::map<std::string, control::InstanceRecord> records_;
  control::AddressBook book_;
  std::string book_document_;  // as last written
  std::shared_ptr<const aws::DesiredState> state_;
  control::Environment environment_;
  control::LabPlan plan_;
  control::ObservedParts observed_;
  std::map<aws::ResourceKey, Progress> told_;
  std::optional<std::uint64_t> read_revision_;  // of the state that the fleets know
  bool plan_stale_ = true, progress_stale_ = true;
  Millis wake_at_ = 0;

  std::mutex inbox_mutex_;
  std::condition_variable_any arrived_;
  std::vector<lab::Sighting> inbox_;
  bool poked_ = true;
  std::jthread thread_;
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_CONTROL_LOOP_H_
