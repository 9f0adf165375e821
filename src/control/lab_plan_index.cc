#include "control/lab_plan_index.h"

#include <unordered_map>
#include <utility>

namespace scv::control {
namespace {

using aws::Resource;
using Reader = void (*)(RegionIndex&, const Resource&);

// How one type goes into its region's index. `Read` makes the view; `Field` is a map by id or a
// list.
template <auto Read, auto Field>
void Into(RegionIndex& index, const Resource& resource) {
  auto& field = index.*Field;
  if constexpr (requires { field.push_back(Read(resource)); }) {
    field.push_back(Read(resource));
  } else {
    field.insert_or_assign(resource.key.id, Read(resource));
  }
}

void PrefixListInto(RegionIndex& index, const Resource& resource) {
  auto& prefixes = index.prefix_lists[resource.key.id];
  for (const auto* entry : aws::Blocks(resource.attributes, "entry")) {
    prefixes.push_back(aws::String(*entry, "cidr"));
  }
}

void LaunchTemplateInto(RegionIndex& index, const Resource& resource) {
  index.launch_templates[resource.key.id] = &resource;
}

void DatabaseInto(RegionIndex& index, const Resource& resource) {
  auto database = aws::ReadDbInstance(resource);
  auto identifier = database.identifier;
  index.databases.insert_or_assign(std::move(identifier), std::move(database));
}

void LoadBalancerInto(RegionIndex& index, const Resource& resource) {
  auto balancer = aws::ReadLoadBalancer(resource);
  auto arn = balancer.arn;
  index.load_balancers.insert_or_assign(std::move(arn), std::move(balancer));
}

const std::unordered_map<std::string_view, Reader>& Readers() {
  using R = RegionIndex;
  static const std::unordered_map<std::string_view, Reader> kReaders{
      {"aws_vpc", Into<aws::ReadVpc, &R::vpcs>},
      {"aws_default_vpc", Into<aws::ReadVpc, &R::vpcs>},
      {"aws_subnet", Into<aws::ReadSubnet, &R::subnets>},
      {"aws_default_subnet", Into<aws::ReadSubnet, &R::subnets>},
      {"aws_internet_gateway", Into<aws::ReadInternetGateway, &R::internet_gateways>},
      {"aws_internet_gateway_attachment", Into<aws::ReadInternetGateway, &R::internet_gateways>},
      {"aws_route_table", Into<aws::ReadRouteTable, &R::route_tables>},
      {"aws_default_route_table", Into<aws::ReadRouteTable, &R::route_tables>},
      {"aws_route", Into<aws::ReadRoute, &R::routes>},
      {"aws_route_table_association",
       Into<aws::ReadRouteTableAssociation, &R::route_table_associations>},
      {"aws_main_route_table_association",
       Into<aws::ReadRouteTableAssociation, &R::route_table_associations>},
      {"aws_nat_gateway", Into<aws::ReadNatGateway, &R::nat_gateways>},
      {"aws_eip", Into<aws::ReadEip, &R::eips>},
      {"aws_eip_association", Into<aws::ReadEipAssociation, &R::eip_associations>},
      {"aws_vpc_peering_connection", Into<aws::ReadPeeringConnection, &R::peering_connections>},
      {"aws_vpc_peering_connection_accepter",
       Into<aws::ReadPeeringAccepter, &R::peering_accepters>},
      {"aws_security_group", Into<aws::ReadSecurityGroup, &R::security_groups>},
      {"aws_default_security_group", Into<aws::ReadSecurityGroup, &R::security_groups>},
      {"aws_security_group_rule", Into<aws::ReadSecurityGroupRules, &R::security_group_rules>},
      {"aws_vpc_security_group_ingress_rule",
       Into<aws::ReadSecurityGroupRules, &R::security_group_rules>},
      {"aws_vpc_security_group_egress_rule",
       Into<aws::ReadSecurityGroupRules, &R::security_group_rules>},
      {"aws_ec2_managed_prefix_list", PrefixListInto},
      {"aws_lb", LoadBalancerInto},
      {"aws_alb", LoadBalancerInto},
      {"aws_lb_listener", Into<aws::ReadListener, &R::listeners>},
      {"aws_alb_listener", Into<aws::ReadListener, &R::listeners>},
      {"aws_lb_listener_rule", Into<aws::ReadListenerRule, &R::listener_rules>},
      {"aws_alb_listener_rule", Into<aws::ReadListenerRule, &R::listener_rules>},
      {"aws_lb_listener_certificate",
       Into<aws::ReadListenerCertificate, &R::listener_certificates>},
      {"aws_lb_target_group", Into<aws::ReadTargetGroup, &R::target_groups>},
      {"aws_alb_target_group", Into<aws::ReadTargetGroup, &R::target_groups>},
      {"aws_lb_target_group_attachment",
       Into<aws::ReadTargetGroupAttachment, &R::target_group_attachments>},
      {"aws_launch_template", LaunchTemplateInto},
      {"aws_instance", Into<aws::ReadInstance, &R::instances>},
      {"aws_db_instance", DatabaseInto},
      {"aws_db_subnet_group", Into<aws::ReadDbSubnetGroup, &R::db_subnet_groups>},
      {"aws_db_parameter_group", Into<aws::ReadDbParameterGroup, &R::db_parameter_groups>},
      {"aws_acm_certificate", Into<aws::ReadCertificate, &R::certificates>},
      {"aws_acm_certificate_validation",
       Into<aws::ReadCertificateValidation, &R::certificate_validations>},
  };
  return kReaders;
}

// Route 53 has no regions. Whether the resource is one of its.
bool ReadGlobal(StateIndex& index, const Resource& resource) {
  const auto& type = resource.key.type;
  if (!type.starts_with("aws_route53_")) return false;
  if (type == "aws_route53_zone") {
    index.zones.push_back(aws::ReadHostedZone(resource));
  } else if (type == "aws_route53_record") {
    index.records.push_back(aws::ReadDnsRecord(resource));
  } else if (type == "aws_route53_zone_association") {
    index.zone_associations.push_back(aws::ReadZoneAssociation(resource));
  } else if (type == "aws_route53_health_check") {
    index.health_checks.push_back(aws::ReadHealthCheck(resource));
  }
  return true;
}

}  // namespace

StateIndex ReadIndex(const aws::DesiredState& state, const std::map<std::string, int>& regions) {
  StateIndex index;
  RegionIndex* region = nullptr;
  for (const auto& [key, resource] : state.all()) {
    if (ReadGlobal(index, *resource)) continue;
    const auto reader = Readers().find(key.type);
    if (reader == Readers().end()) continue;
    if (region == nullptr || region->region != key.region) {
      region = &index.regions[key.region];
      region->region = key.region;
      const auto number = regions.find(key.region);
      region->number = number == regions.end() ? 0 : number->second;
    }
    reader->second(*region, *resource);
  }
  return index;
}

}  // namespace scv::control
