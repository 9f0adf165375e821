#include "control/network_plan_firewall.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace scv::control {
namespace {

auto AsTuple(const lab::FirewallRule& rule) {
  return std::tie(rule.protocol, rule.from_port, rule.to_port, rule.cidr, rule.group);
}

void Order(std::vector<lab::FirewallRule>& rules) {
  std::ranges::sort(rules, {}, AsTuple);
  const auto rest = std::ranges::unique(rules);
  rules.erase(rest.begin(), rest.end());
}

lab::FirewallRule Everything(std::string cidr, std::string group) {
  lab::FirewallRule rule;
  rule.protocol = "-1";
  rule.cidr = std::move(cidr);
  rule.group = std::move(group);
  return rule;
}

}  // namespace

Firewalls::Firewalls(const RegionIndex& region, const std::vector<PlannedHost>& hosts)
    : region_(region) {
  for (const auto& [id, group] : region.security_groups) {
    if (group.deleting()) continue;
    auto& rules = rules_[id];
    for (const auto& rule : group.rules) rules.push_back(&rule);
  }
  for (const auto& single : region.security_group_rules) {
    if (single.deleting()) continue;
    auto& rules = rules_[single.security_group_id];
    for (const auto& rule : single.rules) rules.push_back(&rule);
  }
  for (const auto& host : hosts) {
    for (const auto& group : host.groups) members_[group].insert(host.interface.address);
  }
}

const lab::FirewallSpec& Firewalls::Of(const PlannedHost& host) {
  auto groups = host.groups;
  groups.push_back(host.interface.vpc_id);
  const auto known = made_.find(groups);
  if (known != made_.end()) return known->second;
  return made_.emplace(std::move(groups), Make(host)).first->second;
}

std::vector<lab::FirewallRule> Firewalls::Expand(const aws::SecurityGroupRule& rule) const {
  lab::FirewallRule spec;
  spec.protocol = rule.protocol;
  if (rule.protocol == "tcp" || rule.protocol == "udp") {
    spec.from_port = rule.from_port;
    spec.to_port = rule.to_port;
  } else if (rule.protocol != "-1" && rule.protocol != "icmp") {
    return {};  // what the lab has no packets of: ICMPv6, ESP, …
  }
  if (rule.prefix_list.empty()) {
    spec.cidr = rule.cidr;
    spec.group = rule.group;
    return {spec};
  }
  // AWS's own lists (S3, DynamoDB) are its endpoints, which have one address per region here.
  const auto list = region_.prefix_lists.find(rule.prefix_list);
  const std::vector<std::string> endpoint{EndpointAddress(region_.number) + "/32"};
  std::vector<lab::FirewallRule> specs;
  for (const auto& cidr : list == region_.prefix_lists.end() ? endpoint : list->second) {
    specs.push_back(spec);
    specs.back().cidr = cidr;
  }
  return specs;
}

void Firewalls::AddRules(const std::string& group, lab::FirewallSpec& spec) const {
  const auto rules = rules_.find(group);
  if (rules == rules_.end()) {
    // Nobody manages it: a VPC's default group as EC2 makes it.
    spec.ingress.push_back(Everything({}, group));
    spec.egress.push_back(Everything("0.0.0.0/0", {}));
    return;
  }
  for (const auto* rule : rules->second) {
    auto& side = rule->egress ? spec.egress : spec.ingress;
    for (auto& expanded : Expand(*rule)) side.push_back(std::move(expanded));
  }
}

lab::FirewallSpec Firewalls::Make(const PlannedHost& host) const {
  lab::FirewallSpec spec;
  for (const auto& group : host.groups) AddRules(group, spec);
  Order(spec.ingress);
  Order(spec.egress);
  for (const auto* side : {&spec.ingress, &spec.egress}) {
    for (const auto& rule : *side) {
      if (rule.group.empty() || spec.members.contains(rule.group)) continue;
      const auto members = members_.find(rule.group);
      spec.members[rule.group] =
          members == members_.end() ? std::set<std::string>() : members->second;
    }
  }
  if (const auto* vpc = Alive(region_.vpcs, host.interface.vpc_id); vpc != nullptr) {
    spec.resolver = ResolverOf(*vpc);
  }
  return spec;
}

void LinkSecurityGroups(PlanContext& context, const RegionIndex& region,
                        const std::vector<PlannedHost>& hosts) {
  std::map<std::string, std::shared_ptr<std::vector<lab::PartKey>>> parts;
  for (const auto& host : hosts) {
    for (const auto& group : host.groups) {
      auto& keys = parts[group];
      if (keys == nullptr) keys = std::make_shared<std::vector<lab::PartKey>>();
      keys->push_back(host.key);
    }
  }
  const auto none = std::make_shared<const std::vector<lab::PartKey>>();
  const auto link = [&](const aws::View& view, const std::string& group) {
    const auto found = parts.find(group);
    context.plan.parts_of.emplace(view.resource->key,
                                  found == parts.end() ? none : LabPlan::Keys(found->second));
  };
  for (const auto& [id, group] : region.security_groups) link(group, id);
  for (const auto& rule : region.security_group_rules) link(rule, rule.security_group_id);
}

}  // namespace scv::control
