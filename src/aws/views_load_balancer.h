// Typed views of Elastic Load Balancing's resources. See views_network.h for what a view is.
#ifndef SCV_AWS_VIEWS_LOAD_BALANCER_H_
#define SCV_AWS_VIEWS_LOAD_BALANCER_H_

#include <map>
#include <string>
#include <vector>

#include "aws/views_network.h"

namespace scv::aws {

struct LoadBalancer : View {
  std::string arn, name, type;  // "application", "network", "gateway"
  bool internal = false;
  struct Place {
    std::string subnet_id;
    std::string allocation_id;    // of an elastic IP; only with subnet_mapping
    std::string private_address;  // fixed; only with subnet_mapping
  };
  std::vector<Place> places;  // by subnet
  std::vector<std::string> security_groups;
  std::string dns_name, zone_id;
  int idle_timeout_seconds = 60;
  bool drop_invalid_header_fields = false;
  std::string desync_mitigation_mode;
  bool access_logs = false;
  std::string access_logs_bucket, access_logs_prefix;
};
LoadBalancer ReadLoadBalancer(const Resource& resource);

// One action of a listener or rule.
struct ListenerAction {
  std::string type;  // "forward", "redirect", "fixed-response", …
  struct Forward {
    std::string target_group_arn;
    int weight = 1;
  };
  std::vector<Forward> forwards;
  // redirect; empty: the attribute is not given
  std::string protocol, host, port, path, query, status_code;  // "HTTP_301"; fixed: "503"
  std::string content_type, message_body;
};

struct Listener : View {
  std::string arn, load_balancer_arn;
  int port = 0;
  std::string protocol;  // "HTTP", "HTTPS"
  std::string ssl_policy, certificate_arn;
  std::vector<ListenerAction> default_actions;          // by order
  std::string strict_transport_security;                // routing_http_response_…
  std::map<std::string, std::string> response_headers;  // header → value, likewise
};
Listener ReadListener(const Resource& resource);

struct ListenerRule : View {
  std::string listener_arn;
  int priority = 0;
  std::vector<ListenerAction> actions;
  std::vector<std::string> hosts, paths, methods;
  std::vector<std::string> unsupported;  // conditions that the lab does not have, in words
};
ListenerRule ReadListenerRule(const Resource& resource);

struct ListenerCertificate : View {
  std::string listener_arn, certificate_arn;
};
ListenerCertificate ReadListenerCertificate(const Resource& resource);

struct TargetGroup : View {
  std::string arn, name, protocol, target_type, vpc_id;
  int port = 0;
  std::string algorithm;
  std::string stickiness_type;  // "": off
  int stickiness_seconds = 0;
  int deregistration_delay_seconds = 300;
  int slow_start_seconds = 0;
  struct HealthCheck {
    std::string protocol, path, matcher;
    int port = 0;  // 0: the traffic port
    int interval_seconds = 30, timeout_seconds = 5;
    int healthy_threshold = 5, unhealthy_threshold = 2;
  } health_check;
};
TargetGroup ReadTargetGroup(const Resource& resource);

struct TargetGroupAttachment : View {
  std::string target_group_arn, target_id;
  int port = 0;  // 0: the group's
};
TargetGroupAttachment ReadTargetGroupAttachment(const Resource& resource);

}  // namespace scv::aws

#endif  // SCV_AWS_VIEWS_LOAD_BALANCER_H_
