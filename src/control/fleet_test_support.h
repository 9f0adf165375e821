// A group with its engine, for tests: launches become records, sightings are made by hand.
#ifndef SCV_CONTROL_FLEET_TEST_SUPPORT_H_
#define SCV_CONTROL_FLEET_TEST_SUPPORT_H_

#include <string>
#include <vector>

#include "control/fleet.h"

namespace scv::control {

inline GroupDesired TestGroup(int capacity, int zones = 2) {
  GroupDesired group;
  group.key = {"r", "g"};
  group.vpc_id = "vpc-1";
  group.launch_template_id = "lt-1";
  group.launch_template_version = "1";
  group.wanted_version = group.latest_version = 1;
  group.min_size = 0;
  group.max_size = 20;
  group.desired_capacity = capacity;
  group.elb_health = true;
  group.default_warmup = 0;
  group.targets.resize(1);
  group.targets[0].arn = "arn:tg";
  group.targets[0].name = "tg";
  group.targets[0].attached = true;
  for (const char* node : {"lb/za", "lb/zb"}) {
    group.targets[0].nodes.push_back({lab::PartKind::kLoadBalancerNode, "r", node});
  }
  for (int i = 0; i < zones; ++i) {
    const std::string letter(1, static_cast<char>('a' + i));
    group.subnets.push_back({"subnet-" + letter, "z" + letter});
  }
  return group;
}

// Time passes only by hand.
class TestFleet {
 public:
  explicit TestFleet(GroupDesired desired, PaceKind pace = PaceKind::kLab)
      : group(std::move(desired)), engine(Pace{pace}) {
    engine.PutGroup(group);
    Decide();
  }

  // Decides until there is nothing more to decide now; returns all plans.
  std::vector<GroupPlan> Decide() {
    std::vector<GroupPlan> all;
    for (int i = 0; i < 20; ++i) {
      const auto wake = engine.NextWake();
      if (!wake || *wake > now) break;
      for (auto& plan : engine.Decide(now)) {
        for (const auto& launch : plan.launches) Launched(launch);
        all.push_back(std::move(plan));
      }
    }
    return all;
  }

  std::vector<GroupPlan> After(Millis time) {
    std::vector<GroupPlan> all;
    const Millis until = now + time;
    while (now < until) {
      const auto wake = engine.NextWake();
      now = std::min(until, std::max(now + 1, wake.value_or(until)));
      for (auto& plan : Decide()) all.push_back(std::move(plan));
    }
    return all;
  }

  void Put() {
    engine.PutGroup(group);
    Decide();
  }

  void See(const std::string& id, lab::Phase phase, std::int64_t cpu_micros = 0) {
    lab::Sighting sighting;
    sighting.key = {lab::PartKind::kInstance, "r", id};
    sighting.phase = phase;
    sighting.at = now;
    sighting.cpu_micros_total = cpu_micros;
    engine.See(sighting);
  }

  // What the load balancer's nodes say of all instances, except as told otherwise.
  void SeeNodes(lab::TargetHealth health, const std::string& except = "",
                lab::TargetHealth its = lab::TargetHealth::kHealthy, std::int64_t requests = 0) {
    for (const char* node : {"lb/za", "lb/zb"}) SeeNode(node, health, except, its, requests);
  }
  void SeeNode(const std::string& node, lab::TargetHealth health, const std::string& except = "",
               lab::TargetHealth its = lab::TargetHealth::kHealthy, std::int64_t requests = 0) {
    lab::Sighting sighting;
    sighting.key = {lab::PartKind::kLoadBalancerNode, "r", node};
    sighting.phase = lab::Phase::kRunning;
    sighting.at = now;
    for (const auto& registration : engine.Registrations()) {
      lab::TargetSighting target;
      target.target_group = "tg";
      target.target = registration.instance;
      target.health = registration.instance == except ? its : health;
      if (registration.draining) target.health = lab::TargetHealth::kDraining;
      target.reason = "L7STS/503";
      target.requests_total = requests;
      sighting.targets.push_back(target);
    }
    engine.See(sighting);
  }

  // Everything that boots comes up healthy, everything that goes is gone, until nothing changes.
  void Settle() {
    for (int i = 0; i < 40; ++i) {
      now += 10;
      for (const auto& [id, view] : Instances()) {
        if (view.record.lifecycle == Lifecycle::kTerminated) {
          gone.push_back(id);
        } else if (!view.dead()) {
          See(id, lab::Phase::kRunning);
        }
      }
      for (const auto& id : gone) engine.RemoveRecord(id);
      Decide();
      SeeNodes(lab::TargetHealth::kHealthy);
      Decide();
    }
  }

  std::map<std::string, InstanceView> Instances() const {
    return engine.Find(group.key)->observed.instances();
  }
  std::vector<std::string> With(Lifecycle lifecycle) const {
    std::vector<std::string> ids;
    for (const auto& [id, view] : Instances()) {
      if (view.record.lifecycle == lifecycle) ids.push_back(id);
    }
    return ids;
  }
  std::map<std::string, int> Zones() const { return engine.Find(group.key)->observed.by_zone(); }
  std::map<int, int> Versions() const { return engine.Find(group.key)->observed.by_version(); }
  const GroupMemory& Memory() const { return engine.Find(group.key)->memory; }
  const FleetEngine::Status& Status() const { return engine.Find(group.key)->status; }

  GroupDesired group;
  FleetEngine engine;
  Millis now = 1'700'000'000'000;
  std::vector<std::string> gone;
  std::vector<InstanceRecord> launched;

 private:
  void Launched(const Launch& launch) {
    InstanceRecord record;
    const auto number = std::to_string(launched.size() + 1);
    record.id = "i-" + std::string(5 - number.size(), '0') + number;
    record.region = launch.group.region;
    record.group = launch.group.name;
    record.zone = launch.zone;
    record.subnet_id = launch.subnet_id;
    record.launch_template_id = launch.launch_template_id;
    record.launch_template_version = launch.launch_template_version;
    record.launched_at = now;
    launched.push_back(record);
    engine.PutRecord(record, now);
  }
};

}  // namespace scv::control

#endif  // SCV_CONTROL_FLEET_TEST_SUPPORT_H_
