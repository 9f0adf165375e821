#include "control/names_plan.h"

#include <algorithm>
#include <map>
#include <set>
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

// Nodes that cannot be reached are left out, unless none can.
void AddLoadBalancers(const RegionHosts& hosts, const std::set<lab::PartKey>& dark, Zones& zones) {
  for (const auto& planned : hosts.load_balancers) {
    const auto name = aws::NormalName(planned.load_balancer->dns_name);
    if (name.empty() || planned.nodes.empty()) continue;
    const bool all_dark = std::ranges::all_of(
        planned.nodes, [&](const PlannedHost& node) { return dark.contains(node.key); });
    std::vector<std::string> addresses;
    for (const auto& node : planned.nodes) {
      if (!all_dark && dark.contains(node.key)) continue;
      addresses.push_back(node.public_address.empty() ? node.interface.address
                                                      : node.public_address);
    }
    zones.AddAws("dualstack." + name, kLoadBalancerTtl, addresses, !all_dark);
    zones.AddAws(name, kLoadBalancerTtl, std::move(addresses), !all_dark);
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

// From where names are looked up: the internet, and every VPC.
struct Place {
  lab::PartKey key;
  std::string vpc;  // "": the internet
};

std::vector<Place> PlacesOf(const StateIndex& index) {
  std::vector<Place> places{{NamesKey(), ""}};
  for (const auto& [name, region] : index.regions) {
    for (const auto& [id, vpc] : region.vpcs) {
      if (!vpc.deleting()) places.push_back({NamesKey(name, id), id});
    }
  }
  return places;
}

// Which VPCs see each private zone, by zone id.
std::map<std::string, std::set<std::string>> PrivateZones(const StateIndex& index) {
  std::map<std::string, std::set<std::string>> vpcs;
  for (const auto& zone : index.zones) {
    if (zone.is_private) vpcs[zone.zone_id].insert(zone.vpcs.begin(), zone.vpcs.end());
  }
  for (const auto& association : index.zone_associations) {
    const auto zone = vpcs.find(association.zone_id);
    if (zone != vpcs.end() && !association.deleting()) zone->second.insert(association.vpc_id);
  }
  return vpcs;
}

class HostedNames {
 public:
  explicit HostedNames(PlanContext& context)
      : context_(context),
        places_(PlacesOf(context.index)),
        private_zones_(PrivateZones(context.index)) {
    for (const auto& record : context.index.records) records_[record.zone_id].push_back(&record);
  }

  void Plan(const Zones& common) {
    for (const auto& place : places_) PlanPlace(place, common);
    ExplainZones();
    ExplainRecords();
    ExplainAssociations();
    LinkAll();
  }

  void LinkAll() {
    std::map<std::string, std::vector<lab::PartKey>> keys;  // by zone id
    for (const auto& zone : context_.index.zones) {
      for (const auto& place : places_) {
        if (Sees(place, zone)) keys[zone.zone_id].push_back(place.key);
      }
      context_.Link(zone, keys[zone.zone_id]);
    }
    for (const auto& record : context_.index.records) context_.Link(record, keys[record.zone_id]);
    for (const auto& association : context_.index.zone_associations) {
      if (const auto* place = PlaceOf(association.vpc_id)) context_.Link(association, place->key);
    }
  }

 private:
  bool Sees(const Place& place, const aws::HostedZone& zone) const {
    if (!zone.is_private) return true;
    const auto vpcs = private_zones_.find(zone.zone_id);
    return vpcs != private_zones_.end() && vpcs->second.contains(place.vpc);
  }
  const Place* PlaceOf(const std::string& vpc) const {
    const auto found = std::ranges::find(places_, vpc, &Place::vpc);
    return vpc.empty() || found == places_.end() ? nullptr : &*found;
  }

  // One zone of each name: a private one hides a public one, else the first by id.
  std::map<std::string, const aws::HostedZone*> ZonesAt(const Place& place) {
    std::map<std::string, const aws::HostedZone*> zones;
    for (const bool is_private : {true, false}) {
      for (const auto& zone : context_.index.zones) {
        if (zone.is_private != is_private || zone.deleting() || !Sees(place, zone)) continue;
        const auto [other, is_new] = zones.emplace(zone.name, &zone);
        if (is_new) {
          served_.insert(zone.zone_id);
        } else if (other->second->is_private == is_private) {
          context_.NotHonoured(zone, "the hosted zone " + other->second->zone_id +
                                         " has the same name and is the one that is served");
        }
      }
    }
    return zones;
  }

  void PlanPlace(const Place& place, const Zones& common) {
    auto zones = common;
    const auto seen = ZonesAt(place);
    for (const auto& [name, zone] : seen) zones.AddHostedZone(*zone);
    for (const auto& [name, zone] : seen) {
      for (const auto* record : records_[zone->zone_id]) {
        if (!record->deleting()) zones.AddRecord(*zone, *record);
      }
    }
    auto [names, unresolved] = zones.Done();
    for (const auto& [record, alias] : unresolved) {
      context_.plan.missing.emplace(record->key, "its alias " + alias + " has no address yet");
    }
    context_.Add(place.key, std::move(names), {},
                 place.vpc.empty() ? "hosted zones, load balancers, databases, instances"
                                   : "names as " + place.vpc + " sees them");
  }

  void ExplainZones() {
    for (const auto& zone : context_.index.zones) {
      if (zone.deleting() || !zone.is_private) continue;
      for (const auto& vpc : zone.vpcs) {
        if (PlaceOf(vpc) == nullptr) context_.Missing(zone, "there is no VPC " + vpc);
      }
    }
  }

  void ExplainRecords() {
    for (const auto& record : context_.index.records) {
      if (record.deleting()) continue;
      if (!served_.contains(record.zone_id)) {
        context_.NotHonoured(record, "its hosted zone is not served");
      } else if (const auto why = NotServed(record); !why.empty()) {
        context_.NotHonoured(record, why);
      } else if (const auto how = Approximated(record); !how.empty()) {
        context_.NotHonoured(record, how);
      }
    }
  }

  void ExplainAssociations() {
    for (const auto& association : context_.index.zone_associations) {
      if (!private_zones_.contains(association.zone_id)) {
        context_.Missing(association, "there is no private hosted zone " + association.zone_id);
      } else if (PlaceOf(association.vpc_id) == nullptr) {
        context_.Missing(association, "there is no VPC " + association.vpc_id);
      }
    }
  }

  PlanContext& context_;
  std::vector<Place> places_;
  std::map<std::string, std::set<std::string>> private_zones_;
  std::map<std::string, std::vector<const aws::DnsRecord*>> records_;  // by zone id
  std::set<std::string> served_;                                       // zone ids
};

}  // namespace

void PlanNames(PlanContext& context, const std::vector<RegionHosts>& regions) {
  Zones common(context.environment.pace, context.environment.unhealthy_checks);
  for (const auto& hosts : regions) {
    if (hosts.region->number == 0) continue;
    AddServices(*hosts.region, common);
    AddLoadBalancers(hosts, context.environment.dark_nodes, common);
    AddHosts(hosts, common);
  }
  HostedNames(context).Plan(common);
}

void LinkNames(PlanContext& context) { HostedNames(context).LinkAll(); }

}  // namespace scv::control
