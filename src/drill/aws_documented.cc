#include "drill/aws_documented.h"

#include <algorithm>

namespace scv::drill {
namespace {

enum class Topic { kDatabase, kInstance, kRegion, kRollout };

struct Entry {
  Topic topic;
  Documented documented;
};

constexpr Entry kEntries[] = {
    {Topic::kDatabase,
     {"detect to act",
      "RDS Multi-AZ DB instance: a failover typically takes 60 to 120 seconds; large transactions "
      "or a long recovery take longer.",
      "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.html"}},
    {Topic::kInstance,
     {"detect",
      "Application Load Balancer: a target is checked every 30 seconds by default, and is "
      "unhealthy "
      "after 2 failed checks in a row.",
      "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
      "target-group-health-checks.html"}},
    {Topic::kInstance,
     {"detect", "EC2: status checks run every minute; Auto Scaling replaces what fails them.",
      "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/"
      "monitoring-system-instance-status-check.html"}},
    {Topic::kRegion,
     {"detect",
      "Route 53: an endpoint is checked every 30 seconds (10 for a surcharge) and is unhealthy "
      "after "
      "3 failed checks in a row by default: 90 (30) seconds.",
      "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
      "dns-failover-determining-health-of-endpoints.html"}},
    {Topic::kRegion,
     {"act",
      "RDS: promoting a read replica takes several minutes or longer, depending on its size.",
      "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html"}},
    {Topic::kRegion,
     {"reconnect",
      "Route 53: resolvers keep an answer for the record's TTL; an alias of a load balancer has 60 "
      "seconds.",
      "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
      "resource-record-sets-choosing-alias-non-alias.html"}},
    {Topic::kRollout,
     {"act",
      "Auto Scaling: an instance refresh replaces instances in batches that the minimum healthy "
      "percentage allows, and waits for the warm-up of each.",
      "https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html"}},
};

bool IsAbout(const Injection& injection, Topic topic) {
  const bool instance = injection.part.find("instance") != std::string::npos;
  const bool database = !injection.part.empty() && !instance && injection.part != "name server";
  const bool zone = injection.kind.starts_with("zone-");
  const bool region = injection.kind.starts_with("region-") || injection.kind == "failover";
  switch (topic) {
    case Topic::kDatabase:
      return database || zone || injection.kind == "disk-full";
    case Topic::kInstance:
      return instance || zone;
    case Topic::kRegion:
      return region;
    case Topic::kRollout:
      return injection.kind == "rolling-deployment";
  }
  return false;
}

}  // namespace

std::vector<Documented> DocumentedFor(const Scenario& scenario) {
  std::vector<Documented> found;
  for (const auto& entry : kEntries) {
    if (std::ranges::any_of(scenario.steps, [&](const Step& step) {
          return step.inject && IsAbout(*step.inject, entry.topic);
        })) {
      found.push_back(entry.documented);
    }
  }
  return found;
}

}  // namespace scv::drill
