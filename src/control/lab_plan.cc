#include "control/lab_plan.h"

#include <algorithm>
#include <utility>

#include "control/alarm_plan.h"
#include "control/certificate_plan.h"
#include "control/check_plan.h"
#include "control/database_plan.h"
#include "control/instance_plan.h"
#include "control/lab_plan_context.h"
#include "control/load_balancer_plan.h"
#include "control/names_plan.h"
#include "control/network_plan.h"
#include "control/network_plan_firewall.h"
#include "control/node_checks.h"
#include "control/wide_area_plan.h"

namespace scv::control {
namespace {

using RecordsByRegion = std::map<std::string, std::vector<const InstanceRecord*>>;

RecordsByRegion ByRegion(const std::vector<InstanceRecord>& records) {
  RecordsByRegion by_region;
  for (const auto& record : records) by_region[record.region].push_back(&record);
  for (auto& [region, list] : by_region) std::ranges::sort(list, {}, &InstanceRecord::id);
  return by_region;
}

std::set<std::string> ElasticAddresses(const StateIndex& index) {
  std::set<std::string> addresses;
  for (const auto& [name, region] : index.regions) {
    for (const auto& [id, eip] : region.eips) addresses.insert(eip.public_ip);
  }
  return addresses;
}

std::vector<PlannedHost> AllHosts(const RegionHosts& hosts) {
  std::vector<PlannedHost> all;
  for (const auto& balancer : hosts.load_balancers) {
    all.insert(all.end(), balancer.nodes.begin(), balancer.nodes.end());
  }
  for (const auto& instance : hosts.instances) all.push_back(instance.host);
  for (const auto& database : hosts.databases) all.push_back(database.host);
  return all;
}

// Every host of a region gets its address; clusters of databases may span regions.
RegionHosts PlanHosts(PlanContext& context, const RegionIndex& region,
                      const std::vector<const InstanceRecord*>& records) {
  RegionHosts hosts;
  hosts.region = &region;
  hosts.databases = PlanDatabases(context, region);
  hosts.load_balancers = PlanLoadBalancers(context, region);
  hosts.instances = PlanInstances(context, region, records);
  return hosts;
}

void PlanRegion(PlanContext& context, const RegionHosts& hosts,
                const std::vector<Registration>& registrations) {
  const auto& region = *hosts.region;
  const auto all = AllHosts(hosts);
  Firewalls firewalls(region, all);
  PlanNetworks(context, region, all);
  PlanCertificates(context, region);
  PlanNodeChecks(context, region, hosts.load_balancers);
  AddDatabases(context, region, hosts.databases, context.plan.databases, firewalls);
  AddLoadBalancers(context, region, hosts.load_balancers, hosts.instances, registrations,
                   firewalls);
  AddInstances(context, region, hosts.instances, firewalls);
  LinkSecurityGroups(context, region, all);
}

std::vector<DatabaseCluster> AllClusters(const std::vector<RegionHosts>& regions) {
  std::vector<PlannedDatabase> all;
  for (const auto& hosts : regions) {
    all.insert(all.end(), hosts.databases.begin(), hosts.databases.end());
  }
  return ReadClusters(all);
}

// The nodes of every cluster, by VPC.
std::vector<ReplicationHosts> Replications(const std::vector<RegionHosts>& regions,
                                           const std::vector<DatabaseCluster>& clusters) {
  std::map<std::pair<std::string, std::string>, ReplicationHosts> found;  // cluster, VPC
  for (const auto& hosts : regions) {
    for (const auto& planned : hosts.databases) {
      const auto& vpc = planned.host.interface.vpc_id;
      const auto* cluster = ClusterOf(clusters, planned.host.key);
      if (cluster == nullptr) continue;
      auto& entry = found[{cluster->name, vpc}];
      entry.cluster = cluster->name;
      entry.region = hosts.region->region;
      entry.vpc_id = vpc;
      entry.addresses.push_back(planned.host.interface.address);
      entry.port = planned.database->port;
      entry.database = planned.database;
    }
  }
  std::vector<ReplicationHosts> all;
  for (auto& [key, entry] : found) all.push_back(std::move(entry));
  return all;
}

// Whether there is anything for which an outside and names must stand.
bool NeedsSurroundings(const StateIndex& index) {
  const auto alive = [](const auto& view) { return !view.deleting(); };
  return std::ranges::any_of(index.zones, alive) ||
         std::ranges::any_of(index.health_checks, alive) ||
         std::ranges::any_of(index.regions, [&](const auto& entry) {
           return std::ranges::any_of(entry.second.vpcs,
                                      [&](const auto& vpc) { return alive(vpc.second); });
         });
}

void PlanSurroundings(PlanContext& context) {
  const auto& environment = context.environment;
  lab::InternetSpec internet;
  internet.client_address = environment.client;
  internet.resolver = environment.name_server;
  for (const auto& [region, number] : environment.regions) {
    internet.endpoint_addresses.emplace(region, EndpointAddress(number));
  }
  lab::NameServerSpec server;
  server.address = environment.name_server;
  lab::DoorSpec door;
  door.resolver = environment.name_server;
  const lab::PartKey door_key{lab::PartKind::kDoor, std::string(aws::kGlobal), "door"};
  context.Add(InternetKey(), std::move(internet), {}, "there is something for it to reach");
  context.Add(PublicNameServerKey(), std::move(server), {InternetKey()}, "answers public names");
  context.Add(door_key, std::move(door), {InternetKey(), PublicNameServerKey()},
              "leads from this machine to the lab's public names");
}

void FinishLinks(PlanContext& context) {
  for (auto& [resource, keys] : context.links) {
    std::ranges::sort(keys);
    const auto rest = std::ranges::unique(keys);
    keys.erase(rest.begin(), rest.end());
    context.plan.parts_of.emplace(
        resource->key, std::make_shared<const std::vector<lab::PartKey>>(std::move(keys)));
  }
}

}  // namespace

std::string EndpointAddress(int region_index) {
  return "192.0.2." + std::to_string(10 + std::clamp(region_index, 0, 40));
}

std::map<std::string, int> RegionIndexes(const aws::DesiredState& state,
                                         std::map<std::string, int> before) {
  before.emplace("ap-northeast-2", 1);
  before.emplace("ap-northeast-1", 2);
  std::set<int> used;
  for (const auto& [region, number] : before) used.insert(number);
  const std::string* last = nullptr;
  for (const auto& [key, resource] : state.all()) {
    if (last != nullptr && *last == key.region) continue;
    last = &key.region;
    if (key.region == aws::kGlobal || before.contains(key.region)) continue;
    int number = 1;
    while (used.contains(number)) ++number;
    used.insert(number);
    before.emplace(key.region, number);
  }
  return before;
}

const lab::Part* LabPlan::Find(const lab::PartKey& key) const {
  const auto found = std::ranges::lower_bound(parts, key, {}, &lab::Part::key);
  return found == parts.end() || found->key != key ? nullptr : &*found;
}

LabPlan Compile(const aws::DesiredState& state, const std::vector<InstanceRecord>& records,
                const std::vector<Registration>& registrations, const Environment& environment,
                AddressBook& book) {
  LabPlan plan;
  plan.state_revision = state.revision();
  const auto index = ReadIndex(state, environment.regions);
  PlanContext context{index, environment, book, plan, ElasticAddresses(index), {}};
  auto ordered = registrations;
  std::ranges::sort(ordered);
  auto by_region = ByRegion(records);
  book.Begin();
  std::vector<RegionHosts> regions;
  for (const auto& [name, region] : index.regions) {
    regions.push_back(PlanHosts(context, region, by_region[name]));
  }
  plan.databases = AllClusters(regions);
  for (const auto& hosts : regions) PlanRegion(context, hosts, ordered);
  PlanWideAreas(context, Replications(regions, plan.databases));
  if (NeedsSurroundings(index)) {
    PlanSurroundings(context);
    std::ranges::sort(regions, {}, [](const RegionHosts& hosts) { return hosts.region->number; });
    PlanNames(context, regions);
  } else {
    LinkNames(context);
  }
  PlanEndpointChecks(context);
  PlanAlarms(state, plan);
  book.End();
  FinishLinks(context);
  std::ranges::sort(plan.parts, {}, &lab::Part::key);
  return plan;
}

}  // namespace scv::control
