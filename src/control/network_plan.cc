#include "control/network_plan.h"

#include <algorithm>
#include <utility>

#include "aws/ipv4.h"
#include "control/wide_area_plan.h"

namespace scv::control {
namespace {

// Everything about the route tables of one VPC.
class VpcRoutes {
 public:
  VpcRoutes(const RegionIndex& region, const aws::Vpc& vpc, const Peerings& peerings)
      : region_(region), vpc_(vpc), peerings_(peerings) {
    for (const auto& gateway : region.internet_gateways) {
      if (!gateway.deleting() && gateway.vpc_id == vpc.id) internet_gateways_.insert(gateway.id);
    }
    main_table_ = vpc.main_route_table_id;
    for (const auto& association : region.route_table_associations) {
      if (association.deleting()) continue;
      if (association.vpc_id == vpc.id) main_table_ = association.route_table_id;
      if (!association.subnet_id.empty()) {
        table_of_[association.subnet_id] = association.route_table_id;
      }
    }
    for (const auto& route : region.routes) {
      if (!route.deleting()) single_routes_[route.route_table_id].push_back(&route.route);
    }
  }

  bool has_internet_gateway() const { return !internet_gateways_.empty(); }

  std::vector<lab::RouteSpec> Of(const std::string& subnet) const {
    std::vector<lab::RouteSpec> routes;
    for (const auto* route : TableOf(subnet)) {
      if (const auto spec = Resolve(*route, true)) routes.push_back(*spec);
    }
    lab::RouteSpec local;
    local.destination = vpc_.cidr;
    routes.push_back(std::move(local));
    std::ranges::sort(routes, {}, &lab::RouteSpec::destination);
    // Terraform's state shows a separate aws_route in its table as well.
    const auto rest = std::ranges::unique(routes, {}, &lab::RouteSpec::destination);
    routes.erase(rest.begin(), rest.end());
    return routes;
  }

 private:
  std::vector<const aws::Route*> TableOf(const std::string& subnet) const {
    const auto associated = table_of_.find(subnet);
    const auto& id = associated == table_of_.end() ? main_table_ : associated->second;
    std::vector<const aws::Route*> routes;
    if (const auto own = single_routes_.find(id); own != single_routes_.end()) {
      routes = own->second;
    }
    if (const auto* table = Alive(region_.route_tables, id); table != nullptr) {
      for (const auto& route : table->routes) routes.push_back(&route);
    }
    return routes;
  }

  // nullopt: nothing for IPv4, or the VPC's own route. `through_nat`: NAT gateways count.
  std::optional<lab::RouteSpec> Resolve(const aws::Route& route, bool through_nat) const {
    if (!aws::ParsePrefix(route.destination) || route.gateway_id == "local" ||
        route.gateway_id.starts_with("vpce-") || route.destination == vpc_.cidr) {
      return {};
    }
    lab::RouteSpec spec;
    spec.destination = route.destination;
    spec.target = lab::RouteTarget::kBlackhole;
    if (internet_gateways_.contains(route.gateway_id)) {
      spec.target = lab::RouteTarget::kInternetGateway;
    } else if (IsPeered(route.peering_id)) {
      spec.target = lab::RouteTarget::kPeering;
    } else if (through_nat && !route.nat_gateway_id.empty()) {
      if (auto address = NatAddress(route.nat_gateway_id); !address.empty()) {
        spec.target = lab::RouteTarget::kNatGateway;
        spec.nat_address = std::move(address);
      }
    }
    return spec;
  }

  bool IsPeered(const std::string& id) const {
    const auto peering = peerings_.find(id);
    return peering != peerings_.end() &&
           (peering->second.a.vpc_id == vpc_.id || peering->second.b.vpc_id == vpc_.id);
  }

  // "": there is no such gateway, or it has no way out itself.
  std::string NatAddress(const std::string& id) const {
    const auto* gateway = Alive(region_.nat_gateways, id);
    if (gateway == nullptr || !gateway->is_public) return {};
    bool way_out = false;
    for (const auto* route : TableOf(gateway->subnet_id)) {
      const auto spec = Resolve(*route, false);
      way_out |= spec && spec->target == lab::RouteTarget::kInternetGateway;
    }
    if (!way_out) return {};
    const auto* eip = Alive(region_.eips, gateway->allocation_id);
    return eip == nullptr ? std::string() : eip->public_ip;
  }

  const RegionIndex& region_;
  const aws::Vpc& vpc_;
  const Peerings& peerings_;
  std::set<std::string> internet_gateways_;
  std::string main_table_;
  std::map<std::string, std::string> table_of_;  // subnet → route table
  std::map<std::string, std::vector<const aws::Route*>> single_routes_;
};

std::vector<lab::SubnetSpec> SubnetsOf(const RegionIndex& region, const aws::Vpc& vpc,
                                       const VpcRoutes& routes) {
  std::vector<lab::SubnetSpec> subnets;
  for (const auto& [id, subnet] : region.subnets) {
    if (subnet.deleting() || subnet.vpc_id != vpc.id) continue;
    lab::SubnetSpec spec;
    spec.id = id;
    spec.zone = subnet.zone;
    spec.cidr = subnet.cidr;
    spec.gateway = aws::AddressAt(subnet.cidr, 1);
    spec.routes = routes.Of(id);
    subnets.push_back(std::move(spec));
  }
  return subnets;
}

std::vector<std::string> NatAddressesOf(const std::vector<lab::SubnetSpec>& subnets) {
  std::set<std::string> addresses;
  for (const auto& subnet : subnets) {
    for (const auto& route : subnet.routes) {
      if (!route.nat_address.empty()) addresses.insert(route.nat_address);
    }
  }
  return {addresses.begin(), addresses.end()};
}

std::vector<lab::PublicAddress> PublicAddressesOf(const aws::Vpc& vpc,
                                                  const std::vector<PlannedHost>& hosts) {
  std::vector<lab::PublicAddress> addresses;
  for (const auto& host : hosts) {
    if (host.interface.vpc_id != vpc.id || host.public_address.empty()) continue;
    addresses.push_back({host.public_address, host.interface.address});
  }
  std::ranges::sort(addresses, {}, &lab::PublicAddress::address);
  return addresses;
}

void PlanVpc(PlanContext& context, const RegionIndex& region, const aws::Vpc& vpc,
             const Peerings& peerings, const std::vector<PlannedHost>& hosts) {
  const auto uplink = context.book.Uplink(region.region, vpc.id);
  if (!uplink) return context.Missing(vpc, "the region has more VPCs than the lab has uplinks");
  const VpcRoutes routes(region, vpc, peerings);
  lab::RouterSpec router;
  router.vpc_id = vpc.id;
  router.region = region.region;
  router.cidr = vpc.cidr;
  router.resolver = ResolverOf(vpc);
  router.internet_gateway = routes.has_internet_gateway();
  const auto network = "100.64." + std::to_string(region.number) + ".";
  router.uplink_peer = network + std::to_string(*uplink * 4 + 1) + "/30";
  router.uplink_address = network + std::to_string(*uplink * 4 + 2) + "/30";
  router.subnets = SubnetsOf(region, vpc, routes);
  router.nat_addresses = NatAddressesOf(router.subnets);
  if (router.internet_gateway) router.public_addresses = PublicAddressesOf(vpc, hosts);
  lab::NameServerSpec resolver;
  resolver.place = vpc.id;
  resolver.address = router.resolver;
  const auto key = RouterKey(region.region, vpc.id);
  context.Add(key, std::move(router), {InternetKey()}, "aws_vpc " + vpc.id);
  context.Add(NameServerKey(region.region, vpc.id), std::move(resolver), {key},
              "the resolver of aws_vpc " + vpc.id);
}

// The VPC that a route table, subnet or NAT gateway is in; "": unknown.
std::string VpcOfTable(const RegionIndex& region, const std::string& table) {
  const auto found = region.route_tables.find(table);
  if (found != region.route_tables.end()) return found->second.vpc_id;
  for (const auto& [id, vpc] : region.vpcs) {
    if (vpc.main_route_table_id == table) return id;
  }
  return {};
}

std::string VpcOfSubnet(const RegionIndex& region, const std::string& subnet) {
  const auto found = region.subnets.find(subnet);
  return found == region.subnets.end() ? std::string() : found->second.vpc_id;
}

void LinkTables(PlanContext& context, const RegionIndex& region) {
  const auto link = [&](const aws::View& view, const std::string& vpc) {
    if (!vpc.empty()) context.Link(view, RouterKey(region.region, vpc));
  };
  for (const auto& [id, table] : region.route_tables) link(table, table.vpc_id);
  for (const auto& route : region.routes) {
    link(route, VpcOfTable(region, route.route_table_id));
    if (!route.route.other.empty()) {
      context.NotHonoured(
          route, "the lab has no route to " + route.route.other + "; packets for it are refused");
    }
  }
  for (const auto& association : region.route_table_associations) {
    link(association, association.vpc_id.empty() ? VpcOfSubnet(region, association.subnet_id)
                                                 : association.vpc_id);
  }
}

void LinkNetworks(PlanContext& context, const RegionIndex& region) {
  const auto link = [&](const aws::View& view, const std::string& vpc) {
    if (!vpc.empty()) context.Link(view, RouterKey(region.region, vpc));
  };
  for (const auto& [id, vpc] : region.vpcs) {
    link(vpc, id);
    context.Link(vpc, NameServerKey(region.region, id));
    context.Link(vpc, NamesKey(region.region, id));
  }
  for (const auto& [id, subnet] : region.subnets) link(subnet, subnet.vpc_id);
  for (const auto& gateway : region.internet_gateways) link(gateway, gateway.vpc_id);
  LinkTables(context, region);
  for (const auto& [id, gateway] : region.nat_gateways) {
    const auto vpc = VpcOfSubnet(region, gateway.subnet_id);
    link(gateway, vpc);
    if (const auto eip = region.eips.find(gateway.allocation_id); eip != region.eips.end()) {
      link(eip->second, vpc);
    }
  }
}

}  // namespace

void PlanNetworks(PlanContext& context, const RegionIndex& region,
                  const std::vector<PlannedHost>& hosts) {
  const auto peerings = ActivePeerings(context.index);
  for (const auto& [id, vpc] : region.vpcs) {
    if (!vpc.deleting()) PlanVpc(context, region, vpc, peerings, hosts);
  }
  LinkNetworks(context, region);
}

std::map<std::string, std::string> ElasticAddressesOf(const RegionIndex& region) {
  std::map<std::string, std::string> addresses;
  const auto add = [&](const std::string& owner, const std::string& address) {
    if (!owner.empty() && !address.empty()) addresses.insert_or_assign(owner, address);
  };
  for (const auto& [id, eip] : region.eips) {
    if (eip.deleting()) continue;
    add(eip.instance, eip.public_ip);
    add(eip.network_interface, eip.public_ip);
  }
  for (const auto& association : region.eip_associations) {
    const auto* eip = Alive(region.eips, association.allocation_id);
    if (eip == nullptr || association.deleting()) continue;
    add(association.instance, eip->public_ip);
    add(association.network_interface, eip->public_ip);
  }
  return addresses;
}

}  // namespace scv::control
