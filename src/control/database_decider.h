// One decision about a cluster of databases: what DecideDatabase is made of. Lives for one call.
#ifndef SCV_CONTROL_DATABASE_DECIDER_H_
#define SCV_CONTROL_DATABASE_DECIDER_H_

#include <string>
#include <string_view>
#include <vector>

#include "control/database.h"

namespace scv::control {

// A node with all that is known of it.
struct DatabaseNodeView {
  const DatabaseSite* site = nullptr;
  const DatabaseNode* node = nullptr;
  const ObservedDatabaseNode* observed = nullptr;
  DatabaseWatch::Node* watch = nullptr;
  std::string name;

  bool Running() const { return observed->phase == lab::Phase::kRunning; }
  // No process of it is there: it died, or was never made. It may be one that is being started.
  bool Down() const {
    return observed->phase == lab::Phase::kFailed || observed->phase == lab::Phase::kAbsent;
  }
  bool StandsAs(lab::DatabaseRole::Kind kind) const {
    return Running() && observed->standing && observed->standing->kind == kind;
  }
  // … and nothing is under way that would make it something else.
  bool StandsAs(const lab::DatabaseRole& role) const {
    return Running() && observed->idle && observed->standing == role;
  }
  const lab::DatabaseSighting& look() const { return *observed->seen; }
  bool seen() const { return observed->seen.has_value(); }
  std::uint64_t executed() const { return seen() ? GtidSequence(look().executed) : 0; }
  std::uint64_t received() const { return seen() ? GtidSequence(look().received) : 0; }
};

class DatabaseDecider {
 public:
  DatabaseDecider(const DatabaseCluster& cluster, const ObservedCluster& observed,
                  DatabaseMemory& memory, DatabaseWatch& watch, Millis now,
                  const DatabaseLimits& limits);
  DatabasePlan Run();

 private:
  using View = DatabaseNodeView;

  // --- database_sites.cc: memory follows the cluster as it is described.
  void ForgetWhatIsGone();
  void ChooseWriter();
  void ChooseLeads();
  const View* MostAdvanced(const DatabaseSite& site) const;
  void RemovedPrimary();

  // --- database_looks.cc
  void CountLooks();
  void CountLook(View& node);
  void CountReplica(View& node);
  void CountAhead(View& node, const View& source);
  void CountPrimaryFine(bool primary_looked);
  void Missed(View& node);
  bool Troubled(const View& node) const;  // several looks in a row found nobody
  bool Up(const View& node) const;        // runs, and is not in trouble
  bool Fine(const View& node) const;      // … and the last look found everything in order
  bool Dead(const View& node) const;      // for certain, and nothing will start it

  // --- database_promotion.cc
  void Progress();
  bool CandidateLost();
  void Commit();
  void TellCommit(const View& candidate, const std::string& from);
  void Promote(const View& candidate, std::vector<const View*> fenced, std::string reason);
  void Abandon(std::string why);
  void WatchPrimary();
  void StandbyTakesOver(const View& primary, const View& standby, const std::string& why);
  void Restart(const View& primary, const std::string& why);
  const View* Candidate(const DatabaseSite& site) const;
  std::string Behind(const View& candidate) const;

  // --- database_switch.cc
  void RegionFailover();
  void ForcedSwitch();
  void BeginRegionFailover(const DatabaseSite& site, const std::string& why, bool forced);
  void PlannedSwitch();
  void Drain();
  void CallOff(const std::string& why);
  const DatabaseSite* OtherSite() const;

  // --- database_standby.cc
  void WatchStandby();
  void Degrade(std::string why, std::string cause);
  std::string StandbyTrouble(const View& standby) const;
  void Await(const View& primary, const View& standby);
  void CloneDiverged();
  std::string WhyClone(const View& node, const View& source) const;

  // --- database_status.cc
  void Describe();
  std::string Missing();
  std::string MissingAt(const DatabaseSite& site);
  void MeasureLag();

  // --- database_roles.cc
  lab::DatabaseRole RoleOf(const View& node) const;
  const View* SourceOf(const View& node) const;
  void FillPlan();

  const DatabaseSite* Site(std::string_view name) const;
  View* Find(const std::string& name);
  const View* Find(const std::string& name) const;
  const View* LeadOf(std::string_view site) const;
  const View* Primary() const { return LeadOf(memory_.writer); }
  const View* Standby() const;  // the other node of the writer's site
  bool Draining() const {
    return memory_.step == DatabaseStep::kDraining || memory_.step == DatabaseStep::kSwitching;
  }
  void Enter(DatabaseStep step, std::string reason);
  void Tell(std::string phase, std::string text, std::string cause);
  void WakeAt(Millis at);
  // Since when, as far as the clock can be trusted: it may have jumped back.
  bool Elapsed(Millis& since, Millis time) const;

  const DatabaseCluster& cluster_;
  const ObservedCluster& observed_;
  DatabaseMemory& memory_;
  DatabaseWatch& watch_;
  const Millis now_;
  const DatabaseLimits& limits_;
  std::vector<View> nodes_;
  DatabasePlan plan_;
};

}  // namespace scv::control

#endif  // SCV_CONTROL_DATABASE_DECIDER_H_
