#include <algorithm>

#include "world/sim/simulate.h"

namespace scv::world::sim {
namespace {

using control::AdjustmentType;
using control::AlarmRule;
using control::Comparison;
using control::GroupDesired;
using control::PolicyKind;
using control::ScalingPolicy;

constexpr int kVersions = 3;

void MakeZones(Random& random, GroupDesired& group) {
  const auto zones = random.Between(1, 3);
  for (int i = 0; i < zones; ++i) {
    const std::string letter(1, static_cast<char>('a' + i));
    group.subnets.push_back({"subnet-" + letter, "sim-1" + letter});
  }
}

ScalingPolicy Tracking(bool requests) {
  ScalingPolicy policy;
  policy.name = requests ? "requests" : "cpu";
  policy.kind = PolicyKind::kTargetTracking;
  policy.tracking.metric =
      requests ? control::MetricKey(control::kRequestCount, "tg") : std::string("CPUUtilization");
  policy.tracking.per_target = requests;
  policy.tracking.target = requests ? 60'000 : 50;
  return policy;
}

AlarmRule CpuAlarm(const char* name, Comparison comparison, double threshold, int periods) {
  AlarmRule rule;
  rule.name = name;
  rule.metric = control::kCpuUtilization;
  rule.comparison = comparison;
  rule.threshold = threshold;
  rule.evaluation_periods = rule.datapoints_to_alarm = periods;
  rule.actions = {rule.name};
  return rule;
}

ScalingPolicy AlarmPolicy(const char* name, PolicyKind kind, int adjustment) {
  ScalingPolicy policy;
  policy.name = policy.arn = name;
  policy.kind = kind;
  policy.adjustment = adjustment;
  if (adjustment > 0) policy.steps = {{0.0, 20.0, 1}, {20.0, {}, 2}};
  if (adjustment < 0) policy.steps = {{{}, 0.0, -1}};
  return policy;
}

void MakePolicies(Random& random, GroupDesired& group) {
  const auto kind = random.Between(0, 5);
  if (kind == 1 || kind == 5) group.policies.push_back(Tracking(false));
  if (kind == 2 || kind == 5) group.policies.push_back(Tracking(true));
  if (kind != 3 && kind != 4) return;
  const auto how = kind == 3 ? PolicyKind::kStep : PolicyKind::kSimple;
  group.policies.push_back(AlarmPolicy("out", how, 1));
  group.policies.push_back(AlarmPolicy("in", how, -1));
  group.alarms.push_back(CpuAlarm("out", Comparison::kGreaterOrEqual, 70, 2));
  group.alarms.push_back(CpuAlarm("in", Comparison::kLessOrEqual, 20, 5));
}

GroupDesired MakeGroup(Random& random) {
  GroupDesired group;
  group.key = {"sim-1", "fleet"};
  group.vpc_id = "vpc-1";
  group.launch_template_id = "lt-1";
  group.launch_template_version = "1";
  group.wanted_version = 1;
  group.latest_version = kVersions;
  group.min_size = static_cast<int>(random.Between(1, 4));
  group.max_size = group.min_size + static_cast<int>(random.Between(1, 8));
  group.desired_capacity = static_cast<int>(random.Between(group.min_size, group.max_size));
  group.elb_health = random.Chance(0.8);
  group.grace = 120'000;
  group.default_warmup = random.Between(0, 300) * 1'000;
  group.default_cooldown = random.Between(30, 300) * 1'000;
  group.targets.resize(1);
  group.targets[0].arn = "arn:tg";
  group.targets[0].name = "tg";
  group.targets[0].attached = true;
  if (random.Chance(0.5)) {
    for (const char* node : {"lb/sim-1a", "lb/sim-1b"}) {
      group.targets[0].nodes.push_back({lab::PartKind::kLoadBalancerNode, "sim-1", node});
    }
  }
  group.targets[0].deregistration_delay = random.Between(0, 60) * 1'000;
  group.refresh_on_change = random.Chance(0.9);
  group.refresh.min_healthy_percentage = static_cast<int>(random.Between(5, 10) * 10);
  group.refresh.max_healthy_percentage = static_cast<int>(random.Between(10, 15) * 10);
  group.refresh.auto_rollback = random.Chance(0.7);
  group.refresh.skip_matching = random.Chance(0.5);
  if (random.Chance(0.2)) group.refresh.checkpoint_percentages = {50, 100};
  group.refresh.checkpoint_delay = random.Between(0, 600) * 1'000;
  if (random.Chance(0.1)) group.max_instance_lifetime = random.Between(60, 120) * 1'000;
  MakeZones(random, group);
  MakePolicies(random, group);
  return group;
}

Faults MakeFaults(Random& random, Millis until) {
  const auto some = [&](double most) { return random.Chance(0.5) ? random.Fraction() * most : 0; };
  return {.until = until,
          .boot_failure = some(0.4),
          .slow_start = some(0.5),
          .crash = some(0.03),
          .hang = some(0.02),
          .flap = some(0.01),
          .node_crash = some(0.02),
          .lost = some(0.3),
          .doubled = some(0.3),
          .delayed = some(0.3)};
}

void MakeHappenings(Random& random, Scenario& scenario) {
  const auto some = random.Between(0, 4);
  for (int i = 0; i < some; ++i) {
    Happening happening;
    happening.after = random.Between(5'000, scenario.calm_after);
    happening.kind = static_cast<Happening::Kind>(random.Between(0, 3));
    if (happening.kind == Happening::Kind::kCapacity) {
      happening.number =
          static_cast<int>(random.Between(scenario.group.min_size, scenario.group.max_size));
    }
    if (happening.kind == Happening::Kind::kVersion) {
      happening.number = static_cast<int>(random.Between(2, kVersions));
    }
    if (happening.kind == Happening::Kind::kLoad) {
      happening.number = static_cast<int>(random.Between(0, 8'000));
    }
    scenario.happenings.push_back(happening);
  }
  std::sort(scenario.happenings.begin(), scenario.happenings.end(),
            [](const auto& a, const auto& b) { return a.after < b.after; });
}

}  // namespace

Scenario MakeScenario(std::uint64_t seed) {
  Random random(seed);
  Scenario scenario;
  scenario.seed = seed;
  scenario.group = MakeGroup(random);
  auto& world = scenario.world;
  world.seed = seed ^ 0x5eed;
  world.faults = MakeFaults(random, world.start + scenario.calm_after);
  world.requests_per_second = static_cast<double>(random.Between(0, 4'000));
  // 1,000 requests a second make an instance's core half busy.
  world.cpu_micros_per_request = 500;
  if (random.Chance(0.3) && scenario.group.subnets.size() > 1) {
    const Millis from = world.start + random.Between(1'000, 40'000);
    world.outages.push_back({.zone = scenario.group.subnets.back().zone,
                             .from = from,
                             .to = from + random.Between(1'000, 20'000)});
  }
  MakeHappenings(random, scenario);
  for (int version = 2; version <= kVersions; ++version) {
    if (!random.Chance(0.3)) continue;
    scenario.broken_versions.insert(version);
    auto& how = random.Chance(0.5) ? world.broken_at_boot : world.broken_silently;
    how.insert("version=" + std::to_string(version));
  }
  return scenario;
}

std::string Describe(const Scenario& scenario) {
  const auto& group = scenario.group;
  std::string text = "seed " + std::to_string(scenario.seed) + ": min " +
                     std::to_string(group.min_size) + ", max " + std::to_string(group.max_size) +
                     ", desired " + std::to_string(*group.desired_capacity) + ", " +
                     std::to_string(group.subnets.size()) + " zones, " +
                     (group.elb_health ? "ELB" : "EC2") + " health, policies:";
  for (const auto& policy : group.policies) text += " " + policy.name;
  if (group.policies.empty()) text += " none";
  for (const auto& happening : scenario.happenings) {
    static constexpr const char* kWords[] = {"capacity", "version", "load", "restart"};
    text += ", at " + std::to_string(happening.after) + " ms " +
            kWords[static_cast<int>(happening.kind)] + " " + std::to_string(happening.number);
  }
  for (const int version : scenario.broken_versions) {
    text += ", version " + std::to_string(version) + " is broken";
  }
  return text;
}

}  // namespace scv::world::sim
