#include "aws/views_load_balancer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "aws/read_number.h"

namespace scv::aws {
namespace {

namespace json = boost::json;

ListenerAction ReadForward(const json::object& block) {
  ListenerAction action;
  action.type = "forward";
  if (auto arn = String(block, "target_group_arn"); !arn.empty()) {
    action.forwards.push_back({.target_group_arn = std::move(arn), .weight = 1});
  }
  const auto* forward = Block(block, "forward");
  if (forward == nullptr) return action;
  const auto groups = Blocks(*forward, "target_group");
  if (!groups.empty()) action.forwards.clear();  // Terraform's state repeats a single one above
  for (const auto* group : groups) {
    action.forwards.push_back(
        {.target_group_arn = String(*group, "arn"), .weight = NumberOr(*group, "weight", 1)});
  }
  return action;
}

ListenerAction ReadAction(const json::object& block) {
  const auto type = String(block, "type");
  if (type == "forward") return ReadForward(block);
  ListenerAction action;
  action.type = type;
  if (const auto* redirect = Block(block, "redirect"); redirect != nullptr) {
    action.protocol = String(*redirect, "protocol");
    action.host = String(*redirect, "host");
    action.port = String(*redirect, "port");
    action.path = String(*redirect, "path");
    action.query = String(*redirect, "query");
    action.status_code = String(*redirect, "status_code");
  }
  if (const auto* fixed = Block(block, "fixed_response"); fixed != nullptr) {
    action.content_type = String(*fixed, "content_type");
    action.message_body = String(*fixed, "message_body");
    action.status_code = String(*fixed, "status_code");
  }
  return action;
}

std::vector<ListenerAction> ReadActions(const json::object& attributes, std::string_view name) {
  auto blocks = Blocks(attributes, name);
  std::stable_sort(blocks.begin(), blocks.end(), [](const auto* a, const auto* b) {
    return NumberOr(*a, "order", 0) < NumberOr(*b, "order", 0);
  });
  std::vector<ListenerAction> actions;
  for (const auto* block : blocks) actions.push_back(ReadAction(*block));
  return actions;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
struct HeaderAttribute {
  std::string_view attribute, header;
};
constexpr std::array kResponseHeaders{
    HeaderAttribute{"access_control_allow_origin", "Access-Control-Allow-Origin"},
    HeaderAttribute{"access_control_allow_methods", "Access-Control-Allow-Methods"},
    HeaderAttribute{"access_control_allow_headers", "Access-Control-Allow-Headers"},
    HeaderAttribute{"access_control_allow_credentials", "Access-Control-Allow-Credentials"},
    HeaderAttribute{"access_control_expose_headers", "Access-Control-Expose-Headers"},
    HeaderAttribute{"access_control_max_age", "Access-Control-Max-Age"},
    HeaderAttribute{"content_security_policy", "Content-Security-Policy"},
    HeaderAttribute{"x_content_type_options", "X-Content-Type-Options"},
    HeaderAttribute{"x_frame_options", "X-Frame-Options"},
};

std::string ResponseHeader(const json::object& attributes, std::string_view name) {
  return String(attributes, "routing_http_response_" + std::string(name) + "_header_value");
}

void ReadConditions(const json::object& attributes, ListenerRule& rule) {
  struct Supported {
    std::string_view block;
    std::vector<std::string>* values;
  };
  const std::array supported{Supported{"host_header", &rule.hosts},
                             Supported{"path_pattern", &rule.paths},
                             Supported{"http_request_method", &rule.methods}};
  for (const auto* condition : Blocks(attributes, "condition")) {
    for (const auto& [name, values] : supported) {
      const auto* block = Block(*condition, name);
      if (block == nullptr) continue;
      if (!values->empty())
        rule.unsupported.push_back("two conditions of the kind " + std::string(name));
      *values = Strings(*block, "values");
      if (Block(*condition, name)->contains("regex_values") && values->empty()) {
        rule.unsupported.push_back("regex_values of " + std::string(name));
      }
    }
    for (const std::string_view name : {"http_header", "query_string", "source_ip"}) {
      if (Block(*condition, name) != nullptr) rule.unsupported.emplace_back(name);
    }
  }
}

}  // namespace

LoadBalancer ReadLoadBalancer(const Resource& resource) {
  const auto& a = resource.attributes;
  LoadBalancer lb;
  lb.resource = &resource;
  lb.arn = String(a, "arn");
  if (lb.arn.empty()) lb.arn = resource.key.id;
  lb.name = String(a, "name");
  lb.type = String(a, "load_balancer_type");
  if (lb.type.empty()) lb.type = "application";
  lb.internal = Boolean(a, "internal");
  for (const auto* mapping : Blocks(a, "subnet_mapping")) {
    lb.places.push_back({String(*mapping, "subnet_id"), String(*mapping, "allocation_id"),
                         String(*mapping, "private_ipv4_address")});
  }
  if (lb.places.empty()) {
    for (auto& subnet : Strings(a, "subnets")) lb.places.push_back({std::move(subnet), {}, {}});
  }
  std::ranges::sort(lb.places, {}, &LoadBalancer::Place::subnet_id);
  lb.security_groups = Strings(a, "security_groups");
  lb.dns_name = String(a, "dns_name");
  lb.zone_id = String(a, "zone_id");
  lb.idle_timeout_seconds = NumberOr(a, "idle_timeout", 60);
  lb.drop_invalid_header_fields = Boolean(a, "drop_invalid_header_fields");
  lb.desync_mitigation_mode = String(a, "desync_mitigation_mode");
  if (lb.desync_mitigation_mode.empty()) lb.desync_mitigation_mode = "defensive";
  if (const auto* logs = Block(a, "access_logs"); logs != nullptr) {
    lb.access_logs = Boolean(*logs, "enabled");
    lb.access_logs_bucket = String(*logs, "bucket");
    lb.access_logs_prefix = String(*logs, "prefix");
  }
  return lb;
}

Listener ReadListener(const Resource& resource) {
  const auto& a = resource.attributes;
  Listener listener;
  listener.resource = &resource;
  listener.arn = resource.key.id;
  listener.load_balancer_arn = String(a, "load_balancer_arn");
  listener.port = NumberOr(a, "port", 0);
  listener.protocol = String(a, "protocol");
  if (listener.protocol.empty()) listener.protocol = "HTTP";
  listener.ssl_policy = String(a, "ssl_policy");
  listener.certificate_arn = String(a, "certificate_arn");
  listener.default_actions = ReadActions(a, "default_action");
  listener.strict_transport_security = ResponseHeader(a, "strict_transport_security");
  for (const auto& [attribute, header] : kResponseHeaders) {
    if (auto value = ResponseHeader(a, attribute); !value.empty()) {
      listener.response_headers.emplace(header, std::move(value));
    }
  }
  return listener;
}

ListenerRule ReadListenerRule(const Resource& resource) {
  const auto& a = resource.attributes;
  ListenerRule rule;
  rule.resource = &resource;
  rule.listener_arn = String(a, "listener_arn");
  rule.priority = NumberOr(a, "priority", 0);
  rule.actions = ReadActions(a, "action");
  ReadConditions(a, rule);
  return rule;
}

ListenerCertificate ReadListenerCertificate(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource}, String(a, "listener_arn"), String(a, "certificate_arn")};
}

TargetGroup ReadTargetGroup(const Resource& resource) {
  const auto& a = resource.attributes;
  TargetGroup group;
  group.resource = &resource;
  group.arn = resource.key.id;
  group.name = String(a, "name");
  group.protocol = String(a, "protocol");
  group.target_type = String(a, "target_type");
  if (group.target_type.empty()) group.target_type = "instance";
  group.vpc_id = String(a, "vpc_id");
  group.port = NumberOr(a, "port", 0);
  group.algorithm = String(a, "load_balancing_algorithm_type");
  if (group.algorithm.empty()) group.algorithm = "round_robin";
  if (const auto* sticky = Block(a, "stickiness");
      sticky != nullptr && Boolean(*sticky, "enabled", true)) {
    group.stickiness_type = String(*sticky, "type");
    group.stickiness_seconds = NumberOr(*sticky, "cookie_duration", 86400);
  }
  group.deregistration_delay_seconds = NumberOr(a, "deregistration_delay", 300);
  group.slow_start_seconds = NumberOr(a, "slow_start", 0);
  auto& check = group.health_check;
  const auto* block = Block(a, "health_check");
  static const json::object kNone;
  const auto& b = block != nullptr ? *block : kNone;
  check.protocol = String(b, "protocol");
  if (check.protocol.empty()) check.protocol = "HTTP";
  check.path = String(b, "path");
  if (check.path.empty()) check.path = "/";
  check.matcher = String(b, "matcher");
  if (check.matcher.empty()) check.matcher = "200";
  check.port = NumberOr(b, "port", 0);
  check.interval_seconds = NumberOr(b, "interval", 30);
  check.timeout_seconds = NumberOr(b, "timeout", 5);
  check.healthy_threshold = NumberOr(b, "healthy_threshold", 3);
  check.unhealthy_threshold = NumberOr(b, "unhealthy_threshold", 3);
  return group;
}

TargetGroupAttachment ReadTargetGroupAttachment(const Resource& resource) {
  const auto& a = resource.attributes;
  return {
      {&resource}, String(a, "target_group_arn"), String(a, "target_id"), NumberOr(a, "port", 0)};
}

}  // namespace scv::aws
