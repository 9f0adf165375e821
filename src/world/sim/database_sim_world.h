// The simulated surroundings of databases: a server per node, the network between them, what goes
// wrong, the actions that control asks for, and the looks and sightings that it gets. Time is
// virtual and jumps from one event to the next. One thread; all chance is the caller's.
#ifndef SCV_WORLD_SIM_DATABASE_SIM_WORLD_H_
#define SCV_WORLD_SIM_DATABASE_SIM_WORLD_H_

#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lab/parts.h"
#include "world/sim/database_sim_server.h"
#include "world/sim/random.h"

namespace scv::world::sim {

struct DatabaseSimNode {
  lab::PartKey key;
  std::string address;
  int region = 0, zone = 0;
  DatabaseSimServer server;

  // The part, as the world's process knows it.
  lab::Phase phase = lab::Phase::kAbsent;
  std::uint64_t revision = 0;
  std::uint64_t cloned = 0;  // the last role's
  bool stands_dead = false;
  lab::DatabaseSighting look;
  Millis next_look = 0, late_look_at = 0;
  lab::DatabaseSighting late_look;

  std::deque<lab::Action> actions;  // the first is under way
  Millis act_at = 0, act_until = 0;
  bool begun = false, will_fail = false;

  Millis retry_at = 0, broken_at = 0;  // of its connection to the source
  // Faults, until when.
  Millis paused = 0, slow = 0, isolated = 0, unprobed = 0;
};

class DatabaseSimWorld {
 public:
  DatabaseSimWorld(Random& random, Millis start) : random_(random), now_(start) {}

  std::vector<DatabaseSimNode>& nodes() { return nodes_; }
  const std::vector<DatabaseSimNode>& nodes() const { return nodes_; }
  DatabaseSimNode* Find(const lab::PartKey& key);

  Millis now() const { return now_; }            // true time
  Millis Clock() const { return now_ + skew_; }  // as everybody reads it
  Millis Next() const;                           // when something happens by itself
  void AdvanceTo(Millis at);                     // … and lets it happen
  void Skip(Millis to);                          // an uneventful time in which all replicas keep up

  void Act(lab::Action action);
  // Sightings that have arrived by now, in order.
  std::vector<lab::Sighting> Hear();
  void RestartDaemon();  // actions under way are dropped, everything there is is told anew

  // A client's transactions. false: they did not reach a writable server.
  bool Write(int node, int region, std::uint64_t transactions);

  // --- Faults, until the given time.
  void Crash(DatabaseSimNode& node);
  void Pause(DatabaseSimNode& node, Millis until);
  void CutZone(int region, int zone, Millis until) { cut_zones_[region][zone] = until; }
  void CutRegion(int region, Millis until) { cut_regions_[region] = until; }
  void PowerOff(int region, int zone, Millis until);
  void CutLink(int a, int b, Millis until) { cut_link_ = {a, b, until}; }
  void JumpClock(Millis by) { skew_ += by; }
  void Stall(Millis until) { stalled_ = until; }
  void LoseLooks(Millis until) { looks_lost_ = until; }
  void FailActions(Millis until) { actions_fail_ = until; }
  bool Powered(const DatabaseSimNode& node) const;
  bool RegionCut(int region) const { return cut_regions_[region] > now_; }
  bool RegionDark(int region) const;  // no zone has power

  // --- The truth that promises are measured by.
  // Transactions that clients were told of and that this server lacks.
  std::uint64_t Lacks(const DatabaseSimServer& server) const;
  // … of these, those up to this position.
  std::uint64_t LacksUpTo(const DatabaseSimServer& server, std::uint64_t position) const;
  void ForgetLost(const DatabaseSimServer& server);
  std::uint64_t acknowledged() const { return acknowledged_; }
  int Writable() const;
  bool Busy() const;  // actions are under way, sightings on their way
  // Servers that became writable since the last call.
  std::vector<int> TakeNewWriters() { return std::exchange(new_writers_, {}); }

 private:
  struct Stretch {
    std::uint64_t first = 0, acknowledged = 0;
  };
  struct Link {
    int a = -1, b = -1;
    Millis until = 0;
  };

  bool Reaches(const DatabaseSimNode& a, const DatabaseSimNode& b) const;
  bool Outside(const DatabaseSimNode& node) const;  // cut off by itself or its zone
  bool Alive(const DatabaseSimNode& node) const {
    return node.server.running && !node.server.paused;
  }
  int IndexOf(const DatabaseSimNode& node) const { return static_cast<int>(&node - nodes_.data()); }
  // --- Replication
  void Pump();
  void PumpOne(DatabaseSimNode& node);
  bool Connected(DatabaseSimNode& node, DatabaseSimNode& source);
  void Acknowledge(DatabaseSimServer& server);
  void Commit(DatabaseSimServer& server, std::uint64_t up_to);
  void BecomeWritable(DatabaseSimNode& node);
  // --- Actions
  void Begin(DatabaseSimNode& node);
  void Finish(DatabaseSimNode& node);
  enum class Done { kYes, kNo, kNotYet };
  Done CarryOut(DatabaseSimNode& node, const lab::DatabaseRole& role);
  Done Lead(DatabaseSimNode& node, const lab::DatabaseRole& role);
  Done Follow(DatabaseSimNode& node, const lab::DatabaseRole& role);
  Done TakeNoWrites(DatabaseSimNode& node);
  Done Clone(DatabaseSimNode& node, const lab::DatabaseRole& role);
  // --- Sightings
  void Look(DatabaseSimNode& node);
  void Note(DatabaseSimNode& node, lab::Phase phase, std::uint64_t revision);
  void Tell(const DatabaseSimNode& node);

  Random& random_;
  Millis now_;
  Millis skew_ = 0;
  std::vector<DatabaseSimNode> nodes_;
  Millis cut_zones_[2][2] = {}, dark_zones_[2][2] = {};
  Millis cut_regions_[2] = {};
  Link cut_link_;
  Millis stalled_ = 0, looks_lost_ = 0, actions_fail_ = 0;
  std::deque<std::pair<Millis, lab::Sighting>> inbox_;
  std::vector<Stretch> stretches_{1};
  std::vector<int> new_writers_;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace scv::world::sim

#endif  // SCV_WORLD_SIM_DATABASE_SIM_WORLD_H_
