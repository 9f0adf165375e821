#include "world/sim/sim_world.h"

#include <algorithm>
#include <utility>

namespace scv::world::sim {
namespace {

using lab::PartKind;
using lab::Phase;
using lab::TargetHealth;

constexpr Millis kSecond = 1'000;

}  // namespace

SimWorld::SimWorld(Settings settings)
    : settings_(std::move(settings)), random_(settings_.seed), now_(settings_.start) {
  for (const auto& outage : settings_.outages) {
    At(outage.from, [this, zone = outage.zone] {
      for (auto& [id, instance] : instances_) {
        if (instance.spec.zone == zone) Die(instance, "the zone failed");
      }
    });
  }
  At(now_ + kSecond, [this] { Tick(); });
}

void SimWorld::At(Millis at, std::function<void()> what) {
  queue_.push({.at = std::max(at, now_), .order = ++order_, .what = std::move(what)});
}

bool SimWorld::Step(Millis until) {
  if (queue_.empty() || queue_.top().at > until) {
    now_ = std::max(now_, until);
    return false;
  }
  auto event = queue_.top();
  queue_.pop();
  now_ = event.at;
  ++events_;
  event.what();
  return true;
}

void SimWorld::Act(lab::Action action) {
  if (action.kind == lab::Action::Kind::kTakeDown) {
    TakeDown(action.part.key);
  } else if (const auto* instance = std::get_if<lab::InstanceSpec>(&action.part.spec)) {
    Make(action, *instance);
  } else if (const auto* node = std::get_if<lab::LoadBalancerNodeSpec>(&action.part.spec)) {
    // A node takes up its configuration a moment later, and goes on serving meanwhile.
    At(now_ + random_.Between(5, 60), [this, key = action.part.key, spec = *node,
                                       revision = action.revision] { Apply(key, spec, revision); });
  }
}

void SimWorld::Make(const lab::Action& action, const lab::InstanceSpec& spec) {
  const auto [place, added] = instances_.try_emplace(spec.id);
  if (!added) return;
  auto& instance = place->second;
  instance.key = action.part.key;
  instance.spec = spec;
  instance.revision = action.revision;
  Say(instance);
  At(now_ + random_.Between(settings_.boot_least, settings_.boot_most),
     [this, id = spec.id] { Boot(id); });
}

void SimWorld::Boot(const std::string& id) {
  const auto found = instances_.find(id);
  if (found == instances_.end() || found->second.phase != Phase::kStarting) return;
  auto& instance = found->second;
  const bool fails = Faulty() && random_.Chance(settings_.faults.boot_failure);
  if (fails || OutageIn(instance.spec.zone) ||
      settings_.broken_at_boot.contains(instance.spec.user_data)) {
    Die(instance, "user data failed");
    return;
  }
  instance.phase = Phase::kRunning;
  const bool slow = Faulty() && random_.Chance(settings_.faults.slow_start);
  instance.answers_from = now_ + random_.Between(20, slow ? 8'000 : 400);
  instance.never_answers = settings_.broken_silently.contains(instance.spec.user_data);
  Say(instance);
}

void SimWorld::Die(Instance& instance, std::string why) {
  if (instance.phase != Phase::kRunning && instance.phase != Phase::kStarting) return;
  instance.phase = Phase::kFailed;
  instance.detail = std::move(why);
  Say(instance);
}

void SimWorld::TakeDown(const lab::PartKey& key) {
  const auto found = instances_.find(key.name);
  if (found == instances_.end() || found->second.gone_at != 0) return;
  auto& instance = found->second;
  for (const auto& [node_key, node] : nodes_) {
    for (const auto& [target, check] : node.checks) {
      const bool sends = node.phase == Phase::kRunning && target.second == key.name &&
                         check.health == TargetHealth::kHealthy;
      if (sends && Answers(key.name)) {
        violation_ = key.name + " was taken down while " + node_key.name + " sent it requests";
      }
    }
  }
  instance.phase = Phase::kAbsent;
  instance.gone_at = now_;
  At(now_ + random_.Between(5, 50), [this, id = key.name] {
    if (const auto gone = instances_.find(id); gone != instances_.end()) Say(gone->second);
  });
}

void SimWorld::Apply(const lab::PartKey& key, lab::LoadBalancerNodeSpec spec,
                     std::uint64_t revision) {
  const auto [place, added] = nodes_.try_emplace(key);
  auto& node = place->second;
  if (!added && node.revision >= revision) return;
  node.revision = revision;
  decltype(node.checks) checks;
  for (const auto& group : spec.target_groups) {
    for (const auto& target : group.targets) {
      const std::pair name(group.name, target.id);
      auto& check = checks[name];
      if (const auto before = node.checks.find(name); before != node.checks.end()) {
        check = before->second;
      }
      if (target.draining && check.health != TargetHealth::kDraining) {
        // Requests in flight take up to a second and a half to end.
        if (check.health == TargetHealth::kHealthy) {
          check.drains_until = now_ + random_.Between(0, 1'500);
        }
        check.health = TargetHealth::kDraining;
      }
    }
  }
  node.spec = std::move(spec);
  node.checks = std::move(checks);
  if (added) {
    node.phase = Phase::kRunning;
    At(now_ + random_.Between(50, 500), [this, key] { CheckTargets(key); });
  }
  Say(key, node);
}

bool SimWorld::Answers(const std::string& id) const {
  const auto found = instances_.find(id);
  if (found == instances_.end()) return false;
  const auto& instance = found->second;
  if (instance.phase != Phase::kRunning || instance.never_answers) return false;
  if (now_ < instance.answers_from || now_ < instance.silent_until) return false;
  return now_ >= instance.flaps_until || (now_ / 1'700) % 2 == 0;
}

bool SimWorld::OutageIn(const std::string& zone) const {
  return std::any_of(settings_.outages.begin(), settings_.outages.end(), [&](const auto& outage) {
    return outage.zone == zone && now_ >= outage.from && now_ < outage.to;
  });
}

bool SimWorld::CheckOne(Node& node, const lab::TargetGroupSpec& group,
                        const lab::TargetSpec& target) {
  auto& check = node.checks[{group.name, target.id}];
  if (check.health == TargetHealth::kDraining) return false;
  const bool good = Answers(target.id);
  check.good = good ? check.good + 1 : 0;
  check.bad = good ? 0 : check.bad + 1;
  const auto before = check.health;
  // The first success counts at once, as with AWS's newly registered targets.
  if (good &&
      (before == TargetHealth::kInitial || check.good >= group.health_check.healthy_threshold)) {
    check.health = TargetHealth::kHealthy;
  }
  if (check.bad >= group.health_check.unhealthy_threshold) check.health = TargetHealth::kUnhealthy;
  return check.health != before;
}

void SimWorld::CheckTargets(const lab::PartKey& key) {
  auto& node = nodes_.at(key);
  Millis interval = kSecond / 2;
  bool changed = false;
  if (node.phase == Phase::kRunning) {
    for (const auto& group : node.spec.target_groups) {
      interval = group.health_check.interval.count();
      for (const auto& target : group.targets) changed |= CheckOne(node, group, target);
    }
  }
  if (changed) Say(key, node);
  At(now_ + interval, [this, key] { CheckTargets(key); });
}

void SimWorld::BreakSomething() {
  const auto& faults = settings_.faults;
  for (auto& [id, instance] : instances_) {
    if (instance.phase != Phase::kRunning) continue;
    if (random_.Chance(faults.crash)) Die(instance, "exited with status 1");
    if (random_.Chance(faults.hang)) instance.silent_until = now_ + random_.Between(500, 15'000);
    if (random_.Chance(faults.flap)) instance.flaps_until = now_ + random_.Between(2'000, 20'000);
  }
  for (auto& [key, node] : nodes_) {
    if (node.phase != Phase::kRunning || !random_.Chance(faults.node_crash)) continue;
    node.phase = Phase::kFailed;
    Say(key, node);
    At(now_ + random_.Between(200, 5'000), [this, key = key] {
      auto& back = nodes_.at(key);
      back.phase = Phase::kRunning;
      for (auto& [name, check] : back.checks) {
        if (check.health != TargetHealth::kDraining) check.health = TargetHealth::kInitial;
      }
      Say(key, back);
    });
  }
}

// A second's requests, shared by the healthy targets of the running nodes.
void SimWorld::Serve() {
  std::vector<std::pair<Check*, Instance*>> serving;
  for (auto& [key, node] : nodes_) {
    if (node.phase != Phase::kRunning) continue;
    for (auto& [name, check] : node.checks) {
      const auto found = instances_.find(name.second);
      if (check.health == TargetHealth::kHealthy && found != instances_.end()) {
        serving.emplace_back(&check, &found->second);
      }
    }
  }
  if (serving.empty()) return;
  const double share = settings_.requests_per_second / static_cast<double>(serving.size());
  const auto count = static_cast<std::int64_t>(share);
  for (auto& [check, instance] : serving) {
    check->requests += count;
    requests_ += count;
    if (Answers(instance->spec.id)) {
      instance->cpu_micros += share * settings_.cpu_micros_per_request;
    } else {
      check->errors += count;
      failed_requests_ += count;
    }
  }
}

void SimWorld::Tick() {
  Serve();
  if (Faulty()) BreakSomething();
  std::erase_if(instances_, [&](const auto& entry) {
    return entry.second.gone_at != 0 && now_ - entry.second.gone_at > 30 * kSecond;
  });
  for (const auto& [id, instance] : instances_) Say(instance);
  for (const auto& [key, node] : nodes_) Say(key, node);
  At(now_ + kSecond, [this] { Tick(); });
}

Result<void> SimWorld::TakeUp() {
  for (const auto& [id, instance] : instances_) Say(instance);
  for (const auto& [key, node] : nodes_) Say(key, node);
  return {};
}

void SimWorld::Say(const Instance& instance) {
  lab::Sighting sighting;
  sighting.key = instance.key;
  sighting.phase = instance.phase;
  sighting.revision = instance.revision;
  sighting.detail = instance.detail;
  sighting.at = now_;
  sighting.cpu_micros_total = static_cast<std::int64_t>(instance.cpu_micros);
  Send(std::move(sighting));
}

void SimWorld::Say(const lab::PartKey& key, const Node& node) {
  lab::Sighting sighting;
  sighting.key = key;
  sighting.phase = node.phase;
  sighting.revision = node.revision;
  sighting.at = now_;
  if (node.phase == Phase::kRunning) {
    for (const auto& [name, check] : node.checks) {
      sighting.targets.push_back({.target_group = name.first,
                                  .target = name.second,
                                  .health = check.health,
                                  .reason = "L4TOUT",
                                  .sessions = now_ < check.drains_until ? 1 : 0,
                                  .requests_total = check.requests,
                                  .errors_5xx_total = check.errors});
    }
  }
  Send(std::move(sighting));
}

void SimWorld::Send(lab::Sighting sighting) {
  if (!sink_) return;
  const auto& faults = settings_.faults;
  if (Faulty() && random_.Chance(faults.lost)) return;
  const bool doubled = Faulty() && random_.Chance(faults.doubled);
  const bool late = Faulty() && random_.Chance(faults.delayed);
  const auto deliver = [this](const lab::Sighting& what, Millis at) {
    At(at, [this, what] { sink_(what); });
  };
  deliver(sighting, now_ + (late ? random_.Between(1, 3'000) : 1));
  if (doubled) deliver(sighting, now_ + random_.Between(1, 1'000));
}

}  // namespace scv::world::sim
