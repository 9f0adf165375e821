// Typed views of the network's resources: what a reader needs of the attributes, by Terraform's
// names (provider 6.x). A view is a copy; `resource` points into the desired
// state that it was read from and is valid as long as that. Missing attributes are empty values.
#ifndef SCV_AWS_VIEWS_NETWORK_H_
#define SCV_AWS_VIEWS_NETWORK_H_

#include <string>
#include <vector>

#include "aws/resource.h"

namespace scv::aws {

struct View {
  const Resource* resource = nullptr;
  const std::string& region() const { return resource->key.region; }
  bool deleting() const { return resource->status == Status::kDeleting; }
};

struct Vpc : View {
  std::string id, cidr;
  std::string main_route_table_id, default_security_group_id;
};
Vpc ReadVpc(const Resource& resource);

struct Subnet : View {
  std::string id, vpc_id, cidr, zone;
  bool map_public_ip_on_launch = false;
};
Subnet ReadSubnet(const Resource& resource);

// aws_internet_gateway and aws_internet_gateway_attachment: which gateway a VPC has.
struct InternetGateway : View {
  std::string id, vpc_id;
};
InternetGateway ReadInternetGateway(const Resource& resource);

// One route, of a table's inline block or an aws_route of its own.
struct Route {
  std::string destination;  // IPv4 only; "" for the others, which are left out
  std::string gateway_id;   // igw-…, "local"
  std::string nat_gateway_id;
  std::string peering_id;  // pcx-…
  std::string other;       // a target that the lab does not have (transit gateway, …)
  bool operator==(const Route&) const = default;
};

// aws_route_table and aws_default_route_table.
struct RouteTable : View {
  std::string id, vpc_id;
  std::vector<Route> routes;
};
RouteTable ReadRouteTable(const Resource& resource);

struct SingleRoute : View {
  std::string route_table_id;
  Route route;
};
SingleRoute ReadRoute(const Resource& resource);

// aws_route_table_association (with a subnet) and aws_main_route_table_association (with a VPC).
struct RouteTableAssociation : View {
  std::string route_table_id, subnet_id, vpc_id;
};
RouteTableAssociation ReadRouteTableAssociation(const Resource& resource);

struct NatGateway : View {
  std::string id, subnet_id, allocation_id, public_ip;
  bool is_public = true;  // connectivity_type
};
NatGateway ReadNatGateway(const Resource& resource);

struct Eip : View {
  std::string allocation_id, public_ip;
  std::string instance, network_interface;
};
Eip ReadEip(const Resource& resource);

struct EipAssociation : View {
  std::string allocation_id, instance, network_interface;
};
EipAssociation ReadEipAssociation(const Resource& resource);

// aws_vpc_peering_connection, as its requester sees it.
struct PeeringConnection : View {
  std::string id, vpc_id, peer_vpc_id;
  std::string peer_region;  // never ""
  bool accepted = false;    // by the other side, or by itself (within a region)
};
PeeringConnection ReadPeeringConnection(const Resource& resource);

// aws_vpc_peering_connection_accepter.
struct PeeringAccepter : View {
  std::string connection_id;
  bool accepts = false;
};
PeeringAccepter ReadPeeringAccepter(const Resource& resource);

struct VpcEndpoint : View {
  std::string id, vpc_id, service_name, type, prefix_list_id;
};
VpcEndpoint ReadVpcEndpoint(const Resource& resource);

// One permission of one security group towards one other side.
struct SecurityGroupRule {
  bool egress = false;
  std::string protocol;  // "tcp", "udp", "icmp", "-1"; others as their number
  int from_port = 0, to_port = 0;
  std::string cidr;         // one of these three
  std::string group;        // sg-…
  std::string prefix_list;  // pl-…
  bool operator==(const SecurityGroupRule&) const = default;
};

// aws_security_group and aws_default_security_group, with their inline rules taken apart.
struct SecurityGroup : View {
  std::string id, vpc_id, name;
  std::vector<SecurityGroupRule> rules;
};
SecurityGroup ReadSecurityGroup(const Resource& resource);

// aws_vpc_security_group_ingress_rule, …_egress_rule and aws_security_group_rule.
struct SingleSecurityGroupRules : View {
  std::string security_group_id;
  std::vector<SecurityGroupRule> rules;
};
SingleSecurityGroupRules ReadSecurityGroupRules(const Resource& resource);

}  // namespace scv::aws

#endif  // SCV_AWS_VIEWS_NETWORK_H_
