#include "control/group_observed.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace scv::control {
namespace {

using lab::Phase;
using lab::TargetHealth;

// What of a view a decision depends on; times only where they decide something by themselves.
auto Relevant(const InstanceView& view) {
  return std::tuple(view.record.lifecycle, view.phase, view.seen, view.elb, view.healthy());
}

bool Drainable(const InstanceView& view) {
  return view.record.lifecycle == Lifecycle::kTerminating;
}

}  // namespace

const InstanceView* GroupObserved::Find(const std::string& id) const {
  const auto found = instances_.find(id);
  return found == instances_.end() ? nullptr : &found->second;
}

int GroupObserved::InServiceSince(Millis at) const {
  int later = 0;
  for (auto it = by_service_.rbegin(); it != by_service_.rend() && it->first.first > at; ++it)
    ++later;
  return in_service_ - later;
}

bool GroupObserved::NodeRunning(const lab::PartKey& node) const {
  return running_nodes_.contains(node);
}

void GroupObserved::Count(const InstanceView& view, int sign) {
  const auto& id = view.record.id;
  const auto lifecycle = view.record.lifecycle;
  const auto keep = [&](ByTime& index, Millis at) {
    if (sign > 0) {
      index.emplace(std::pair(at, id), &view);
    } else {
      index.erase({at, id});
    }
  };
  if (lifecycle == Lifecycle::kPending) pending_ += sign;
  if (lifecycle == Lifecycle::kTerminating) terminating_ += sign;
  if (view.healthy()) healthy_ += sign;
  if (lifecycle == Lifecycle::kInService) {
    in_service_ += sign;
    keep(by_service_, view.in_service_since);
  }
  if (view.counted()) {
    if ((by_zone_[view.record.zone] += sign) == 0) by_zone_.erase(view.record.zone);
    const int version = view.record.launch_template_version;
    if ((by_version_[version] += sign) == 0) by_version_.erase(version);
    keep(by_launch_, view.record.launched_at);
  }
  if (lifecycle == Lifecycle::kInService && view.healthy()) return;
  if (sign > 0) {
    attention_.emplace(id, &view);
  } else {
    attention_.erase(id);
  }
}

bool GroupObserved::Change(const std::string& id,
                           const std::function<bool(InstanceView&)>& change) {
  const auto found = instances_.find(id);
  if (found == instances_.end()) return false;
  auto& view = found->second;
  Count(view, -1);
  const auto before = Relevant(view);
  const bool forced = change(view);
  Count(view, +1);
  return forced || before != Relevant(view);
}

ElbHealth GroupObserved::Health(const InstanceView& view, std::string& reason) const {
  if (attached_.empty()) return ElbHealth::kNone;
  ElbHealth worst = ElbHealth::kHealthy;
  const auto worsen = [&](ElbHealth other) { worst = std::max(worst, other); };
  bool waiting = false;
  for (const auto& group : attached_) {
    int healthy = 0, unhealthy = 0, undecided = 0;
    for (const auto& target : view.targets) {
      if (target.target_group != group || !NodeRunning(target.node)) continue;
      if (target.health == TargetHealth::kHealthy)
        ++healthy;
      else if (target.health == TargetHealth::kUnhealthy)
        ++unhealthy;
      else
        ++undecided;
    }
    if (unhealthy > 0) worsen(healthy > 0 ? ElbHealth::kSplit : ElbHealth::kUnhealthy);
    if (unhealthy == 0 && (healthy == 0 || undecided > 0)) waiting = true;
  }
  if (worst != ElbHealth::kHealthy) return worst;
  reason.clear();
  return waiting ? ElbHealth::kWaiting : ElbHealth::kHealthy;
}

void GroupObserved::UpdateHealth(InstanceView& view, Millis at) const {
  const auto before = view.elb;
  view.elb = Health(view, view.elb_reason);
  if (view.elb == ElbHealth::kUnhealthy && before != ElbHealth::kUnhealthy) {
    view.unhealthy_since = at;
  }
  if (view.elb != ElbHealth::kUnhealthy && before == ElbHealth::kUnhealthy) {
    view.unhealthy_since = 0;
    view.last_unhealthy = at;
  }
}

bool GroupObserved::Attach(std::set<std::string> target_groups) {
  if (target_groups == attached_) return false;
  attached_ = std::move(target_groups);
  for (const auto& [id, view] : instances_) {
    Change(id, [this](InstanceView& v) { return UpdateHealth(v, v.seen_at), true; });
  }
  return true;
}

bool GroupObserved::PutRecord(const InstanceRecord& record, Millis now) {
  const auto [place, added] = instances_.try_emplace(record.id);
  if (added) {
    auto& view = place->second;
    view.record = record;
    view.elb = Health(view, view.elb_reason);
    if (record.lifecycle == Lifecycle::kInService) view.in_service_since = record.launched_at;
    Count(view, +1);
    return true;
  }
  if (place->second.record == record) return false;
  return Change(record.id, [&](InstanceView& view) {
    if (record.lifecycle == Lifecycle::kInService && view.in_service_since == 0) {
      view.in_service_since = now;
    }
    view.record = record;
    return true;
  });
}

bool GroupObserved::Remove(const std::string& id) {
  const auto found = instances_.find(id);
  if (found == instances_.end()) return false;
  Count(found->second, -1);
  instances_.erase(found);
  return true;
}

bool GroupObserved::SeePhase(const std::string& id, Phase phase, const std::string& detail,
                             Millis at) {
  const auto found = instances_.find(id);
  if (found == instances_.end()) return false;
  if (auto& known = found->second; known.seen && known.phase == phase) {
    known.seen_at = std::max(known.seen_at, at);
    return false;
  }
  return Change(id, [&](InstanceView& view) {
    if (view.seen && at < view.seen_at) return false;
    view.seen_at = at;
    view.seen = true;
    // What is gone stays gone: an instance never comes back under its identifier.
    if (view.dead()) return false;
    view.phase = phase;
    view.detail = detail;
    if (phase == Phase::kStarting || phase == Phase::kRunning) view.seen_alive = true;
    if (phase == Phase::kRunning && view.running_since == 0) view.running_since = at;
    return false;
  });
}

// Most sightings only move totals: no sum depends on those.
bool GroupObserved::JustCounts(const std::string& id, const lab::PartKey& node,
                               const lab::TargetSighting& target, Millis at) {
  const auto found = instances_.find(id);
  if (found == instances_.end()) return true;
  if (Drainable(found->second)) return false;
  for (auto& known : found->second.targets) {
    if (known.target_group != target.target_group || known.node != node) continue;
    if (known.health != target.health) return false;
    known.sessions = target.sessions;
    known.requests_total = target.requests_total;
    known.errors_5xx_total = target.errors_5xx_total;
    known.at = at;
    return true;
  }
  return false;
}

bool GroupObserved::SeeTarget(const std::string& id, const lab::PartKey& node,
                              const lab::TargetSighting& target, Millis at) {
  if (JustCounts(id, node, target, at)) return false;
  return Change(id, [&](InstanceView& view) {
    auto found = std::find_if(view.targets.begin(), view.targets.end(), [&](const auto& t) {
      return t.node == node && t.target_group == target.target_group;
    });
    if (found == view.targets.end()) {
      found =
          view.targets.insert(found, TargetView{.node = node, .target_group = target.target_group});
    }
    const bool drained =
        Drainable(view) && (found->health != target.health || found->sessions != target.sessions);
    found->health = target.health;
    found->sessions = target.sessions;
    found->requests_total = target.requests_total;
    found->errors_5xx_total = target.errors_5xx_total;
    found->at = at;
    if (target.health == TargetHealth::kUnhealthy) view.elb_reason = target.reason;
    UpdateHealth(view, at);
    return drained;
  });
}

bool GroupObserved::ForgetTarget(const std::string& id, const lab::PartKey& node,
                                 const std::string& target_group, Millis at) {
  return Change(id, [&](InstanceView& view) {
    const auto erased = std::erase_if(view.targets, [&](const auto& t) {
      return t.node == node && t.target_group == target_group;
    });
    UpdateHealth(view, at);
    return erased > 0 && Drainable(view);
  });
}

bool GroupObserved::SeeNode(const lab::PartKey& node, bool running, Millis at) {
  if (running_nodes_.contains(node) == running) return false;
  if (running) {
    running_nodes_.insert(node);
  } else {
    running_nodes_.erase(node);
  }
  bool changed = false;
  for (const auto& [id, view] : instances_) {
    const bool concerned = std::any_of(view.targets.begin(), view.targets.end(),
                                       [&](const auto& target) { return target.node == node; });
    if (!concerned) continue;
    changed |= Change(id, [&](InstanceView& v) { return UpdateHealth(v, at), Drainable(v); });
  }
  return changed;
}

void GroupObserved::SetCpu(const std::string& id, std::int64_t micros_total, Millis at) {
  const auto found = instances_.find(id);
  if (found == instances_.end()) return;
  found->second.cpu_micros_total = micros_total;
  found->second.cpu_at = at;
}

}  // namespace scv::control
