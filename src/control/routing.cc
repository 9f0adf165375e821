#include "control/routing.h"

#include <algorithm>
#include <utility>

namespace scv::control {
namespace {

const CheckRule* FindRule(const std::vector<CheckRule>& rules, std::string_view id) {
  const auto found = std::ranges::find(rules, id, &CheckRule::id);
  return found == rules.end() ? nullptr : &*found;
}

// What stands behind a rule says healthy, before the rule turns it round.
bool EndpointHealthy(const CheckRule& rule, const RoutingMemory& memory) {
  if (rule.disabled) return true;
  const auto known = memory.checks.find(rule.id);
  return known == memory.checks.end() || known->second.healthy;
}

bool Healthy(const CheckRule& rule, bool endpoint_healthy) {
  return endpoint_healthy != rule.inverted;
}

// A calculated check counts checks of endpoints only: Route 53 allows no calculated child. One that
// is not there, or is calculated all the same, counts as healthy.
bool EnoughChildren(const CheckRule& rule, const std::vector<CheckRule>& rules,
                    const RoutingMemory& memory) {
  const auto healthy = std::ranges::count_if(rule.children, [&](const std::string& id) {
    const auto* child = FindRule(rules, id);
    if (child == nullptr || !child->children.empty()) return true;
    return Healthy(*child, EndpointHealthy(*child, memory));
  });
  return healthy >= rule.child_health_threshold;
}

// Whether the probe turned the check's health.
bool CountProbe(const CheckRule& rule, const lab::CheckSighting& probe, EndpointHealth& health) {
  if (probe.count == health.count) return false;
  health.count = probe.count;
  health.detail = probe.detail;
  if (probe.ok == health.healthy) {
    health.streak = 0;
    return false;
  }
  if (++health.streak < rule.failure_threshold) return false;
  health.healthy = probe.ok;
  health.streak = 0;
  return true;
}

// Calculated checks are remembered like the others, so that their changes are told, too.
bool Recalculate(const CheckRule& rule, const std::vector<CheckRule>& rules, RoutingMemory& memory,
                 EndpointHealth& health) {
  const bool healthy = EnoughChildren(rule, rules, memory);
  if (healthy == health.healthy) return false;
  health.healthy = healthy;
  health.detail = healthy ? "enough of its checks are healthy"
                          : "fewer than " + std::to_string(rule.child_health_threshold) +
                                " of its checks are healthy";
  return true;
}

}  // namespace

std::vector<CheckRule> ReadCheckRules(const aws::DesiredState& state) {
  std::vector<CheckRule> rules;
  for (const auto& resource : state.List("aws_route53_health_check")) {
    const auto check = aws::ReadHealthCheck(*resource);
    if (check.deleting()) continue;
    CheckRule rule;
    rule.id = check.id;
    rule.failure_threshold = check.failure_threshold;
    rule.inverted = check.inverted;
    rule.disabled = check.disabled;
    if (check.type == "CALCULATED") {
      rule.children = check.children;
      rule.child_health_threshold = check.child_health_threshold;
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<HealthChange> CountChecks(const std::vector<CheckRule>& rules,
                                      const std::map<std::string, lab::CheckSighting>& seen,
                                      RoutingMemory& memory, Millis now) {
  std::set<std::string_view> known;
  for (const auto& rule : rules) known.insert(rule.id);
  std::erase_if(memory.checks, [&](const auto& entry) { return !known.contains(entry.first); });
  std::vector<HealthChange> changes;
  const auto told = [&](const CheckRule& rule, EndpointHealth& health) {
    health.since = now;
    if (!rule.disabled) {
      changes.push_back({rule.id, Healthy(rule, health.healthy), health.detail});
    }
  };
  for (const auto& rule : rules) {
    const auto probe = seen.find(rule.id);
    if (!rule.children.empty() || probe == seen.end()) continue;
    auto& health = memory.checks[rule.id];
    if (CountProbe(rule, probe->second, health)) told(rule, health);
  }
  for (const auto& rule : rules) {
    if (rule.children.empty()) continue;
    auto& health = memory.checks[rule.id];
    if (Recalculate(rule, rules, memory, health)) told(rule, health);
  }
  return changes;
}

std::set<std::string> UnhealthyChecks(const std::vector<CheckRule>& rules,
                                      const RoutingMemory& memory) {
  std::set<std::string> unhealthy;
  for (const auto& rule : rules) {
    const bool endpoint = rule.children.empty() || rule.disabled
                              ? EndpointHealthy(rule, memory)
                              : EnoughChildren(rule, rules, memory);
    if (!Healthy(rule, endpoint)) unhealthy.insert(rule.id);
  }
  return unhealthy;
}

}  // namespace scv::control
