#include "control/names_plan.h"

#include <algorithm>
#include <utility>

#include "control/names_plan_zones.h"

namespace scv::control {
namespace {

constexpr std::string_view kAws = "amazonaws.com";

// Seconds, as AWS publishes them.
constexpr int kLoadBalancerTtl = 60;
constexpr int kDatabaseTtl = 5;
constexpr int kServiceTtl = 60;

// https://docs.aws.amazon.com/general/latest/gr/rande.html
void AddServices(const RegionIndex& region, Zones& zones) {
  const auto address = EndpointAddress(region.number);
  const auto& name = region.region;
  for (const std::string& service :
       {"s3." + name, "*.s3." + name, "secretsmanager." + name, "sts." + name}) {
    zones.Add(kAws, service + '.' + std::string(kAws), "A", kServiceTtl, {address});
  }
  // Names without a region lead to the first one's endpoints.
  for (const std::string_view service :
       {"s3.amazonaws.com", "*.s3.amazonaws.com", "truststore.pki.rds.amazonaws.com"}) {
    zones.Add(kAws, std::string(service), "A", kServiceTtl, {address});
  }
}

void AddLoadBalancers(const RegionHosts& hosts, Zones& zones) {
  for (const auto& planned : hosts.load_balancers) {
    const auto name = aws::NormalName(planned.load_balancer->dns_name);
    if (name.empty() || planned.nodes.empty()) continue;
    std::vector<std::string> addresses;
    for (const auto& node : planned.nodes) {
      addresses.push_back(node.public_address.empty() ? node.interface.address
                                                      : node.public_address);
    }
    std::ranges::sort(addresses);
    zones.AddAws("dualstack." + name, kLoadBalancerTtl, addresses);
    zones.AddAws(name, kLoadBalancerTtl, std::move(addresses));
  }
}

void AddHosts(const RegionHosts& hosts, Zones& zones) {
  for (const auto& planned : hosts.databases) {
    const auto name = aws::NormalName(planned.database->address);
    if (name.empty() || !planned.lead) continue;
    zones.AddAws(name, kDatabaseTtl, {planned.host.interface.address});
  }
  const auto& region = hosts.region->region;
  for (const auto& instance : hosts.instances) {
    const auto& address = instance.host.interface.address;
    zones.Add(InternalZone(region), InternalName(region, address), "A", kServiceTtl, {address});
  }
}

// The hosted zones that are served, by zone id: the first of each name.
std::map<std::string, const aws::HostedZone*> ServedZones(PlanContext& context) {
  std::map<std::string, const aws::HostedZone*> served;
  std::map<std::string, std::string> by_name;
  for (const auto& zone : context.index.zones) {
    if (zone.deleting()) continue;
    if (zone.is_private) {
      context.NotHonoured(zone, "private hosted zones are not served yet");
    } else if (const auto [other, is_new] = by_name.emplace(zone.name, zone.zone_id); !is_new) {
      context.NotHonoured(zone, "the hosted zone " + other->second +
                                    " has the same name and is the one that is served");
    } else {
      served.emplace(zone.zone_id, &zone);
    }
  }
  return served;
}

void AddRecord(PlanContext& context, const aws::DnsRecord& record, const aws::HostedZone& zone,
               Zones& zones) {
  if (record.policy != aws::RoutingPolicy::kSimple) {
    context.NotHonoured(
        record, "records with " + std::string(Name(record.policy)) + " routing are not served yet");
    return;
  }
  const auto name = aws::FullName(record, zone.name);
  if (record.alias_name.empty()) {
    zones.Add(zone.name, name, record.type, record.ttl, record.values);
  } else {
    zones.AddAlias(zone.name, name, record.type, record.alias_name, record.resource);
  }
}

void AddHostedZones(PlanContext& context, Zones& zones) {
  const auto served = ServedZones(context);
  for (const auto& [id, zone] : served) zones.AddHostedZone(*zone);
  for (const auto& zone : context.index.zones) context.Link(zone, NamesKey());
  for (const auto& record : context.index.records) {
    context.Link(record, NamesKey());
    if (record.deleting()) continue;
    if (const auto zone = served.find(record.zone_id); zone != served.end()) {
      AddRecord(context, record, *zone->second, zones);
    } else {
      context.NotHonoured(record, "its hosted zone is not served");
    }
  }
}

}  // namespace

void PlanNames(PlanContext& context, const std::vector<RegionHosts>& regions) {
  Zones zones(context.environment.pace);
  for (const auto& hosts : regions) {
    if (hosts.region->number == 0) continue;
    AddServices(*hosts.region, zones);
    AddLoadBalancers(hosts, zones);
    AddHosts(hosts, zones);
  }
  AddHostedZones(context, zones);
  auto [names, unresolved] = zones.Done();
  for (const auto& [record, alias] : unresolved) {
    context.plan.missing.emplace(record->key, "its alias " + alias + " has no address yet");
  }
  context.Add(NamesKey(), std::move(names), {},
              "hosted zones, load balancers, databases, instances");
}

}  // namespace scv::control
