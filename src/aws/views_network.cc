#include "aws/views_network.h"

#include <initializer_list>
#include <string_view>
#include <utility>

namespace scv::aws {
namespace {

namespace json = boost::json;

// The first of the attributes that has a value.
std::string FirstOf(const json::object& attributes, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (auto value = String(attributes, name); !value.empty()) return value;
  }
  return {};
}

Route ReadRouteAttributes(const json::object& attributes) {
  return {.destination = FirstOf(attributes, {"cidr_block", "destination_cidr_block"}),
          .gateway_id = String(attributes, "gateway_id"),
          .nat_gateway_id = String(attributes, "nat_gateway_id"),
          .peering_id = String(attributes, "vpc_peering_connection_id"),
          .other = FirstOf(attributes, {"transit_gateway_id", "network_interface_id",
                                        "vpc_endpoint_id", "local_gateway_id", "carrier_gateway_id",
                                        "core_network_arn", "egress_only_gateway_id"})};
}

// Protocol numbers (IANA) by the names that EC2 answers with.
std::string ProtocolName(std::string protocol) {
  if (protocol == "6") return "tcp";
  if (protocol == "17") return "udp";
  if (protocol == "1") return "icmp";
  if (protocol == "all" || protocol == "ALL") return "-1";
  for (char& c : protocol) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return protocol;
}

// "123456789012/sg-…" names a group of another account; in the lab there is one.
std::string GroupId(const std::string& id) {
  const auto slash = id.rfind('/');
  return slash == std::string::npos ? id : id.substr(slash + 1);
}

SecurityGroupRule Permission(const json::object& attributes, std::string_view protocol,
                             bool egress) {
  SecurityGroupRule rule;
  rule.egress = egress;
  rule.protocol = ProtocolName(String(attributes, protocol));
  rule.from_port = static_cast<int>(Integer(attributes, "from_port"));
  rule.to_port = static_cast<int>(Integer(attributes, "to_port"));
  return rule;
}

void AddWith(std::vector<SecurityGroupRule>& rules, SecurityGroupRule rule,
             std::string SecurityGroupRule::*side, std::string value) {
  if (value.empty()) return;
  rule.*side = std::move(value);
  rules.push_back(std::move(rule));
}

// An inline block or an aws_security_group_rule: several other sides at once.
void AddPermissions(const json::object& attributes, bool egress, const std::string& self,
                    std::vector<SecurityGroupRule>& rules) {
  const auto rule = Permission(attributes, "protocol", egress);
  for (auto& cidr : Strings(attributes, "cidr_blocks")) {
    AddWith(rules, rule, &SecurityGroupRule::cidr, std::move(cidr));
  }
  for (const auto& group : Strings(attributes, "security_groups")) {
    AddWith(rules, rule, &SecurityGroupRule::group, GroupId(group));
  }
  AddWith(rules, rule, &SecurityGroupRule::group,
          GroupId(String(attributes, "source_security_group_id")));
  if (Boolean(attributes, "self")) AddWith(rules, rule, &SecurityGroupRule::group, self);
  for (auto& list : Strings(attributes, "prefix_list_ids")) {
    AddWith(rules, rule, &SecurityGroupRule::prefix_list, std::move(list));
  }
}

}  // namespace

Vpc ReadVpc(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource},
          resource.key.id,
          String(a, "cidr_block"),
          String(a, "main_route_table_id"),
          String(a, "default_security_group_id")};
}

Subnet ReadSubnet(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource},
          resource.key.id,
          String(a, "vpc_id"),
          String(a, "cidr_block"),
          String(a, "availability_zone"),
          Boolean(a, "map_public_ip_on_launch")};
}

InternetGateway ReadInternetGateway(const Resource& resource) {
  const auto& a = resource.attributes;
  auto id = String(a, "internet_gateway_id");
  return {{&resource}, id.empty() ? resource.key.id : std::move(id), String(a, "vpc_id")};
}

RouteTable ReadRouteTable(const Resource& resource) {
  const auto& a = resource.attributes;
  RouteTable table{{&resource}, resource.key.id, String(a, "vpc_id"), {}};
  for (const auto* block : Blocks(a, "route")) table.routes.push_back(ReadRouteAttributes(*block));
  return table;
}

SingleRoute ReadRoute(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource}, String(a, "route_table_id"), ReadRouteAttributes(a)};
}

RouteTableAssociation ReadRouteTableAssociation(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource}, String(a, "route_table_id"), String(a, "subnet_id"), String(a, "vpc_id")};
}

NatGateway ReadNatGateway(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource},
          resource.key.id,
          String(a, "subnet_id"),
          String(a, "allocation_id"),
          String(a, "public_ip"),
          String(a, "connectivity_type") != "private"};
}

Eip ReadEip(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource},
          resource.key.id,
          String(a, "public_ip"),
          String(a, "instance"),
          String(a, "network_interface")};
}

EipAssociation ReadEipAssociation(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource},
          String(a, "allocation_id"),
          String(a, "instance_id"),
          String(a, "network_interface_id")};
}

PeeringConnection ReadPeeringConnection(const Resource& resource) {
  const auto& a = resource.attributes;
  auto region = String(a, "peer_region");
  if (region.empty()) region = resource.key.region;
  const bool own = Boolean(a, "auto_accept") && region == resource.key.region;
  return {{&resource},         resource.key.id,
          String(a, "vpc_id"), String(a, "peer_vpc_id"),
          std::move(region),   own || String(a, "accept_status") == "active"};
}

PeeringAccepter ReadPeeringAccepter(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource}, String(a, "vpc_peering_connection_id"), Boolean(a, "auto_accept")};
}

VpcEndpoint ReadVpcEndpoint(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource},
          resource.key.id,
          String(a, "vpc_id"),
          String(a, "service_name"),
          String(a, "vpc_endpoint_type"),
          String(a, "prefix_list_id")};
}

SecurityGroup ReadSecurityGroup(const Resource& resource) {
  const auto& a = resource.attributes;
  SecurityGroup group{{&resource}, resource.key.id, String(a, "vpc_id"), String(a, "name"), {}};
  for (const auto* block : Blocks(a, "ingress")) {
    AddPermissions(*block, false, group.id, group.rules);
  }
  for (const auto* block : Blocks(a, "egress")) AddPermissions(*block, true, group.id, group.rules);
  return group;
}

SingleSecurityGroupRules ReadSecurityGroupRules(const Resource& resource) {
  const auto& a = resource.attributes;
  SingleSecurityGroupRules rules{{&resource}, String(a, "security_group_id"), {}};
  if (resource.key.type == "aws_security_group_rule") {
    AddPermissions(a, String(a, "type") == "egress", rules.security_group_id, rules.rules);
    return rules;
  }
  const auto rule =
      Permission(a, "ip_protocol", resource.key.type == "aws_vpc_security_group_egress_rule");
  AddWith(rules.rules, rule, &SecurityGroupRule::cidr, String(a, "cidr_ipv4"));
  AddWith(rules.rules, rule, &SecurityGroupRule::group,
          GroupId(String(a, "referenced_security_group_id")));
  AddWith(rules.rules, rule, &SecurityGroupRule::prefix_list, String(a, "prefix_list_id"));
  return rules;
}

}  // namespace scv::aws
