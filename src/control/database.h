// Which node of a replicated database is what: primary, standby, the other region's replica; when
// one is fenced and another promoted; and where the endpoint names lead. Pure: no clock, no I/O, no
// randomness; the daemon and the simulation drive this very code.
//
// A cluster is a DB instance without a source and all DB instances that replicate from it,
// directly or not. One site (DB instance) of it takes writes: the writer. Its primary waits for its
// standby's acknowledgement of every commit; the other sites follow the standby (the primary, while
// there is no standby), so that they never have what a failover would take back.
//
// What it promises:
//   - At most one node of the cluster is writable: before a promoted node may take writes, the
//     former primary is known to be dead (it stands as kFenced, or the world saw its process end),
//     or, in a planned switch, to be read-only for good.
//   - A standby is promoted only while `synchronised` says that it has every acknowledged write.
//     The flag goes down, durably, before the primary is told to go on alone. A promotion has two
//     halves: the node becomes a read-only primary, which applies all that it received; only when
//     it stands so, and this is written down, may it take writes. Until then the former primary
//     can be brought back, and nothing is lost.
//   - What lags is promoted only across regions, by policy or on demand, and said so, with how far
//     behind it was.
// docs/database.md has the states and the reasons.
#ifndef SCV_CONTROL_DATABASE_H_
#define SCV_CONTROL_DATABASE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "control/pace.h"
#include "control/reconcile.h"
#include "lab/parts.h"

namespace scv::control {

// A site is named "region/identifier"; a node by its part's key, in memory by NodeName().
struct DatabaseNode {
  lab::PartKey key;
  std::string zone;
  std::string address;
  int port = 3306;
  bool operator==(const DatabaseNode&) const = default;
};

struct DatabaseSite {
  std::string name;  // "ap-northeast-2/scv-memo"
  std::string region;
  std::string source;               // the site that Terraform says it replicates from; "": none
  std::vector<DatabaseNode> nodes;  // one, or two with multi_az; in the order of their keys
  bool operator==(const DatabaseSite&) const = default;
};

// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
enum class RegionFailover { kManual, kAutomatic };

struct DatabaseCluster {
  std::string name;                 // the name of the site without a source: stable
  std::vector<DatabaseSite> sites;  // by name
  RegionFailover region_failover = RegionFailover::kAutomatic;
  bool operator==(const DatabaseCluster&) const = default;
};

// "region/scv-memo/2": a node's name in memory and in events.
std::string NodeName(const lab::PartKey& key);

// What is known of one node, from its part's sightings.
struct ObservedDatabaseNode {
  // kAbsent: there is none of it (ask only after the world has said what there is). kFailed: its
  // process ended, or it could not take its role on (then it may still run).
  lab::Phase phase = lab::Phase::kAbsent;
  // No action of its part is under way. While one is, a dead process may yet be started.
  bool idle = false;
  // The role that it stands by (the specification carried out last). nullopt: unknown, or nothing
  // stands.
  std::optional<lab::DatabaseRole> standing;
  std::optional<lab::DatabaseSighting> seen;  // the last look; stale while phase is not kRunning
  // Another value in the same phase: it left the phase in between, its process is another one.
  Millis phase_since = 0;
};

struct ObservedCluster {
  std::map<lab::PartKey, ObservedDatabaseNode> nodes;
  // Regions whose endpoint checks (Route 53) all fail: nobody outside reaches them.
  std::set<std::string> lost_regions;
};

enum class DatabaseStep {
  kSteady,      // the primary runs, or nothing but waiting for it can be done
  kRestarting,  // it does not run, nobody may take its place: it is started again where it is
  kPromoting,   // another node takes its place, it and what else is in `fenced` are killed
  kDraining,    // a planned switch: the primary takes no writes, the new one catches up
  kSwitching,   // … and the new one, which has everything, is promoted
};
std::string_view Name(DatabaseStep step);

// Durable: written down before any action that follows from it. One per cluster.
struct DatabaseMemory {
  std::uint64_t term = 0;                    // 0: nothing decided yet
  std::string writer;                        // the site that takes writes
  std::map<std::string, std::string> leads;  // site → node name: its primary, or the one that
                                             // others of its site follow
  bool waiting = false;       // the primary is told to wait for its standby's acknowledgements
  bool synchronised = false;  // … and the standby has every acknowledged write
  // A promotion under way: the node to become primary once `fenced` are dead. "": none.
  std::string promoting_site, promoting_node;
  std::set<std::string> fenced;        // node names that must not run
  std::set<std::string> must_discard;  // node names that were primaries of an earlier term
  // Nodes that were seen to follow the present writer: their history is a part of its.
  std::set<std::string> joined;
  std::map<std::string, std::uint64_t> clones;  // node name → how often it was cloned anew
  // An operator's or the policy's order to move the writer.
  std::string switch_to;  // site; "": none
  bool switch_forced = false;
  DatabaseStep step = DatabaseStep::kSteady;
  Millis since = 0;    // when the present step began
  std::string reason;  // of the step, or of the last change of redundancy; for people
  bool operator==(const DatabaseMemory&) const = default;
};
std::string ToJson(const DatabaseMemory& memory);
Result<DatabaseMemory> ParseDatabaseMemory(std::string_view text);

// Not durable: what was counted, look by look. Lost with the process, which then only decides
// later.
struct DatabaseWatch {
  struct Node {
    std::uint64_t count = 0;  // the last look that was counted
    Millis looked = 0;        // when it was, or when one was found to be missing
    int unreachable = 0;      // looks in a row without a greeting over the network
    int silent = 0;           // looks in a row without an answer on its own socket
    int fine = 0;             // looks in a row with both
    // Since it stands by its role:
    lab::Phase phase = lab::Phase::kAbsent;
    Millis phase_since = 0;
    std::optional<lab::DatabaseRole> standing;
    int looks = 0;       // with an answer
    int following = 0;   // … in a row, of a replica that receives and applies
    int astray = 0;      // … in a row, of one that does not
    int diverged = 0;    // … in a row, of one whose history is not its source's
    int unattended = 0;  // … in a row, of a primary that waits and has no standby
    // Its process ended while memory counts on it; until that is written down otherwise.
    bool restarted = false;
    std::uint64_t ahead_of = 0;  // position to be found at the source, from its look `ahead_from`
    std::uint64_t ahead_from = 0;
    int ahead = 0;  // times in a row that it was not found
    Millis cloned_at = 0;
  };
  std::map<lab::PartKey, Node> nodes;
  // Fine looks of the primary in a row since its standby is in trouble.
  int primary_fine = 0;
  // The standby has everything once it has received this.
  std::optional<std::uint64_t> target;
  std::optional<bool> redundant;  // of the plan before
};

// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZSingleStandby.html
struct DatabaseLimits {
  int looks_until_failed = 3;     // in a row
  Millis look_every = 200;        // a look that is five times as late is missing
  Millis standby_patience = 600;  // how long writes may hang on a standby that does not receive
  Millis rejoin_within = 8'000;   // then the node is cloned anew, and not again for as long
  Millis drain_within = 5'000;    // a planned switch that cannot be drained in time is called off
  Millis least_failover = 0;      // a failover takes at least this long (what AWS documents)
  std::uint64_t lag_tolerated = 1'000;  // transactions; a site further behind is not redundant
};
DatabaseLimits LimitsFor(const Pace& pace);

struct DatabaseEvent {
  std::string phase;  // "detect", "decide", "act", "restored", "degraded"
  std::string text;   // one sentence for people
  std::string cause;
};

struct DatabasePlan {
  std::map<lab::PartKey, lab::DatabaseRole> roles;  // for every node of the cluster
  std::map<std::string, lab::PartKey> endpoints;    // site → the node that its name leads to
  std::vector<DatabaseEvent> events;
  bool memory_changed = false;  // write `memory` down before acting on `roles`
  Millis wake_at = kNever;
  // For status: "redundant", or what is missing: "the standby scv-memo/2 is being cloned".
  std::string redundancy;
  bool redundant = false;
  std::uint64_t lag = 0;  // transactions that the furthest site is behind, as last seen
};

// Changes `memory` and `watch`.
DatabasePlan DecideDatabase(const DatabaseCluster& cluster, const ObservedCluster& observed,
                            DatabaseMemory& memory, DatabaseWatch& watch, Millis now,
                            const DatabaseLimits& limits = {});

// Orders the writer to be `site`. A planned switch drains, waits until the new writer has
// everything and loses nothing; `force` promotes what there is at once, after fencing. kNotFound:
// no such site. kConflict: it is the writer, or a switch is under way.
Result<void> OrderSwitch(const DatabaseCluster& cluster, DatabaseMemory& memory,
                         std::string_view site, bool force);

// "0-1-42" → 42, of domain 0; 0: nothing, or no such position.
std::uint64_t GtidSequence(std::string_view position);

}  // namespace scv::control

#endif  // SCV_CONTROL_DATABASE_H_
