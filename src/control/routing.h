// DNS that follows health: Route 53's health checks with rise and fall thresholds, and which
// records of a failover or geolocation set are answered. Pure.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover.html
#ifndef SCV_CONTROL_ROUTING_H_
#define SCV_CONTROL_ROUTING_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/views_names.h"
#include "base/result.h"
#include "base/time.h"
#include "control/reconcile.h"

namespace scv::control {

// One health check, counted. Healthy at first, as Route 53 begins.
struct EndpointHealth {
  bool healthy = true;
  std::uint64_t count = 0;  // the last probe that was counted
  int streak = 0;           // probes in a row that contradict `healthy`
  Millis since = 0;
  std::string detail;  // the last probe's
};

struct RoutingMemory {
  std::map<std::string, EndpointHealth> checks;  // health check id →
};

// What a restarted process must know: the checks that are unhealthy. Without it, names would lead
// to what is down until that is counted anew. As JSON; kInternal: it is none.
std::string ChecksDocument(const RoutingMemory& memory);
Result<RoutingMemory> ParseChecksDocument(std::string_view text);

// What the state says of a check.
struct CheckRule {
  std::string id;
  int failure_threshold = 3;  // Route 53 uses it for both directions
  bool inverted = false;
  bool disabled = false;              // counts as healthy
  std::vector<std::string> children;  // CALCULATED
  int child_health_threshold = 0;
};

// Of every aws_route53_health_check that is not being deleted.
std::vector<CheckRule> ReadCheckRules(const aws::DesiredState& state);

struct HealthChange {
  std::string id;
  bool healthy = false;
  std::string detail;
};

// Takes the probes in; returns what changed. `seen`: check id → the last sighting.
std::vector<HealthChange> CountChecks(const std::vector<CheckRule>& rules,
                                      const std::map<std::string, lab::CheckSighting>& seen,
                                      RoutingMemory& memory, Millis now);

// Ids of the checks that are unhealthy at this moment.
std::set<std::string> UnhealthyChecks(const std::vector<CheckRule>& rules,
                                      const RoutingMemory& memory);

}  // namespace scv::control

#endif  // SCV_CONTROL_ROUTING_H_
