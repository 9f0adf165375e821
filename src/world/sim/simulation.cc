#include "world/sim/simulation.h"

#include <algorithm>
#include <utility>

#include "control/placement.h"
#include "control/refresh.h"

namespace scv::world::sim {
namespace {

using control::Lifecycle;

constexpr const char* kNodeZones[] = {"sim-1a", "sim-1b"};
// More plans at one instant than this are a circle.
constexpr int kPlansAtOnce = 50;

lab::PartKey InstanceKey(const std::string& id) { return {lab::PartKind::kInstance, "sim-1", id}; }

std::string_view Word(Lifecycle lifecycle) {
  static constexpr std::string_view kWords[] = {"pending", "in service", "terminating",
                                                "terminated"};
  return kWords[static_cast<int>(lifecycle)];
}

}  // namespace

Simulation::Simulation(const Scenario& scenario, bool tell_story)
    : scenario_(scenario),
      tell_story_(tell_story),
      desired_(scenario.group),
      world_(scenario.world),
      engine_(control::Pace{}) {
  outcome_.history_hash = 0xcbf29ce484222325;
  world_.OnSighting([this](const lab::Sighting& sighting) { Hear(sighting); });
  for (const auto& happening : scenario.happenings) {
    world_.At(scenario.world.start + happening.after, [this, happening] { Happen(happening); });
  }
  engine_.PutGroup(desired_);
  ConfigureNodes();
}

void Simulation::Tell(std::string line) {
  line = std::to_string(Since()) + " ms: " + line;
  for (const unsigned char c : line) {
    outcome_.history_hash = (outcome_.history_hash ^ c) * 0x100000001b3;
  }
  if (tell_story_) outcome_.story.push_back(std::move(line));
}

void Simulation::Violate(std::string what) {
  if (Violated()) return;
  Tell("VIOLATION " + what);
  outcome_.violation = "at " + std::to_string(Since()) + " ms: " + std::move(what);
}

void Simulation::Hear(const lab::Sighting& sighting) {
  engine_.See(sighting);
  const bool gone = sighting.key.kind == lab::PartKind::kInstance &&
                    sighting.phase == lab::Phase::kAbsent &&
                    taken_down_.contains(sighting.key.name);
  if (gone) engine_.RemoveRecord(sighting.key.name);
}

void Simulation::Happen(const Happening& happening) {
  switch (happening.kind) {
    case Happening::Kind::kCapacity:
      desired_.desired_capacity = happening.number;
      Tell("Terraform wants " + std::to_string(happening.number));
      break;
    case Happening::Kind::kVersion:
      desired_.wanted_version = happening.number;
      desired_.launch_template_version = std::to_string(happening.number);
      Tell("Terraform wants version " + std::to_string(happening.number));
      break;
    case Happening::Kind::kLoad:
      world_.SetLoad(happening.number);
      Tell("load is " + std::to_string(happening.number));
      break;
    case Happening::Kind::kRestart:
      Restart();
      break;
  }
  engine_.PutGroup(desired_);
}

// What the daemon does after kill -9: only what was durable is left.
void Simulation::Restart() {
  Tell("the daemon restarts");
  auto memory = control::ParseGroupMemory(stored_memory_);
  if (!memory) {
    Violate(memory.error().message);
    return;
  }
  control::FleetEngine again(control::Pace{});
  again.PutGroup(desired_);
  again.Remember(desired_.key, *std::move(memory));
  for (const auto& [id, view] : group().observed.instances()) {
    again.PutRecord(view.record, world_.Now());
  }
  engine_ = std::move(again);
  static_cast<void>(world_.TakeUp());
}

void Simulation::ConfigureNodes() {
  lab::TargetGroupSpec targets;
  targets.name = "tg";
  targets.arn = "arn:tg";
  targets.health_check.interval = lab::milliseconds(500);
  targets.health_check.healthy_threshold = 2;
  for (const auto& registration : engine_.Registrations()) {
    lab::TargetSpec target;
    target.id = registration.instance;
    target.draining = registration.draining;
    targets.targets.push_back(std::move(target));
  }
  ++revision_;
  for (const auto* zone : kNodeZones) {
    lab::LoadBalancerNodeSpec spec;
    spec.load_balancer = "lb";
    spec.region = "sim-1";
    spec.zone = zone;
    spec.target_groups = {targets};
    lab::Action action;
    action.kind = lab::Action::Kind::kChange;
    action.part.key = {lab::PartKind::kLoadBalancerNode, "sim-1", std::string("lb/") + zone};
    action.part.spec = std::move(spec);
    action.revision = revision_;
    world_.Act(std::move(action));
  }
}

void Simulation::LaunchAll(const control::GroupPlan& plan) {
  for (const auto& launch : plan.launches) {
    ++outcome_.launches;
    control::InstanceRecord record;
    record.id = "i-" + std::to_string(next_id_++);
    record.region = launch.group.region;
    record.group = launch.group.name;
    record.zone = launch.zone;
    record.subnet_id = launch.subnet_id;
    record.launch_template_id = launch.launch_template_id;
    record.launch_template_version = launch.launch_template_version;
    record.launched_at = world_.Now();
    Tell("launch " + record.id + " in " + record.zone + " with version " +
         std::to_string(record.launch_template_version) + ": " + launch.reason);
    engine_.PutRecord(record, world_.Now());
    lab::InstanceSpec spec;
    spec.id = record.id;
    spec.region = record.region;
    spec.zone = record.zone;
    spec.user_data = "version=" + std::to_string(record.launch_template_version);
    lab::Action action;
    action.part.key = InstanceKey(record.id);
    action.part.spec = std::move(spec);
    world_.Act(std::move(action));
  }
}

void Simulation::CarryOut(const control::GroupPlan& plan) {
  if (plan.memory_changed) stored_memory_ = control::ToJson(plan.memory);
  for (const auto& activity : plan.activities) {
    Tell(activity.description + " (" + activity.cause.substr(28) + ")");
    if (activity.description.starts_with("Setting desired")) ++capacity_changes_;
  }
  LaunchAll(plan);
  for (const auto& record : plan.records) {
    Tell(record.id + " is " + std::string(Word(record.lifecycle)));
    if (record.lifecycle != Lifecycle::kTerminated) continue;
    taken_down_.insert(record.id);
    lab::Action action;
    action.kind = lab::Action::Kind::kTakeDown;
    action.part.key = InstanceKey(record.id);
    world_.Act(std::move(action));
  }
  if (plan.registrations_changed) ConfigureNodes();
}

void Simulation::DecideAll() {
  for (int round = 0; !Violated(); ++round) {
    const auto wake = engine_.NextWake();
    if (!wake || *wake > world_.Now()) return;
    if (round > kPlansAtOnce) return Violate("the decisions go in a circle");
    const int healthy_before = group().observed.healthy();
    for (const auto& plan : engine_.Decide(world_.Now())) {
      CheckPlan(plan, healthy_before);
      CarryOut(plan);
    }
  }
}

void Simulation::CheckPlan(const control::GroupPlan& plan, int healthy_before) {
  const auto& observed = group().observed;
  const int capacity = plan.memory.capacity;
  if (capacity < desired_.min_size || capacity > desired_.max_size) {
    Violate("the capacity " + std::to_string(capacity) + " is out of bounds");
  }
  const auto bounds = control::BoundsOf(desired_.refresh, capacity);
  const bool refreshes =
      plan.memory.refresh.active() || plan.memory.refresh.ended_at == world_.Now();
  const int floor = refreshes ? bounds.floor : capacity;
  int healthy_taken = 0;
  for (const auto& record : plan.records) {
    const auto* view = observed.Find(record.id);
    const bool leaves =
        record.lifecycle == Lifecycle::kTerminating || record.lifecycle == Lifecycle::kTerminated;
    // The engine has the record as it is to be; healthy otherwise means it was taken while so.
    const bool fit = view != nullptr && !view->dead() && view->in_service_since != 0 &&
                     view->elb != control::ElbHealth::kUnhealthy;
    if (leaves && fit && record.terminating_since == world_.Now()) ++healthy_taken;
  }
  if (healthy_taken > 0 && observed.healthy() < std::min(floor, healthy_before)) {
    Violate("our own action left " + std::to_string(observed.healthy()) + " healthy, " +
            std::to_string(floor) + " must stay");
  }
  int ceiling = std::max(capacity + 1, capacity * 11 / 10);
  if (refreshes) ceiling = std::max(ceiling, bounds.ceiling);
  const int total = observed.counted() + static_cast<int>(plan.launches.size());
  if (!plan.launches.empty() && total > ceiling) {
    Violate("launches made it " + std::to_string(total) + " instances, " + std::to_string(ceiling) +
            " may be");
  }
}

std::string Simulation::Unrest() const {
  const auto& observed = group().observed;
  const auto& memory = group().memory;
  if (memory.refresh.active()) return "a refresh goes on";
  if (observed.pending() > 0) return "instances are pending";
  if (static_cast<int>(observed.instances().size()) != observed.in_service()) {
    return "instances are on their way out";
  }
  if (observed.healthy() != memory.capacity || observed.in_service() != memory.capacity) {
    return std::to_string(observed.healthy()) + " healthy of " +
           std::to_string(observed.in_service()) + " in service for a capacity of " +
           std::to_string(memory.capacity);
  }
  if (control::Imbalance(desired_.subnets, observed.by_zone()) > 1) return "zones are unbalanced";
  return "";
}

bool Simulation::AtRest() const { return Unrest().empty(); }

bool Simulation::Hopeless() const {
  return scenario_.broken_versions.contains(group().memory.version);
}

void Simulation::Converge() {
  const Millis deadline = scenario_.world.start + scenario_.calm_after + scenario_.converge_in;
  const Millis calm = scenario_.world.start + scenario_.calm_after;
  Millis rests_since = 0;
  while (!Violated() && world_.Now() < deadline) {
    const auto wake = engine_.NextWake();
    const bool happened = world_.Step(std::min(wake.value_or(deadline), deadline));
    if (!world_.violation().empty()) Violate(world_.violation());
    DecideAll();
    if (!happened && world_.Now() >= deadline) break;
    if (world_.Now() < calm || !AtRest()) {
      rests_since = 0;
      continue;
    }
    if (rests_since == 0) rests_since = world_.Now();
    // Long enough for scaling in to have begun, if it is to. A bounded lifetime never lets a group
    // rest for long.
    const Millis enough = desired_.max_instance_lifetime ? 0 : 30'000;
    if (world_.Now() - rests_since >= enough) break;
  }
  outcome_.converged_after = rests_since - scenario_.world.start;
  if (rests_since == 0 && !Hopeless()) Violate("did not converge: " + Unrest());
  // A broken version: what serves stays, and launches become rare.
  if (outcome_.launches > 400) Violate("it never stopped launching");
}

void Simulation::Rest() {
  if (Hopeless() || Violated() || desired_.max_instance_lifetime) return;
  const int launches = outcome_.launches, changes = capacity_changes_;
  const Millis until = world_.Now() + scenario_.rest;
  while (!Violated() && world_.Now() < until) {
    world_.Step(std::min(engine_.NextWake().value_or(until), until));
    DecideAll();
  }
  if (capacity_changes_ - changes > 1 || outcome_.launches - launches > 1) {
    Violate("under constant load it changed its capacity " +
            std::to_string(capacity_changes_ - changes) + " times and launched " +
            std::to_string(outcome_.launches - launches) + " instances");
  }
}

Outcome Simulation::Run() {
  DecideAll();
  Converge();
  Rest();
  outcome_.last_draw = world_.last_draw();
  outcome_.events = world_.events();
  return std::move(outcome_);
}

Outcome Simulate(const Scenario& scenario, bool tell_story) {
  return Simulation(scenario, tell_story).Run();
}

}  // namespace scv::world::sim
