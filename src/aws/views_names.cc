#include "aws/views_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "aws/read_number.h"

namespace scv::aws {
namespace {

namespace json = boost::json;

struct PolicyBlock {
  std::string_view block;
  RoutingPolicy policy;
};
constexpr std::array kPolicyBlocks{
    PolicyBlock{"weighted_routing_policy", RoutingPolicy::kWeighted},
    PolicyBlock{"failover_routing_policy", RoutingPolicy::kFailover},
    PolicyBlock{"geolocation_routing_policy", RoutingPolicy::kGeolocation},
    PolicyBlock{"latency_routing_policy", RoutingPolicy::kLatency},
    PolicyBlock{"geoproximity_routing_policy", RoutingPolicy::kOther},
    PolicyBlock{"cidr_routing_policy", RoutingPolicy::kOther},
};

void ReadPolicy(const json::object& a, DnsRecord& record) {
  record.set_identifier = String(a, "set_identifier");
  if (Boolean(a, "multivalue_answer_routing_policy")) record.policy = RoutingPolicy::kMultivalue;
  for (const auto& [name, policy] : kPolicyBlocks) {
    const auto* block = Block(a, name);
    if (block == nullptr) continue;
    record.policy = policy;
    record.weight = NumberOr(*block, "weight", 0);
    record.failover_type = String(*block, "type");
    record.continent = String(*block, "continent");
    record.country = String(*block, "country");
  }
  if (!record.set_identifier.empty() && record.policy == RoutingPolicy::kSimple) {
    record.policy = RoutingPolicy::kOther;
  }
}

constexpr int kMostFailures = 10;

std::string ProtocolOf(std::string_view type) {
  for (const std::string_view protocol : {"HTTPS", "HTTP", "TCP"}) {
    if (type == protocol || type == std::string(protocol) + "_STR_MATCH") {
      return std::string(protocol);
    }
  }
  return "";
}

}  // namespace

std::string_view Name(RoutingPolicy policy) {
  switch (policy) {
    case RoutingPolicy::kSimple:
      return "simple";
    case RoutingPolicy::kWeighted:
      return "weighted";
    case RoutingPolicy::kFailover:
      return "failover";
    case RoutingPolicy::kGeolocation:
      return "geolocation";
    case RoutingPolicy::kLatency:
      return "latency";
    case RoutingPolicy::kMultivalue:
      return "multivalue answer";
    case RoutingPolicy::kOther:
      return "another";
  }
  return "?";
}

std::string NormalName(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string normal;
  normal.reserve(name.size());
  while (!name.empty()) {
    if (name.starts_with("\\052")) {
      normal += '*';
      name.remove_prefix(4);
      continue;
    }
    const char c = name.front();
    normal += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    name.remove_prefix(1);
  }
  return normal;
}

HostedZone ReadHostedZone(const Resource& resource) {
  const auto& a = resource.attributes;
  HostedZone zone;
  zone.resource = &resource;
  zone.zone_id = String(a, "zone_id");
  if (zone.zone_id.empty()) zone.zone_id = resource.key.id;
  zone.name = NormalName(String(a, "name"));
  const auto vpcs = Blocks(a, "vpc");
  zone.is_private = !vpcs.empty();
  for (const auto* vpc : vpcs) zone.vpcs.push_back(String(*vpc, "vpc_id"));
  zone.name_servers = Strings(a, "name_servers");
  return zone;
}

ZoneAssociation ReadZoneAssociation(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource}, String(a, "zone_id"), String(a, "vpc_id")};
}

HealthCheck ReadHealthCheck(const Resource& resource) {
  const auto& a = resource.attributes;
  HealthCheck check;
  check.resource = &resource;
  check.id = resource.key.id;
  check.type = String(a, "type");
  check.protocol = ProtocolOf(check.type);
  check.fqdn = NormalName(String(a, "fqdn"));
  check.ip_address = String(a, "ip_address");
  check.resource_path = String(a, "resource_path");
  check.port = NumberOr(a, "port", 0);
  if (check.port <= 0) check.port = check.protocol == "HTTPS" ? 443 : 80;
  check.request_interval = NumberOr(a, "request_interval", 0) == 10 ? 10 : 30;
  const int threshold = NumberOr(a, "failure_threshold", 0);
  if (threshold > 0) check.failure_threshold = std::min(threshold, kMostFailures);
  check.inverted = Boolean(a, "invert_healthcheck");
  check.disabled = Boolean(a, "disabled");
  const auto* sni = a.if_contains("enable_sni");
  check.enable_sni = sni == nullptr || !sni->is_bool() || sni->get_bool();
  check.search_string = String(a, "search_string");
  check.children = Strings(a, "child_healthchecks");
  std::ranges::sort(check.children);
  check.child_health_threshold = NumberOr(a, "child_health_threshold", 0);
  return check;
}

DnsRecord ReadDnsRecord(const Resource& resource) {
  const auto& a = resource.attributes;
  DnsRecord record;
  record.resource = &resource;
  record.zone_id = String(a, "zone_id");
  record.name = String(a, "name");
  record.type = String(a, "type");
  record.ttl = NumberOr(a, "ttl", 0);
  record.values = Strings(a, "records");
  record.health_check_id = String(a, "health_check_id");
  if (const auto* alias = Block(a, "alias"); alias != nullptr) {
    record.alias_name = NormalName(String(*alias, "name"));
    record.alias_zone_id = String(*alias, "zone_id");
    record.evaluate_target_health = Boolean(*alias, "evaluate_target_health");
  }
  ReadPolicy(a, record);
  return record;
}

std::string FullName(const DnsRecord& record, std::string_view zone_name) {
  auto name = NormalName(record.name);
  const auto suffix = '.' + std::string(zone_name);
  if (name.empty() || name == zone_name) return std::string(zone_name);
  return name.ends_with(suffix) ? name : name + suffix;
}

Certificate ReadCertificate(const Resource& resource) {
  const auto& a = resource.attributes;
  Certificate certificate;
  certificate.resource = &resource;
  certificate.arn = String(a, "arn");
  if (certificate.arn.empty()) certificate.arn = resource.key.id;
  certificate.imported = !String(a, "certificate_body").empty();
  const auto add = [&](std::string name) {
    if (!name.empty() && std::ranges::find(certificate.names, name) == certificate.names.end()) {
      certificate.names.push_back(std::move(name));
    }
  };
  add(NormalName(String(a, "domain_name")));
  auto others = Strings(a, "subject_alternative_names");
  std::ranges::sort(others);
  for (const auto& name : others) add(NormalName(name));
  for (const auto* option : Blocks(a, "domain_validation_options")) {
    certificate.validations.push_back({NormalName(String(*option, "resource_record_name")),
                                       String(*option, "resource_record_type"),
                                       NormalName(String(*option, "resource_record_value"))});
  }
  std::ranges::sort(certificate.validations);
  const auto rest = std::ranges::unique(certificate.validations);
  certificate.validations.erase(rest.begin(), rest.end());
  return certificate;
}

CertificateValidation ReadCertificateValidation(const Resource& resource) {
  return {{&resource}, String(resource.attributes, "certificate_arn")};
}

}  // namespace scv::aws
