#include "daemon/status_databases.h"

namespace scv::daemon {
namespace {

namespace json = boost::json;

// A word for people: "primary", "standby", "replica", "fenced".
std::string_view RoleWord(const lab::DatabaseRole& role) {
  switch (role.kind) {
    case lab::DatabaseRole::Kind::kPrimary:
      return "primary";
    case lab::DatabaseRole::Kind::kReplica:
      return role.acknowledges ? "standby" : "replica";
    case lab::DatabaseRole::Kind::kFenced:
      return "fenced";
  }
  return "?";
}

json::object RoleJson(const lab::DatabaseRole& role) {
  return {{"role", RoleWord(role)},
          {"term", role.term},
          {"source", role.source_address},
          {"waits_for_standby", role.wait_for_standby},
          {"clone", role.clone}};
}

json::object SeenJson(const lab::DatabaseSighting& seen) {
  return {{"reachable", seen.reachable}, {"answering", seen.answering},
          {"writable", seen.writable},   {"waits_for_standby", seen.waits_for_standby},
          {"standbys", seen.standbys},   {"receiving", seen.receiving},
          {"applying", seen.applying},   {"error", seen.error_text},
          {"executed", seen.executed},   {"received", seen.received},
          {"looked_at", seen.looked_at}};
}

}  // namespace

json::array DatabaseNodes(const ControlLoop::View& view, const std::string& region) {
  json::array nodes;
  for (const auto& part : view.plan.parts) {
    const auto* database = std::get_if<lab::DatabaseSpec>(&part.spec);
    if (database == nullptr || database->region != region) continue;
    const auto found = view.parts.find(part.key);
    const bool seen = found != view.parts.end();
    json::object node{
        {"id", database->id},
        {"node", part.key.name},
        {"zone", database->zone},
        {"address", database->interface.address},
        {"endpoint", database->endpoint},
        {"port", database->port},
        {"phase", Name(seen ? found->second.phase : lab::Phase::kAbsent)},
        {"detail", seen ? found->second.detail : std::string()},
    };
    for (auto& [name, value] : RoleJson(database->role)) node[name] = value;
    if (seen && found->second.database) node["seen"] = SeenJson(*found->second.database);
    nodes.push_back(std::move(node));
  }
  return nodes;
}

json::array DatabaseClusters(const ControlLoop::View& view) {
  json::array clusters;
  for (const auto& [name, entry] : view.databases) {
    json::array sites;
    for (const auto& site : entry.cluster.sites) {
      const auto lead = entry.plan.endpoints.find(site.name);
      sites.push_back(
          {{"name", site.name},
           {"region", site.region},
           {"writer", site.name == entry.memory.writer},
           {"lead", lead == entry.plan.endpoints.end() ? std::string() : lead->second.name}});
    }
    clusters.push_back({{"name", name},
                        {"writer", entry.memory.writer},
                        {"term", entry.memory.term},
                        {"step", Name(entry.memory.step)},
                        {"reason", entry.memory.reason},
                        {"synchronised", entry.memory.synchronised},
                        {"redundant", entry.plan.redundant},
                        {"redundancy", entry.plan.redundancy},
                        {"lag", entry.plan.lag},
                        {"sites", std::move(sites)}});
  }
  return clusters;
}

json::array HealthChecks(const ControlLoop::View& view) {
  json::array checks;
  for (const auto& [id, health] : view.routing.memory().checks) {
    if (id.find('/') != std::string::npos) continue;  // a load balancer node's
    checks.push_back({{"id", id},
                      {"healthy", health.healthy},
                      {"since", health.since},
                      {"detail", health.detail}});
  }
  return checks;
}

}  // namespace scv::daemon
