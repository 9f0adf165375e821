// Typed views of Route 53's and ACM's resources. See views_network.h for what a view is.
#ifndef SCV_AWS_VIEWS_NAMES_H_
#define SCV_AWS_VIEWS_NAMES_H_

#include <string>
#include <string_view>
#include <vector>

#include "aws/views_network.h"

namespace scv::aws {

// A DNS name as it is compared: lower case, without the dot at the end, "\052" as "*".
std::string NormalName(std::string_view name);

struct HostedZone : View {
  std::string zone_id;
  std::string name;  // normal
  bool is_private = false;
  std::vector<std::string> vpcs;  // of its vpc blocks; a private zone only
  std::vector<std::string> name_servers;
};
HostedZone ReadHostedZone(const Resource& resource);

// aws_route53_zone_association: one more VPC that sees a private zone.
struct ZoneAssociation : View {
  std::string zone_id, vpc_id;
};
ZoneAssociation ReadZoneAssociation(const Resource& resource);

enum class RoutingPolicy {
  kSimple,
  kWeighted,
  kFailover,
  kGeolocation,
  kLatency,
  kMultivalue,
  kOther,
};
std::string_view Name(RoutingPolicy policy);

struct DnsRecord : View {
  std::string zone_id;
  std::string name;  // as written: may be relative to the zone
  std::string type;
  int ttl = 0;
  std::vector<std::string> values;
  std::string alias_name, alias_zone_id;  // "": no alias
  bool evaluate_target_health = false;
  RoutingPolicy policy = RoutingPolicy::kSimple;
  std::string set_identifier;
  int weight = 0;                  // kWeighted
  std::string failover_type;       // kFailover: "PRIMARY", "SECONDARY"
  std::string continent, country;  // kGeolocation; country "*": the default
  std::string health_check_id;
};
DnsRecord ReadDnsRecord(const Resource& resource);
// The record's full name in normal form.
std::string FullName(const DnsRecord& record, std::string_view zone_name);

// aws_route53_health_check, with Route 53's defaults.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
struct HealthCheck : View {
  std::string id;
  std::string type;      // as written: "HTTPS", "HTTPS_STR_MATCH", "CALCULATED", …
  std::string protocol;  // "HTTP", "HTTPS", "TCP"; "": it has no endpoint
  std::string fqdn;      // normal
  std::string ip_address, resource_path;
  int port = 0;
  int request_interval = 30;  // seconds
  int failure_threshold = 3;  // 1 to 10
  bool inverted = false, disabled = false, enable_sni = true;
  std::string search_string;
  std::vector<std::string> children;  // CALCULATED
  int child_health_threshold = 0;
};
HealthCheck ReadHealthCheck(const Resource& resource);

struct Certificate : View {
  std::string arn;
  std::vector<std::string> names;  // domain_name first, each once
  bool imported = false;           // a certificate_body was given
  struct Validation {
    std::string name, type, value;  // names in normal form
    auto operator<=>(const Validation&) const = default;
  };
  std::vector<Validation> validations;  // each once, ordered
};
Certificate ReadCertificate(const Resource& resource);

struct CertificateValidation : View {
  std::string certificate_arn;
};
CertificateValidation ReadCertificateValidation(const Resource& resource);

}  // namespace scv::aws

#endif  // SCV_AWS_VIEWS_NAMES_H_
