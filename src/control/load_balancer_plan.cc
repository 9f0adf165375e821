#include "control/load_balancer_plan.h"

#include <algorithm>
#include <utility>

#include "control/certificate_plan.h"
#include "control/load_balancer_plan_listeners.h"
#include "control/load_balancer_plan_targets.h"

namespace scv::control {
namespace {

std::string OwnerOf(const aws::LoadBalancer& balancer, const std::string& zone) {
  return balancer.arn + '/' + zone;
}

lab::PartKey NodeKey(const RegionIndex& region, const aws::LoadBalancer& balancer,
                     const std::string& zone) {
  return {lab::PartKind::kLoadBalancerNode, region.region, balancer.name + '/' + zone};
}

// Deleted load balancers keep their addresses until they are gone.
void KeepAddresses(PlanContext& context, const RegionIndex& region,
                   const aws::LoadBalancer& balancer) {
  for (const auto& place : balancer.places) {
    const auto subnet = region.subnets.find(place.subnet_id);
    if (subnet == region.subnets.end()) continue;
    const auto owner = OwnerOf(balancer, subnet->second.zone);
    context.Link(balancer, NodeKey(region, balancer, subnet->second.zone));
    if (context.book.SubnetOf(owner).empty()) continue;
    context.book.Private(place.subnet_id, subnet->second.cidr, owner);
    if (!balancer.internal) {
      context.book.Public(region.number, owner, context.elastic_addresses);
    }
  }
}

// nullopt: the place's subnet is not there, or full.
std::optional<PlannedHost> PlanNode(PlanContext& context, const RegionIndex& region,
                                    const aws::LoadBalancer& balancer,
                                    const aws::LoadBalancer::Place& place) {
  const auto* subnet = Alive(region.subnets, place.subnet_id);
  if (subnet == nullptr) {
    context.Missing(balancer, "its subnet " + place.subnet_id + " is not there");
    return {};
  }
  const auto owner = OwnerOf(balancer, subnet->zone);
  PlannedHost node;
  node.key = NodeKey(region, balancer, subnet->zone);
  node.zone = subnet->zone;
  node.interface = PlanInterface(context, *subnet, owner, {}, place.private_address);
  node.groups = GroupsOrDefault(region, subnet->vpc_id, balancer.security_groups);
  if (!balancer.internal) {
    const auto* eip = Alive(region.eips, place.allocation_id);
    node.public_address =
        eip != nullptr
            ? eip->public_ip
            : context.book.Public(region.number, owner, context.elastic_addresses).value_or("");
  }
  const bool placed =
      !node.interface.address.empty() && (balancer.internal || !node.public_address.empty());
  if (!placed) context.Missing(balancer, "there is no free address in " + subnet->id);
  return placed ? std::optional(std::move(node)) : std::nullopt;
}

lab::LoadBalancerNodeSpec CommonSpec(const RegionIndex& region, const aws::LoadBalancer& balancer) {
  lab::LoadBalancerNodeSpec spec;
  spec.load_balancer = balancer.name;
  spec.arn = balancer.arn;
  spec.region = region.region;
  spec.internal = balancer.internal;
  spec.idle_timeout = std::chrono::seconds(balancer.idle_timeout_seconds);
  spec.drop_invalid_header_fields = balancer.drop_invalid_header_fields;
  spec.desync_mitigation_mode = balancer.desync_mitigation_mode;
  if (balancer.access_logs && !balancer.access_logs_bucket.empty()) {
    spec.access_log = lab::AccessLogSpec{.bucket = balancer.access_logs_bucket,
                                         .prefix = balancer.access_logs_prefix};
  }
  return spec;
}

std::vector<lab::PartKey> NodeKeys(const PlannedLoadBalancer& planned) {
  std::vector<lab::PartKey> keys;
  for (const auto& node : planned.nodes) keys.push_back(node.key);
  return keys;
}

std::vector<lab::PartKey> NeedsOf(const RegionIndex& region, const PlannedHost& node,
                                  const lab::LoadBalancerNodeSpec& spec) {
  std::vector<lab::PartKey> needs{RouterKey(region.region, node.interface.vpc_id)};
  for (const auto& listener : spec.listeners) {
    for (const auto& arn : listener.certificates) {
      needs.push_back(CertificateKey(region.region, arn));
    }
  }
  std::ranges::sort(needs);
  const auto rest = std::ranges::unique(needs);
  needs.erase(rest.begin(), rest.end());
  return needs;
}

void AddOne(PlanContext& context, const RegionIndex& region, const PlannedLoadBalancer& planned,
            TargetGroups& target_groups, Firewalls& firewalls) {
  const auto& balancer = *planned.load_balancer;
  const auto keys = NodeKeys(planned);
  context.Link(balancer, keys);
  auto listeners = PlanListeners(context, region, balancer.arn, keys);
  auto spec = CommonSpec(region, balancer);
  spec.listeners = std::move(listeners.specs);
  for (const auto& arn : listeners.target_groups) {
    if (const auto* group = target_groups.Find(arn); group != nullptr) {
      spec.target_groups.push_back(*group);
      auto& nodes = context.plan.target_group_nodes[arn];
      nodes.insert(nodes.end(), keys.begin(), keys.end());
    }
  }
  std::ranges::sort(spec.target_groups, {}, &lab::TargetGroupSpec::name);
  for (const auto& node : planned.nodes) {
    auto own = spec;
    own.zone = node.zone;
    own.interface = node.interface;
    own.firewall = firewalls.Of(node);
    auto needs = NeedsOf(region, node, own);
    context.Add(node.key, std::move(own), std::move(needs), "aws_lb " + balancer.name);
  }
}

}  // namespace

std::vector<PlannedLoadBalancer> PlanLoadBalancers(PlanContext& context,
                                                   const RegionIndex& region) {
  std::vector<PlannedLoadBalancer> planned;
  for (const auto& [arn, balancer] : region.load_balancers) {
    if (balancer.deleting()) {
      KeepAddresses(context, region, balancer);
      continue;
    }
    if (balancer.type != "application") {
      context.NotHonoured(balancer,
                          "the lab has application load balancers; load_balancer_type "
                          "is " +
                              balancer.type);
      continue;
    }
    PlannedLoadBalancer one;
    one.load_balancer = &balancer;
    for (const auto& place : balancer.places) {
      if (auto node = PlanNode(context, region, balancer, place)) {
        one.nodes.push_back(*std::move(node));
      }
    }
    std::ranges::sort(one.nodes, {}, &PlannedHost::zone);
    planned.push_back(std::move(one));
  }
  return planned;
}

void AddLoadBalancers(PlanContext& context, const RegionIndex& region,
                      const std::vector<PlannedLoadBalancer>& load_balancers,
                      const std::vector<PlannedInstance>& instances,
                      const std::vector<Registration>& registrations, Firewalls& firewalls) {
  TargetGroups target_groups(context, region, instances, registrations);
  for (const auto& planned : load_balancers) {
    AddOne(context, region, planned, target_groups, firewalls);
  }
  LinkTargetGroups(context, region);
}

}  // namespace scv::control
