// Load balancers, listeners, rules; auto scaling groups' deletion.
#include <algorithm>
#include <map>
#include <set>

#include "provider/hooks.h"
#include "provider/random_text.h"

namespace scv::provider {
namespace {

// The hosted zone of a region's load balancers' names.
// https://docs.aws.amazon.com/general/latest/gr/elb.html
std::string CanonicalZone(std::string_view region) {
  static const std::map<std::string_view, std::string_view> kZones{
      {"ap-northeast-2", "ZWKZPGTI48KDX"},
      {"ap-northeast-1", "Z14GRHDCWA56QT"},
      {"us-east-1", "Z35SXDOTRQ7X7K"}};
  const auto found = kZones.find(region);
  return std::string(found == kZones.end() ? "Z35SXDOTRQ7X7K" : found->second);
}

std::vector<std::string> SubnetsOf(const Value& attributes) {
  std::vector<std::string> ids;
  for (const auto& id : attributes["subnets"].Items()) ids.push_back(id.Text());
  for (const auto& place : attributes["subnet_mapping"].Items()) {
    ids.push_back(place["subnet_id"].Text());
  }
  return ids;
}

Result<void> CheckPlaces(const aws::DesiredState& state, HookContext& context) {
  std::set<std::string> zones;
  std::set<std::string> vpcs;
  const auto ids = SubnetsOf(context.attributes);
  for (const auto& id : ids) {
    const auto* subnet = state.Find(context.region, "aws_subnet", id);
    if (subnet == nullptr) continue;
    zones.insert(aws::String(subnet->attributes, "availability_zone"));
    vpcs.insert(aws::String(subnet->attributes, "vpc_id"));
  }
  const auto refuse = [&](std::string why) {
    context.diagnostics.push_back({.summary = "The load balancer's subnets do not fit",
                                   .detail = why,
                                   .path = {AttributeStep("subnets")}});
    return Fail(ErrorKind::kInvalid, why);
  };
  if (vpcs.size() > 1) return refuse("All subnets must be of one VPC.");
  if (zones.size() < ids.size()) return refuse("Each subnet must be of another zone.");
  if (context.attributes["load_balancer_type"].Text() == "application" && zones.size() < 2) {
    return refuse("An application load balancer needs subnets of at least two zones.");
  }
  if (!vpcs.empty()) context.attributes.At("vpc_id") = Value(*vpcs.begin());
  return {};
}

Result<void> FillLoadBalancer(const aws::DesiredState& state, HookContext& context) {
  auto& attributes = context.attributes;
  SCV_TRY(CheckPlaces(state, context));
  auto& name = attributes.At("name");
  if (name.is_unknown()) {
    const auto& prefix = attributes["name_prefix"].Text();
    name = Value((prefix.empty() ? "tf-lb-" : prefix) + RandomText(20, kHexDigits));
  }
  if (attributes["security_groups"].is_unknown()) {
    const auto* vpc = state.Find(context.region, "aws_vpc", attributes["vpc_id"].Text());
    Value::List groups;
    if (vpc != nullptr && attributes["load_balancer_type"].Text() == "application") {
      groups.emplace_back(aws::String(vpc->attributes, "default_security_group_id"));
    }
    attributes.At("security_groups") = Value(std::move(groups));
  }
  if (!attributes["arn_suffix"].is_unknown()) return {};
  static const std::map<std::string_view, std::string_view> kShort{
      {"application", "app"}, {"network", "net"}, {"gateway", "gwy"}};
  const auto kind = kShort.find(attributes["load_balancer_type"].Text());
  attributes.At("arn_suffix") = Value(std::string(kind == kShort.end() ? "app" : kind->second) +
                                      "/" + name.Text() + "/" + RandomText(16, kHexDigits));
  const std::string inside = attributes["internal"].Flag() ? "internal-" : "";
  attributes.At("dns_name") = Value(inside + name.Text() + "-" + RandomText(10, "123456789") + "." +
                                    context.region + ".elb.amazonaws.com");
  attributes.At("zone_id") = Value(CanonicalZone(context.region));
  return {};
}

Result<void> MayDeleteLoadBalancer(const aws::DesiredState& /*state*/, HookContext& context) {
  if (!context.attributes["enable_deletion_protection"].Flag()) return {};
  return Fail(ErrorKind::kConflict,
              "it is protected against deletion (OperationNotPermitted). Apply "
              "enable_deletion_protection = false first");
}

bool IsEncrypted(const Value& protocol) {
  return protocol.Text() == "HTTPS" || protocol.Text() == "TLS";
}

void ValidateListener(const Value& config, Diagnostics& diagnostics) {
  if (IsEncrypted(config["protocol"]) && config["certificate_arn"].is_null()) {
    diagnostics.push_back(
        {.summary = "The listener has no certificate",
         .detail = "A listener for " + config["protocol"].Text() + " needs certificate_arn.",
         .path = {AttributeStep("protocol")}});
  }
}

void PlanListener(const Value& /*prior*/, const Value& config, Value& planned) {
  auto& policy = planned.At("ssl_policy");
  if (IsEncrypted(config["protocol"]) && policy.Text().empty() && !policy.is_unknown()) {
    policy = Value("ELBSecurityPolicy-2016-08");
  }
  auto* actions = planned.At("default_action").As<Value::List>();
  if (actions == nullptr) return;  // not known yet
  std::int64_t order = 0;
  for (auto& action : *actions) {
    ++order;
    if (action.As<Value::Object>() != nullptr && action["order"].is_null()) {
      action.At("order") = Value(order);
    }
  }
}

Result<void> FillRule(const aws::DesiredState& state, HookContext& context) {
  auto& priority = context.attributes.At("priority");
  if (!priority.is_unknown()) return {};
  std::int64_t highest = 0;
  for (const auto& rule : state.List(context.region, "aws_lb_listener_rule")) {
    const auto& a = rule->attributes;
    if (aws::String(a, "listener_arn") == context.attributes["listener_arn"].Text()) {
      highest = std::max(highest, aws::Integer(a, "priority"));
    }
  }
  priority = Value(highest + 1);
  return {};
}

void ValidateGroup(const Value& config, Diagnostics& diagnostics) {
  const auto check = [&](const char* small, const char* large) {
    const auto* low = config[small].As<std::int64_t>();
    const auto* high = config[large].As<std::int64_t>();
    if (low == nullptr || high == nullptr || *low <= *high) return;
    diagnostics.push_back({.summary = std::string(small) + " is greater than " + large,
                           .detail = "An auto scaling group needs min_size ≤ desired_capacity ≤ "
                                     "max_size.",
                           .path = {AttributeStep(small)}});
  };
  check("min_size", "max_size");
  check("desired_capacity", "max_size");
  check("min_size", "desired_capacity");
}

}  // namespace

const Hooks* LoadBalancingHooks(std::string_view type) {
  static const std::map<std::string_view, Hooks> kHooks{
      {"aws_lb", {.fill = FillLoadBalancer, .may_delete = MayDeleteLoadBalancer}},
      {"aws_lb_listener", {.validate = ValidateListener, .plan = PlanListener}},
      {"aws_lb_listener_rule", {.fill = FillRule}},
      {"aws_autoscaling_group", {.validate = ValidateGroup}},
  };
  const auto found = kHooks.find(type);
  return found == kHooks.end() ? nullptr : &found->second;
}

}  // namespace scv::provider
