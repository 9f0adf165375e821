#include "control/check_plan.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace scv::control {
namespace {

using std::chrono::milliseconds;

constexpr Millis kLabIntervalLeast = 250;
constexpr milliseconds kLabTimeout{400};
// To connect within ten seconds (TCP), or four and then to answer within two.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
constexpr milliseconds kAwsTcpTimeout{10'000}, kAwsHttpTimeout{6'000};

milliseconds IntervalOf(const aws::HealthCheck& check, const Pace& pace) {
  const Millis written = Millis{check.request_interval} * 1000;
  const auto scaled = pace.Scaled(written);
  return milliseconds(pace.kind == PaceKind::kAws ? scaled : std::max(scaled, kLabIntervalLeast));
}

milliseconds TimeoutOf(const aws::HealthCheck& check, const Pace& pace) {
  if (pace.kind != PaceKind::kAws) return kLabTimeout;
  return check.protocol == "TCP" ? kAwsTcpTimeout : kAwsHttpTimeout;
}

lab::EndpointCheckSpec SpecOf(const aws::HealthCheck& check, const Pace& pace) {
  lab::EndpointCheckSpec spec;
  spec.protocol = check.protocol;
  spec.address = check.ip_address;
  if (check.ip_address.empty()) {
    spec.name = check.fqdn;
  } else {
    spec.host = check.fqdn;
  }
  spec.port = check.port;
  if (!check.resource_path.empty()) spec.path = check.resource_path;
  if (!spec.path.starts_with('/')) spec.path.insert(0, "/");
  spec.interval = IntervalOf(check, pace);
  spec.timeout = TimeoutOf(check, pace);
  return spec;
}

// Why there is nothing to probe; nothing: there is.
std::optional<std::string> WhyNot(const aws::HealthCheck& check, int planned) {
  if (check.protocol.empty()) return "health checks of type " + check.type + " are not carried out";
  if (check.fqdn.empty() && check.ip_address.empty()) return "it has neither a name nor an address";
  if (check.ip_address.contains(':')) return "the lab's internet has no IPv6";
  if (check.port > 65535) return "there is no port " + std::to_string(check.port);
  if (planned >= kEndpointChecksMost) {
    return "the lab carries out " + std::to_string(kEndpointChecksMost) + " health checks at most";
  }
  return std::nullopt;
}

}  // namespace

lab::PartKey EndpointCheckKey(std::string_view health_check_id) {
  return {lab::PartKind::kEndpointCheck, "", std::string(health_check_id)};
}

void PlanEndpointChecks(PlanContext& context) {
  int planned = 0;
  for (const auto& check : context.index.health_checks) {
    const auto key = EndpointCheckKey(check.id);
    context.Link(check, check.deleting() || (!check.protocol.empty() && !check.disabled)
                            ? std::vector{key}
                            : std::vector<lab::PartKey>());
    if (check.deleting() || check.disabled || check.type == "CALCULATED") continue;
    if (const auto why = WhyNot(check, planned)) {
      context.NotHonoured(check, *why);
      continue;
    }
    if (!check.search_string.empty()) {
      context.NotHonoured(check, "the answer is not searched for \"search_string\"");
    }
    ++planned;
    context.Add(key, SpecOf(check, context.environment.pace),
                {InternetKey(), PublicNameServerKey()}, "aws_route53_health_check " + check.id);
  }
}

}  // namespace scv::control
