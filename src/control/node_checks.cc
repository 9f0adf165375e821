#include "control/node_checks.h"

#include <map>
#include <utility>

namespace scv::control {
namespace {

// AWS does not publish how often it looks; the lab looks twice a second, and counts to two.
constexpr std::chrono::milliseconds kInterval{500}, kTimeout{400};
constexpr int kThreshold = 2;

lab::PartKey CheckKey(const lab::PartKey& node) {
  return {lab::PartKind::kEndpointCheck, node.region, node.name};
}

using Zone = std::pair<std::string, std::string>;  // region, zone

}  // namespace

std::string NodeCheckId(const lab::PartKey& check) { return check.region + "/" + check.name; }

void PlanNodeChecks(PlanContext& context, const RegionIndex& region,
                    const std::vector<PlannedLoadBalancer>& balancers) {
  for (const auto& planned : balancers) {
    for (const auto& node : planned.nodes) {
      if (node.public_address.empty()) continue;
      int port = 0;
      for (const auto& [arn, listener] : region.listeners) {
        const bool ours = listener.load_balancer_arn == planned.load_balancer->arn;
        if (ours && !listener.deleting() && (port == 0 || listener.port == 443)) {
          port = listener.port;
        }
      }
      if (port == 0) continue;
      lab::EndpointCheckSpec spec;
      spec.protocol = "TCP";
      spec.address = node.public_address;
      spec.port = port;
      spec.interval = kInterval;
      spec.timeout = kTimeout;
      context.Add(CheckKey(node.key), std::move(spec), {InternetKey(), node.key},
                  "whether " + node.key.name + " answers the internet");
    }
  }
}

std::vector<CheckRule> NodeCheckRules(const LabPlan& plan) {
  std::vector<CheckRule> rules;
  for (const auto& part : plan.parts) {
    if (part.key.kind != lab::PartKind::kEndpointCheck || part.key.region.empty()) continue;
    CheckRule rule;
    rule.id = NodeCheckId(part.key);
    rule.failure_threshold = kThreshold;
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::set<lab::PartKey> DarkNodes(const LabPlan& plan, const ObservedParts& observed,
                                 const std::set<std::string>& unhealthy) {
  std::set<lab::PartKey> dark;
  std::map<Zone, bool> answers;  // zones with public nodes
  for (const auto& part : plan.parts) {
    const auto* node = std::get_if<lab::LoadBalancerNodeSpec>(&part.spec);
    if (node == nullptr) continue;
    const bool down = observed.PhaseOf(part.key) == lab::Phase::kFailed ||
                      unhealthy.contains(NodeCheckId(CheckKey(part.key)));
    if (down) dark.insert(part.key);
    if (!node->internal) answers[{node->region, node->zone}] |= !down;
  }
  for (const auto& part : plan.parts) {
    const auto* node = std::get_if<lab::LoadBalancerNodeSpec>(&part.spec);
    if (node == nullptr || !node->internal) continue;
    const auto zone = answers.find({node->region, node->zone});
    if (zone != answers.end() && !zone->second) dark.insert(part.key);
  }
  return dark;
}

}  // namespace scv::control
