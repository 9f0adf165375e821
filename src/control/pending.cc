// Stands in until control/database.cc and control/routing.cc are there.
#include "control/database.h"
#include "control/routing.h"

namespace scv::control {

__attribute__((weak)) DatabaseLimits LimitsFor(const Pace&) { return {}; }
__attribute__((weak)) std::string ToJson(const DatabaseMemory&) { return "{}"; }
__attribute__((weak)) Result<DatabaseMemory> ParseDatabaseMemory(std::string_view) {
  return DatabaseMemory{};
}
__attribute__((weak)) DatabasePlan DecideDatabase(const DatabaseCluster& cluster,
                                                  const ObservedCluster&, DatabaseMemory& memory,
                                                  DatabaseWatch&, Millis, const DatabaseLimits&) {
  DatabasePlan plan;
  memory.term = 1;
  for (const auto& site : cluster.sites) {
    if (!site.source.empty()) continue;
    plan.roles[site.nodes.front().key] = {};
    plan.endpoints[site.name] = site.nodes.front().key;
  }
  return plan;
}
__attribute__((weak)) Result<void> OrderSwitch(const DatabaseCluster&, DatabaseMemory&,
                                               std::string_view, bool) {
  return {};
}
__attribute__((weak)) std::vector<CheckRule> ReadCheckRules(const aws::DesiredState&) {
  return {};
}
__attribute__((weak)) std::vector<HealthChange> CountChecks(
    const std::vector<CheckRule>&, const std::map<std::string, lab::CheckSighting>&,
    RoutingMemory&, Millis) {
  return {};
}
__attribute__((weak)) std::set<std::string> UnhealthyChecks(const std::vector<CheckRule>&,
                                                            const RoutingMemory&) {
  return {};
}

}  // namespace scv::control
