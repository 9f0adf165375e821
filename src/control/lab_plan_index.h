// The desired state, read once per plan into typed views by region.
#ifndef SCV_CONTROL_LAB_PLAN_INDEX_H_
#define SCV_CONTROL_LAB_PLAN_INDEX_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aws/views_compute.h"
#include "aws/views_database.h"
#include "aws/views_load_balancer.h"
#include "aws/views_names.h"
#include "aws/views_network.h"

namespace scv::control {

template <typename T>
using ById = std::map<std::string, T, std::less<>>;

// Resources being deleted are in the index, too; Alive() leaves them out.
template <typename T>
const T* Alive(const ById<T>& all, std::string_view id) {
  const auto found = all.find(id);
  return found == all.end() || found->second.deleting() ? nullptr : &found->second;
}

struct RegionIndex {
  std::string region;
  int number = 0;  // Environment::regions
  ById<aws::Vpc> vpcs;
  ById<aws::Subnet> subnets;
  std::vector<aws::InternetGateway> internet_gateways;
  ById<aws::RouteTable> route_tables;
  std::vector<aws::SingleRoute> routes;
  std::vector<aws::RouteTableAssociation> route_table_associations;
  ById<aws::NatGateway> nat_gateways;
  ById<aws::Eip> eips;
  std::vector<aws::EipAssociation> eip_associations;
  ById<aws::PeeringConnection> peering_connections;  // in the requester's region
  std::vector<aws::PeeringAccepter> peering_accepters;
  ById<aws::SecurityGroup> security_groups;
  std::vector<aws::SingleSecurityGroupRules> security_group_rules;
  std::map<std::string, std::vector<std::string>> prefix_lists;  // id → prefixes
  ById<aws::LoadBalancer> load_balancers;                        // by ARN, as the next ones
  ById<aws::Listener> listeners;
  std::vector<aws::ListenerRule> listener_rules;
  std::vector<aws::ListenerCertificate> listener_certificates;
  ById<aws::TargetGroup> target_groups;
  std::vector<aws::TargetGroupAttachment> target_group_attachments;
  std::map<std::string, const aws::Resource*> launch_templates;
  ById<aws::Instance> instances;
  ById<aws::DbInstance> databases;
  ById<aws::DbSubnetGroup> db_subnet_groups;
  ById<aws::DbParameterGroup> db_parameter_groups;
  std::vector<aws::Certificate> certificates;
  std::vector<aws::CertificateValidation> certificate_validations;
};

struct StateIndex {
  std::map<std::string, RegionIndex> regions;
  std::vector<aws::HostedZone> zones;   // by zone id
  std::vector<aws::DnsRecord> records;  // by id
  std::vector<aws::ZoneAssociation> zone_associations;
  std::vector<aws::HealthCheck> health_checks;  // by id
};

// Valid as long as `state`.
StateIndex ReadIndex(const aws::DesiredState& state, const std::map<std::string, int>& regions);

}  // namespace scv::control

#endif  // SCV_CONTROL_LAB_PLAN_INDEX_H_
