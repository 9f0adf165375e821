// An application load balancer's node (one per zone, as on AWS: each its own address and process)
// and what it balances, as plain values.
#ifndef SCV_LAB_LOAD_BALANCER_H_
#define SCV_LAB_LOAD_BALANCER_H_

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lab/network.h"

namespace scv::lab {

using std::chrono::milliseconds;

struct TargetSpec {
  std::string id;  // the instance's id
  std::string address;
  int port = 0;
  std::string zone;
  bool draining = false;  // takes no new connection; removed by the next spec
  bool operator==(const TargetSpec&) const = default;
};

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
struct HealthCheckSpec {
  std::string protocol = "HTTP";  // or "HTTPS" (the certificate is not verified, as on AWS)
  std::string path = "/";
  int port = 0;                  // 0: the target's port
  std::string matcher = "200";   // "200", "200,302", "200-299"
  milliseconds interval{30000};  // already scaled by the lab's pace
  milliseconds timeout{5000};
  int healthy_threshold = 5;
  int unhealthy_threshold = 2;
  bool operator==(const HealthCheckSpec&) const = default;
};

struct TargetGroupSpec {
  std::string name;  // unique in the region
  std::string arn;
  std::string protocol = "HTTP";          // or "HTTPS"
  std::string algorithm = "round_robin";  // or "least_outstanding_requests"
  std::string stickiness;                 // "": none; "lb_cookie"
  milliseconds stickiness_duration{0};
  milliseconds deregistration_delay{300000};
  milliseconds slow_start{0};
  HealthCheckSpec health_check;
  std::vector<TargetSpec> targets;  // ordered by id
  bool operator==(const TargetGroupSpec&) const = default;
};

struct ActionSpec {
  enum class Kind { kForward, kRedirect, kFixedResponse };
  Kind kind = Kind::kForward;
  std::string target_group;  // kForward: TargetGroupSpec::name
  // kRedirect; "#{host}", "#{path}", "#{query}", "#{port}" and "#{protocol}" stand for the
  // request's
  std::string protocol = "#{protocol}", host = "#{host}", port = "#{port}", path = "/#{path}",
              query = "#{query}";
  int status = 0;  // redirect: 301 or 302; fixed response: any
  std::string content_type, body;
  bool operator==(const ActionSpec&) const = default;
};

struct ListenerRuleSpec {
  int priority = 0;
  std::vector<std::string> hosts;  // patterns with * and ?
  std::vector<std::string> paths;
  std::vector<std::string> methods;
  ActionSpec action;
  bool operator==(const ListenerRuleSpec&) const = default;
};

struct ListenerSpec {
  int port = 443;
  bool tls = false;
  std::string ssl_policy;
  std::vector<std::string> certificates;  // certificate ARNs, the default one first
  std::string strict_transport_security;  // "": none; the header's value
  std::map<std::string, std::string> response_headers;
  ActionSpec default_action;
  std::vector<ListenerRuleSpec> rules;  // by priority
  bool operator==(const ListenerSpec&) const = default;
};

struct AccessLogSpec {
  std::string bucket, prefix;
  bool operator==(const AccessLogSpec&) const = default;
};

struct LoadBalancerNodeSpec {
  std::string load_balancer;  // its name
  std::string arn;
  std::string region, zone;
  bool internal = false;
  InterfaceSpec interface;
  FirewallSpec firewall;
  milliseconds idle_timeout{60000};
  bool drop_invalid_header_fields = false;
  std::string desync_mitigation_mode = "defensive";
  std::optional<AccessLogSpec> access_log;
  std::vector<ListenerSpec> listeners;
  std::vector<TargetGroupSpec> target_groups;  // those that the listeners name
  bool operator==(const LoadBalancerNodeSpec&) const = default;
};

}  // namespace scv::lab

#endif  // SCV_LAB_LOAD_BALANCER_H_
