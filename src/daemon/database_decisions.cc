#include "daemon/database_decisions.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace scv::daemon {
namespace {

using control::DatabaseCluster;
using control::Environment;

// When a decision could not be written down.
constexpr Millis kTryAgain = 200;

control::ObservedCluster Observe(const DatabaseCluster& cluster,
                                 const control::ObservedParts& observed,
                                 const std::set<std::string>& lost_regions) {
  control::ObservedCluster seen;
  seen.lost_regions = lost_regions;
  for (const auto& site : cluster.sites) {
    for (const auto& node : site.nodes) {
      auto& entry = seen.nodes[node.key];
      const auto* part = observed.Find(node.key);
      if (part == nullptr) continue;
      entry.phase = part->phase;
      entry.idle = !part->in_flight;
      entry.phase_since = part->phase_since;
      entry.seen = part->database;
      if (part->standing) {
        if (const auto* spec = std::get_if<lab::DatabaseSpec>(&part->standing->spec)) {
          entry.standing = spec->role;
        }
      }
    }
  }
  return seen;
}

bool HasSource(const DatabaseCluster& cluster) {
  return std::ranges::any_of(cluster.sites, [](const auto& site) { return site.source.empty(); });
}

// Roles and endpoints of one cluster take the place of what was decided before.
bool Apply(const control::DatabasePlan& plan, Environment& environment) {
  bool changed = false;
  for (const auto& [key, role] : plan.roles) {
    const auto [known, is_new] = environment.database_roles.try_emplace(key, role);
    if (!is_new && known->second == role) continue;
    known->second = role;
    changed = true;
  }
  for (const auto& [site, key] : plan.endpoints) {
    const auto [known, is_new] = environment.database_endpoints.try_emplace(site, key);
    if (!is_new && known->second == key) continue;
    known->second = key;
    changed = true;
  }
  return changed;
}

}  // namespace

DatabaseDecisions::DatabaseDecisions(control::Pace pace, EventLog& events, Keep keep)
    : pace_(pace), events_(events), keep_(std::move(keep)) {}

Result<void> DatabaseDecisions::Restore(const std::string& name, std::string_view document) {
  SCV_ASSIGN(remembered_[name], control::ParseDatabaseMemory(document));
  return {};
}

void DatabaseDecisions::SetClusters(const std::vector<DatabaseCluster>& clusters) {
  std::set<std::string> wanted;
  for (const auto& cluster : clusters) {
    wanted.insert(cluster.name);
    auto [entry, is_new] = clusters_.try_emplace(cluster.name);
    entry->second.cluster = cluster;
    if (!is_new) continue;
    if (auto memory = remembered_.extract(cluster.name)) entry->second.memory = memory.mapped();
  }
  for (auto it = clusters_.begin(); it != clusters_.end();) {
    if (wanted.contains(it->first)) {
      ++it;
      continue;
    }
    if (const auto kept = keep_({}, {{"database", it->first}}); !kept) {
      spdlog::error("cannot forget {}: {}", it->first, kept.error().message);
    }
    it = clusters_.erase(it);
  }
}

bool DatabaseDecisions::Decide(const control::ObservedParts& observed,
                               const std::set<std::string>& lost_regions, Millis now,
                               Environment& environment, Millis& wake_at) {
  bool changed = false;
  for (auto& [name, entry] : clusters_) {
    changed |= DecideOne(name, entry, observed, lost_regions, now, environment, wake_at);
  }
  return changed;
}

bool DatabaseDecisions::DecideOne(const std::string& name, Cluster& entry,
                                  const control::ObservedParts& observed,
                                  const std::set<std::string>& lost_regions, Millis now,
                                  Environment& environment, Millis& wake_at) {
  // Replicas alone wait for their source, unless one of them was promoted before.
  if (entry.memory.term == 0 && !HasSource(entry.cluster)) return false;
  auto memory = entry.memory;
  const auto seen = Observe(entry.cluster, observed, lost_regions);
  auto plan = control::DecideDatabase(entry.cluster, seen, memory, entry.watch, now,
                                      control::LimitsFor(pace_));
  if (plan.memory_changed) {
    if (const auto kept = keep_({{{"database", name}, control::ToJson(memory)}}, {}); !kept) {
      spdlog::error("cannot write down the decision about {}: {}", name, kept.error().message);
      wake_at = std::min(wake_at, now + kTryAgain);
      return false;
    }
    entry.memory = std::move(memory);
  }
  for (const auto& event : plan.events) {
    events_.Add(now, "database", name, event.phase + ": " + event.text, event.cause);
  }
  wake_at = std::min(wake_at, plan.wake_at);
  entry.plan = std::move(plan);
  return Apply(entry.plan, environment);
}

Result<void> DatabaseDecisions::Order(const std::string& region, bool force) {
  bool found = false;
  for (auto& [name, entry] : clusters_) {
    for (const auto& site : entry.cluster.sites) {
      const bool wanted = region.empty() ? site.name == name : site.region == region;
      if (!wanted) continue;
      found = true;
      auto memory = entry.memory;
      SCV_TRY(control::OrderSwitch(entry.cluster, memory, site.name, force));
      SCV_TRY(keep_({{{"database", name}, control::ToJson(memory)}}, {}));
      entry.memory = std::move(memory);
    }
  }
  if (found) return {};
  return Fail(ErrorKind::kNotFound,
              "no database has an instance in " +
                  (region.empty() ? std::string("its first region") : region));
}

}  // namespace scv::daemon
