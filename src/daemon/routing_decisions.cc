#include "daemon/routing_decisions.h"

#include <algorithm>
#include <utility>

#include "aws/views_names.h"
#include "control/node_checks.h"

namespace scv::daemon {
namespace {

std::string LoadBalancerName(std::string_view alias) {
  constexpr std::string_view kDualStack = "dualstack.";
  auto name = aws::NormalName(alias);
  return name.starts_with(kDualStack) ? name.substr(kDualStack.size()) : name;
}

// Load balancer's name → its region.
std::map<std::string, std::string> LoadBalancerRegions(const aws::DesiredState& state) {
  std::map<std::string, std::string> regions;
  for (const auto& balancer : state.List("aws_lb")) {
    regions[aws::NormalName(aws::String(balancer->attributes, "dns_name"))] = balancer->key.region;
  }
  return regions;
}

}  // namespace

Result<void> RoutingDecisions::Restore(std::string_view document) {
  SCV_ASSIGN(memory_, control::ParseChecksDocument(document));
  document_ = document;
  return {};
}

std::optional<std::string> RoutingDecisions::TakeDocument() {
  auto document = control::ChecksDocument(memory_);
  if (document == document_) return std::nullopt;
  document_ = std::move(document);
  return document_;
}

void RoutingDecisions::SetState(const aws::DesiredState& state) {
  rules_ = control::ReadCheckRules(state);
  checks_of_region_.clear();
  const auto regions = LoadBalancerRegions(state);
  for (const auto& resource : state.List("aws_route53_record")) {
    const auto record = aws::ReadDnsRecord(*resource);
    if (record.health_check_id.empty() || record.deleting()) continue;
    const auto region = regions.find(LoadBalancerName(record.alias_name));
    if (region != regions.end()) checks_of_region_[region->second].insert(record.health_check_id);
  }
}

bool RoutingDecisions::Decide(const control::LabPlan& plan, const control::ObservedParts& observed,
                              Millis now, control::Environment& environment) {
  std::map<std::string, lab::CheckSighting> seen;
  for (const auto& [key, part] : observed.all()) {
    if (key.kind != lab::PartKind::kEndpointCheck || !part.check) continue;
    seen[key.region.empty() ? key.name : control::NodeCheckId(key)] = *part.check;
  }
  auto rules = rules_;
  for (auto& rule : control::NodeCheckRules(plan)) rules.push_back(std::move(rule));
  for (const auto& change : control::CountChecks(rules, seen, memory_, now)) {
    events_.Add(now, "health check", change.id, change.healthy ? "is healthy" : "is unhealthy",
                change.detail);
  }
  auto unhealthy = control::UnhealthyChecks(rules, memory_);
  auto dark = control::DarkNodes(plan, observed, unhealthy);
  std::set<std::string> lost;
  for (const auto& [region, checks] : checks_of_region_) {
    if (std::ranges::includes(unhealthy, checks)) lost.insert(region);
  }
  for (const auto& region : lost) {
    if (!lost_regions_.contains(region)) {
      events_.Add(now, "region", region, "cannot be reached: all its health checks fail");
    }
  }
  lost_regions_ = std::move(lost);
  if (unhealthy == environment.unhealthy_checks && dark == environment.dark_nodes) return false;
  environment.unhealthy_checks = std::move(unhealthy);
  environment.dark_nodes = std::move(dark);
  return true;
}

}  // namespace scv::daemon
