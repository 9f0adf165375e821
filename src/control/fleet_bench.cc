// fleet_bench: how long the fleets' decisions take, by the size of the fleet and by what changed.
//
// Usage: fleet_bench [--json]
// Each figure is the median of several measurements, in milliseconds of processor time.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/fleet.h"

namespace {

using scv::Millis;
using namespace scv::control;  // NOLINT: a program of this room

constexpr int kRounds = 15;

// Processor time of this thread: other load on the machine counts as little as it can.
double CpuMillis() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

class Bench {
 public:
  Bench(int groups, int instances) : instances_(instances) {
    for (int i = 0; i < groups; ++i) MakeGroup("group-" + std::to_string(i));
  }

  // Everything in service, seen healthy by two nodes.
  void Fill() {
    Drain();
    for (const auto& id : ids_) SeeInstance(id, scv::lab::Phase::kRunning);
    Drain();
    SeeNodes();
    Drain();
    now_ += 600'000;
    Drain();
  }

  // The longest single Decide() since the last call of this.
  double TakeLongest() { return std::exchange(longest_, 0); }

  std::size_t Drain() {
    std::size_t plans = 0;
    for (int i = 0; i < 50; ++i) {
      const auto wake = engine_.NextWake();
      if (!wake || *wake > now_) break;
      const double start = CpuMillis();
      const auto plans_now = engine_.Decide(now_);
      longest_ = std::max(longest_, CpuMillis() - start);
      for (const auto& plan : plans_now) {
        ++plans;
        for (const auto& launch : plan.launches) Launched(launch);
      }
    }
    return plans;
  }

  void SeeInstance(const std::string& id, scv::lab::Phase phase) {
    scv::lab::Sighting sighting;
    sighting.key = {scv::lab::PartKind::kInstance, "r", id};
    sighting.phase = phase;
    sighting.at = ++now_;
    sighting.cpu_micros_total = now_ % 1'000'000'000;
    engine_.See(sighting);
  }

  void SeeNode(const char* node) {
    scv::lab::Sighting sighting;
    sighting.key = {scv::lab::PartKind::kLoadBalancerNode, "r", node};
    sighting.phase = scv::lab::Phase::kRunning;
    sighting.at = ++now_;
    for (const auto& registration : engine_.Registrations()) {
      scv::lab::TargetSighting target;
      target.target_group = registration.target_group_arn.substr(4);
      target.target = registration.instance;
      target.health = registration.draining ? scv::lab::TargetHealth::kDraining
                                            : scv::lab::TargetHealth::kHealthy;
      target.requests_total = now_ % 1'000'000;
      sighting.targets.push_back(std::move(target));
    }
    sighting_ = std::move(sighting);
    engine_.See(sighting_);
  }
  void SeeNodes() {
    SeeNode("lb/za");
    SeeNode("lb/zb");
  }
  void SeeSameNodeAgain() {
    sighting_.at = ++now_;
    for (auto& target : sighting_.targets) target.requests_total += 10;
    engine_.See(sighting_);
  }

  void TouchAll() {
    for (auto& desired : desired_) {
      desired.default_cooldown = desired.default_cooldown == 300'000 ? 300'001 : 300'000;
      engine_.PutGroup(desired);
    }
  }
  void SetCapacity(int capacity) {
    desired_[0].desired_capacity = capacity;
    engine_.PutGroup(desired_[0]);
  }
  void WantVersion(int version) {
    desired_[0].wanted_version = version;
    desired_[0].launch_template_version = std::to_string(version);
    engine_.PutGroup(desired_[0]);
  }
  void Pass(Millis time) { now_ += time; }
  const std::string& Id(std::size_t index) const { return ids_.at(index); }
  std::size_t Last() const { return ids_.size() - 1; }

 private:
  void MakeGroup(const std::string& name) {
    GroupDesired group;
    group.key = {"r", name};
    group.vpc_id = "vpc-1";
    group.launch_template_id = "lt-1";
    group.launch_template_version = "1";
    group.wanted_version = 1;
    group.latest_version = 9;
    group.max_size = 20'000;
    group.desired_capacity = instances_;
    group.elb_health = true;
    group.refresh_on_change = true;
    group.targets.resize(1);
    group.targets[0].name = name;
    group.targets[0].arn = "arn:" + name;
    group.targets[0].attached = true;
    for (const char* zone : {"za", "zb", "zc"}) {
      group.subnets.push_back({std::string("subnet-") + zone, zone});
    }
    ScalingPolicy policy;
    policy.name = "cpu";
    policy.kind = PolicyKind::kTargetTracking;
    policy.tracking.metric = kCpuUtilization;
    policy.tracking.target = 50;
    group.policies = {policy};
    engine_.PutGroup(group);
    desired_.push_back(std::move(group));
  }

  void Launched(const Launch& launch) {
    InstanceRecord record;
    char id[32];
    std::snprintf(id, sizeof id, "i-%017zx", ids_.size() + 1);
    record.id = id;
    record.region = launch.group.region;
    record.group = launch.group.name;
    record.zone = launch.zone;
    record.launch_template_id = launch.launch_template_id;
    record.launch_template_version = launch.launch_template_version;
    record.launched_at = now_;
    ids_.push_back(record.id);
    engine_.PutRecord(record, now_);
  }

  double longest_ = 0;
  int instances_;
  FleetEngine engine_{Pace{}};
  std::vector<GroupDesired> desired_;
  std::vector<std::string> ids_;
  scv::lab::Sighting sighting_;
  Millis now_ = 1'700'000'000'000;
};

double Measure(const std::function<void()>& what) {
  const double start = CpuMillis();
  what();
  return CpuMillis() - start;
}

double Median(const std::function<void(int)>& what) {
  std::vector<double> times;
  for (int i = 0; i < kRounds; ++i) times.push_back(Measure([&] { what(i); }));
  std::sort(times.begin(), times.end());
  return times[kRounds / 2];
}

struct Figure {
  std::string fleet, what;
  double milliseconds;  // with the sightings and the records that belong to it
  double longest;       // of it, the longest single decision
};

void Shape(int groups, int instances, std::vector<Figure>& figures) {
  const std::string fleet = std::to_string(groups) + " x " + std::to_string(instances);
  Bench bench(groups, instances);
  const auto add = [&](const char* what, double time) {
    figures.push_back({fleet, what, time, bench.TakeLongest()});
  };
  add("first decision: launch all", Measure([&] { bench.Drain(); }));
  bench.Fill();
  bench.TakeLongest();
  add("all groups touched, nothing to do", Median([&](int) {
        bench.TouchAll();
        bench.Drain();
      }));
  add("one instance dies and is replaced", Median([&](int i) {
        bench.SeeInstance(bench.Id(static_cast<std::size_t>(i) * 7), scv::lab::Phase::kFailed);
        bench.Drain();
      }));
  add("a sighting without news", Median([&](int) {
        bench.SeeInstance(bench.Id(bench.Last() / 2), scv::lab::Phase::kRunning);
        bench.Drain();
      }));
  add("a metric period passes: all policies", Median([&](int) {
        bench.Pass(1'000);
        bench.Drain();
      }));
  bench.SeeNodes();
  add("a node's sighting, every total moved", Median([&](int) {
        bench.SeeSameNodeAgain();
        bench.Drain();
      }));
  add("scale in by a tenth", Measure([&] {
        bench.SetCapacity(instances * 9 / 10);
        bench.Drain();
      }));
  add("a refresh begins", Measure([&] {
        bench.WantVersion(2);
        bench.Drain();
      }));
}

}  // namespace

int main(int argc, char** argv) {
  const bool json = argc == 2 && std::string_view(argv[1]) == "--json";
  if (argc > 1 && !json) {
    std::fputs("Usage: fleet_bench [--json]\n", stderr);
    return 2;
  }
  std::vector<Figure> figures;
  Shape(1, 100, figures);
  Shape(1, 1'000, figures);
  Shape(1, 10'000, figures);
  Shape(100, 100, figures);
  std::fputs(json ? "[" : "", stdout);
  for (const auto& figure : figures) {
    if (json) {
      std::printf(
          "%s{\"fleet\":\"%s\",\"what\":\"%s\",\"milliseconds\":%.4f,"
          "\"longest_decision\":%.4f}",
          &figure == figures.data() ? "" : ",", figure.fleet.c_str(), figure.what.c_str(),
          figure.milliseconds, figure.longest);
    } else {
      std::printf("%-12s %-40s %9.3f ms, longest decision %9.3f ms\n", figure.fleet.c_str(),
                  figure.what.c_str(), figure.milliseconds, figure.longest);
    }
  }
  std::fputs(json ? "]\n" : "", stdout);
  return 0;
}
