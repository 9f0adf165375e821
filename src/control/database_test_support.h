// A cluster of databases for tests: what is decided is carried out by hand, looks are made by hand.
#ifndef SCV_CONTROL_DATABASE_TEST_SUPPORT_H_
#define SCV_CONTROL_DATABASE_TEST_SUPPORT_H_

#include <algorithm>
#include <string>
#include <vector>

#include "control/database.h"

namespace scv::control {

using Kind = lab::DatabaseRole::Kind;

inline lab::PartKey NodeKey(const std::string& region, const std::string& name) {
  return {lab::PartKind::kDatabase, region, name};
}

inline const lab::PartKey kA1 = NodeKey("seoul", "memo");
inline const lab::PartKey kA2 = NodeKey("seoul", "memo/2");
inline const lab::PartKey kB1 = NodeKey("tokyo", "memo");
inline const lab::PartKey kB2 = NodeKey("tokyo", "memo/2");

// Seoul with two nodes, Tokyo with `replicas`.
inline DatabaseCluster TestCluster(int nodes = 2, int replicas = 1) {
  DatabaseCluster cluster;
  cluster.name = "seoul/memo";
  DatabaseSite seoul{"seoul/memo", "seoul", "", {{kA1, "a", "10.0.0.1"}}};
  if (nodes > 1) seoul.nodes.push_back({kA2, "c", "10.0.0.2"});
  cluster.sites.push_back(seoul);
  if (replicas > 0) {
    DatabaseSite tokyo{"tokyo/memo", "tokyo", "seoul/memo", {{kB1, "a", "10.1.0.1"}}};
    if (replicas > 1) tokyo.nodes.push_back({kB2, "c", "10.1.0.2"});
    cluster.sites.push_back(tokyo);
  }
  return cluster;
}

inline std::string Gtid(std::uint64_t sequence) {
  return sequence == 0 ? "" : "0-1-" + std::to_string(sequence);
}

// Time passes only by hand. Unless a test says otherwise, nodes do what their roles say.
class TestDatabases {
 public:
  explicit TestDatabases(DatabaseCluster described = TestCluster())
      : cluster(std::move(described)) {}

  const DatabasePlan& Decide() {
    plan = DecideDatabase(cluster, observed, memory, watch, now, limits);
    for (const auto& event : plan.events) story += event.phase + ": " + event.text + "\n";
    return plan;
  }

  // The world carries out what was decided, at every node but `except`.
  void Carry(const std::vector<lab::PartKey>& except = {}) {
    for (const auto& [key, role] : plan.roles) {
      if (std::ranges::find(except, key) != except.end()) continue;
      auto& node = observed.nodes[key];
      if (node.phase == lab::Phase::kRunning && node.standing == role) continue;
      if (node.phase != lab::Phase::kRunning) Phase(key, lab::Phase::kRunning);
      node.standing = role;
      node.idle = true;
    }
  }

  void Phase(const lab::PartKey& key, lab::Phase phase) {
    auto& node = observed.nodes[key];
    node.phase = phase;
    node.phase_since = ++since;
    if (phase != lab::Phase::kRunning) node.standing.reset();
    node.idle = true;
  }

  void Die(const lab::PartKey& key) {
    Phase(key, lab::Phase::kFailed);
    if (observed.nodes[key].seen) observed.nodes[key].seen->ended = true;
  }

  // A look at a node that does what its role says and has everything up to `position`.
  void Look(const lab::PartKey& key) {
    auto& node = observed.nodes[key];
    if (!node.seen) node.seen.emplace();
    auto& look = *node.seen;
    ++look.count;
    look.looked_at = now;
    look.ended = node.phase != lab::Phase::kRunning;
    look.reachable = look.answering = node.phase == lab::Phase::kRunning;
    if (!node.standing || node.standing->kind == Kind::kFenced) return;
    const bool leads = node.standing->kind == Kind::kPrimary;
    look.writable = leads && !node.standing->read_only;
    look.waits_for_standby = leads && node.standing->wait_for_standby;
    look.standbys = look.waits_for_standby ? 1 : 0;
    look.source = leads ? "" : node.standing->source_address;
    look.receiving = look.applying = !leads;
    look.error = 0;
    look.executed = Gtid(position);
    look.received = leads ? "" : Gtid(position);
  }

  // A look that finds nobody over the network, or nobody at all.
  void BadLook(const lab::PartKey& key, bool answers = false) {
    auto& look = *observed.nodes[key].seen;
    ++look.count;
    look.looked_at = now;
    look.reachable = false;
    look.answering = answers;
  }

  // A look at a replica that does not receive.
  void AstrayLook(const lab::PartKey& key, int error) {
    Look(key);
    auto& look = *observed.nodes[key].seen;
    look.receiving = false;
    look.error = error;
  }

  // Rounds of deciding, carrying out, and looking at every node but `except`.
  void Run(int rounds, const std::vector<lab::PartKey>& except = {}) {
    for (int i = 0; i < rounds; ++i) {
      Decide();
      Carry();
      now += 200;
      for (const auto& [key, role] : plan.roles) {
        if (std::ranges::find(except, key) == except.end()) Look(key);
      }
    }
    Decide();
  }

  const lab::DatabaseRole& Role(const lab::PartKey& key) const { return plan.roles.at(key); }
  bool Told(std::string_view words) const { return story.find(words) != std::string::npos; }

  DatabaseCluster cluster;
  ObservedCluster observed;
  DatabaseMemory memory;
  DatabaseWatch watch;
  DatabaseLimits limits;
  DatabasePlan plan;
  std::string story;
  std::uint64_t position = 100;
  Millis now = 1'000'000;
  Millis since = 0;
};

}  // namespace scv::control

#endif  // SCV_CONTROL_DATABASE_TEST_SUPPORT_H_
