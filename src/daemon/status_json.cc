#include "daemon/status_json.h"

#include <boost/json/array.hpp>
#include <set>

#include "daemon/instance_document.h"
#include "daemon/status_databases.h"
#include "daemon/status_recorded.h"

namespace scv::daemon {
namespace {

namespace json = boost::json;
using control::FleetEngine;
using lab::PartKind;

template <typename Spec>
const Spec* SpecOf(const lab::Part& part) {
  return std::get_if<Spec>(&part.spec);
}

std::string PhaseOf(const ControlLoop::View& view, const lab::PartKey& key) {
  const auto found = view.parts.find(key);
  return std::string(Name(found == view.parts.end() ? lab::Phase::kAbsent : found->second.phase));
}

std::string DetailOf(const ControlLoop::View& view, const lab::PartKey& key) {
  const auto found = view.parts.find(key);
  return found == view.parts.end() ? "" : found->second.detail;
}

std::string PublicAddressOf(const ControlLoop::View& view, std::string_view private_address) {
  for (const auto& part : view.plan.parts) {
    const auto* router = SpecOf<lab::RouterSpec>(part);
    if (router == nullptr) continue;
    for (const auto& entry : router->public_addresses) {
      if (entry.private_address == private_address) return entry.address;
    }
  }
  return "";
}

json::array LoadBalancers(const ControlLoop::View& view, const std::string& region) {
  std::map<std::string, json::object> found;
  for (const auto& part : view.plan.parts) {
    const auto* node = SpecOf<lab::LoadBalancerNodeSpec>(part);
    if (node == nullptr || node->region != region) continue;
    auto& balancer = found[node->load_balancer];
    if (balancer.empty()) {
      const auto* resource = view.state.Find(region, "aws_lb", node->arn);
      balancer["name"] = node->load_balancer;
      balancer["internal"] = node->internal;
      balancer["dns_name"] =
          resource == nullptr ? "" : aws::String(resource->attributes, "dns_name");
      balancer["nodes"] = json::array();
    }
    balancer["nodes"].as_array().push_back(
        {{"name", part.key.name},
         {"zone", node->zone},
         {"address", node->interface.address},
         {"public_address", PublicAddressOf(view, node->interface.address)},
         {"phase", PhaseOf(view, part.key)},
         {"detail", DetailOf(view, part.key)}});
  }
  json::array balancers;
  for (auto& [name, balancer] : found) balancers.push_back(std::move(balancer));
  return balancers;
}

std::string HealthWord(const control::InstanceView& instance) {
  switch (instance.elb) {
    case control::ElbHealth::kNone:
      return instance.dead() ? "dead" : "no load balancer";
    case control::ElbHealth::kWaiting:
      return "waiting";
    case control::ElbHealth::kHealthy:
      return "healthy";
    case control::ElbHealth::kSplit:
      return "split";
    case control::ElbHealth::kUnhealthy:
      return "unhealthy";
  }
  return "?";
}

// Of what the instance type promises, since it was launched: the total counts from there, whichever
// daemon has seen it start.
std::int64_t CpuPercent(const control::InstanceView& instance, int cpu_millis) {
  const Millis ran = instance.cpu_at - instance.record.launched_at;
  if (instance.running_since == 0 || ran <= 0 || cpu_millis <= 0) return 0;
  return instance.cpu_micros_total * 100 / (ran * cpu_millis);
}

json::object InstanceJson(const FleetEngine::Group& group, const control::InstanceView& instance,
                          Millis now) {
  const auto& record = instance.record;
  json::object object{{"id", record.id},
                      {"zone", record.zone},
                      {"address", record.address},
                      {"lifecycle", Name(record.lifecycle)},
                      {"phase", Name(instance.phase)},
                      {"health", HealthWord(instance)},
                      {"version", record.launch_template_version},
                      {"age_ms", now - record.launched_at},
                      {"cpu_percent", CpuPercent(instance, group.desired.cpu_millis)},
                      {"reason", record.reason}};
  std::int64_t requests = 0, errors = 0, sessions = 0;
  for (const auto& target : instance.targets) {
    requests += target.requests_total;
    errors += target.errors_5xx_total;
    sessions += target.sessions;
  }
  object["requests_total"] = requests;
  object["errors_5xx_total"] = errors;
  object["sessions"] = sessions;
  return object;
}

json::array Fleets(const ControlLoop::View& view, const std::string& region) {
  json::array fleets;
  for (const auto& [key, group] : view.groups) {
    if (key.region != region) continue;
    json::object fleet{{"name", key.name},
                       {"min", group.desired.min_size},
                       {"max", group.desired.max_size},
                       {"desired", group.memory.capacity},
                       {"in_service", group.observed.in_service()},
                       {"pending", group.observed.pending()},
                       {"terminating", group.observed.terminating()},
                       {"missing", group.status.missing}};
    fleet["activity"] =
        group.memory.activities.empty() ? "" : group.memory.activities.back().description;
    const auto& refresh = group.memory.refresh;
    fleet["refresh"] = {{"status", Name(refresh.status)},
                        {"version", refresh.version},
                        {"percentage", refresh.percentage},
                        {"reason", refresh.reason}};
    json::array instances;
    for (const auto& [id, instance] : group.observed.instances()) {
      instances.push_back(InstanceJson(group, instance, view.now));
    }
    fleet["instances"] = std::move(instances);
    fleets.push_back(std::move(fleet));
  }
  return fleets;
}

// The records of the account's own zones, as people asked for them: each once, wherever it is seen.
json::array Names(const ControlLoop::View& view) {
  json::array names;
  std::set<lab::RecordSpec> listed;
  for (const auto& part : view.plan.parts) {
    const auto* spec = SpecOf<lab::NamesSpec>(part);
    if (spec == nullptr) continue;
    for (const auto& zone : view.state.List(aws::kGlobal, "aws_route53_zone")) {
      const auto found = spec->zones.find(aws::String(zone->attributes, "name"));
      if (found == spec->zones.end()) continue;
      for (const auto& record : found->second) {
        if (record.type == "SOA" || record.type == "NS" || !listed.insert(record).second) continue;
        names.push_back({{"name", record.name},
                         {"type", record.type},
                         {"ttl", record.ttl},
                         {"values", json::array(record.values.begin(), record.values.end())}});
      }
    }
  }
  return names;
}

json::array Certificates(const ControlLoop::View& view, const std::string& region) {
  json::array certificates;
  for (const auto& resource : view.state.List(region, "aws_acm_certificate")) {
    const lab::PartKey key{PartKind::kCertificate, region, resource->key.id};
    const auto* part = view.plan.Find(key);
    json::array names{aws::String(resource->attributes, "domain_name")};
    for (const auto& name : aws::Strings(resource->attributes, "subject_alternative_names")) {
      if (name != names.front().as_string()) names.emplace_back(name);
    }
    const bool issued = part != nullptr && PhaseOf(view, key) == "running";
    certificates.push_back({{"arn", resource->key.id},
                            {"names", std::move(names)},
                            {"phase", issued ? "issued" : "pending validation"}});
  }
  return certificates;
}

json::array Vpcs(const ControlLoop::View& view, const std::string& region) {
  json::array vpcs;
  for (const auto& vpc : view.state.List(region, "aws_vpc")) {
    vpcs.emplace_back(vpc->key.id + " " + aws::String(vpc->attributes, "cidr_block"));
  }
  return vpcs;
}

json::array Unsettled(const std::map<aws::ResourceKey, Progress>& progress) {
  json::array pending;
  for (const auto& [key, found] : progress) {
    if (found.status == aws::Status::kAvailable || found.status == aws::Status::kRecorded) continue;
    pending.push_back({{"type", key.type},
                       {"id", key.id},
                       {"region", key.region},
                       {"status", Name(found.status)},
                       {"reason", found.reason}});
  }
  return pending;
}

std::set<std::string> Regions(const aws::DesiredState& state) {
  std::set<std::string> regions;
  for (const auto& [key, resource] : state.all()) {
    if (key.region != aws::kGlobal) regions.insert(key.region);
  }
  return regions;
}

}  // namespace

json::object StatusJson(const ControlLoop::View& view,
                        const std::map<aws::ResourceKey, Progress>& progress) {
  json::array regions;
  for (const auto& region : Regions(view.state)) {
    regions.push_back({{"region", region},
                       {"vpcs", Vpcs(view, region)},
                       {"load_balancers", LoadBalancers(view, region)},
                       {"fleets", Fleets(view, region)},
                       {"databases", DatabaseNodes(view, region)},
                       {"certificates", Certificates(view, region)}});
  }
  auto recorded = RecordedTypes(progress);
  json::array names;
  for (const auto& one : recorded) names.push_back(one.as_object().at("type"));
  return {{"regions", std::move(regions)},        {"names", Names(view)},
          {"databases", DatabaseClusters(view)},  {"health_checks", HealthChecks(view)},
          {"resources", view.state.all().size()}, {"pending", Unsettled(progress)},
          {"recorded", std::move(recorded)},      {"recorded_only", std::move(names)}};
}

json::object PlanJson(const ControlLoop::View& view,
                      const std::map<aws::ResourceKey, Progress>& progress) {
  json::array parts;
  for (const auto& part : view.plan.parts) {
    const auto found = view.parts.find(part.key);
    const bool changing = found != view.parts.end() && found->second.in_flight.has_value();
    parts.push_back({{"kind", Name(part.key.kind)},
                     {"region", part.key.region},
                     {"name", part.key.name},
                     {"phase", PhaseOf(view, part.key)},
                     {"changing", changing},
                     {"detail", DetailOf(view, part.key)},
                     {"reason", part.reason}});
  }
  for (const auto& [key, observed] : view.parts) {
    if (view.plan.Find(key) != nullptr || observed.phase == lab::Phase::kAbsent) continue;
    parts.push_back({{"kind", Name(key.kind)},
                     {"region", key.region},
                     {"name", key.name},
                     {"phase", Name(observed.phase)},
                     {"changing", observed.in_flight.has_value()},
                     {"detail", observed.detail},
                     {"reason", "not wanted any more: to be taken down"}});
  }
  return {{"parts", std::move(parts)}, {"pending", Unsettled(progress)}};
}

}  // namespace scv::daemon
