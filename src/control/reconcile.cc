#include "control/reconcile.h"

#include <algorithm>
#include <set>
#include <utility>

#include "control/lab_plan_explain.h"

namespace scv::control {
namespace {

using lab::Action;
using lab::Phase;

Millis PauseAfter(int failures, const ReconcileLimits& limits) {
  if (failures <= 1) return 0;
  const int doublings = std::min(failures - 2, 30);
  return std::min(limits.retry_first << doublings, limits.retry_most);
}

}  // namespace

class Reconciler {
 public:
  Reconciler(const std::vector<lab::Part>& wanted, ObservedParts& observed, Millis now,
             const ReconcileLimits& limits)
      : wanted_(wanted), observed_(observed), now_(now), limits_(limits) {}

  Reconciliation Run() {
    for (const auto& part : wanted_) Want(part);
    CollectNeeded();
    // From the last made to the first.
    auto& parts = observed_.parts_;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      if (Wanted(part->first) == nullptr) Unwant(part->second);
    }
    return std::move(result_);
  }

 private:
  const lab::Part* Wanted(const lab::PartKey& key) const {
    const auto found = std::ranges::lower_bound(wanted_, key, {}, &lab::Part::key);
    return found == wanted_.end() || found->key != key ? nullptr : &*found;
  }

  void WakeAt(Millis at) { result_.wake_at = std::min(result_.wake_at, at); }

  // Whether the part must be left alone for now: an answer is awaited, or the world is busy with
  // it by itself.
  bool Busy(const ObservedPart& part) {
    Millis since = part.in_flight_since;
    if (!part.in_flight) {
      if (part.phase != Phase::kStarting && part.phase != Phase::kStopping) return false;
      since = std::max(part.phase_since, part.in_flight_since);
    }
    if (now_ - since < limits_.answer_within) {
      WakeAt(since + limits_.answer_within);
      return true;
    }
    return false;  // never answered: asked for again
  }

  // Another specification than the one that failed is tried at once.
  bool Pausing(const ObservedPart& part, const lab::Part* wanted = nullptr) {
    if (wanted != nullptr && part.asked && !(part.asked->spec == wanted->spec)) return false;
    const auto pause = PauseAfter(part.failures, limits_);
    if (pause == 0) return false;
    const auto until = std::max(part.failed_at, part.in_flight_since) + pause;
    if (until <= now_) return false;
    WakeAt(until);
    return true;
  }

  void Want(const lab::Part& wanted) {
    const auto found = observed_.parts_.find(wanted.key);
    if (found == observed_.parts_.end()) return Make(wanted, wanted.reason);
    auto& part = found->second;
    if (Busy(part)) return;
    switch (part.phase) {
      case Phase::kRunning:
        return WantRunning(wanted, part);
      case Phase::kFailed:
        if (wanted.key.kind == lab::PartKind::kInstance) return;
        if (!Pausing(part, &wanted)) Make(wanted, "made again: " + part.detail);
        return;
      case Phase::kAbsent:
      case Phase::kStarting:
      case Phase::kStopping:
        if (!Pausing(part, &wanted)) Make(wanted, wanted.reason);
        return;
    }
  }

  void WantRunning(const lab::Part& wanted, ObservedPart& part) {
    if (part.failures > 0) {
      const auto steady_at = part.phase_since + limits_.steady_after;
      if (steady_at <= now_) {
        part.failures = 0;
      } else {
        WakeAt(steady_at);
      }
    }
    if (part.standing && part.standing->spec == wanted.spec) {
      part.standing->needs = wanted.needs;
      part.standing->reason = wanted.reason;
      return;
    }
    if (Pausing(part, &wanted) || !NeedsMet(wanted, false)) return;
    const auto why = part.standing ? WhatDiffers(part.standing->spec, wanted.spec)
                                   : "taken up from an earlier process";
    Ask(Action::Kind::kChange, part, wanted, why);
  }

  void Make(const lab::Part& wanted, const std::string& reason) {
    if (!NeedsMet(wanted, true)) return;
    auto& part = observed_.parts_[wanted.key];
    part.key = wanted.key;
    part.standing.reset();
    Ask(Action::Kind::kMake, part, wanted, reason);
  }

  bool NeedsMet(const lab::Part& wanted, bool to_make) const {
    return std::ranges::all_of(wanted.needs,
                               [&](const auto& need) { return NeedMet(need, to_make); });
  }

  bool NeedMet(const lab::PartKey& key, bool to_make) const {
    const auto* need = observed_.Find(key);
    if (need == nullptr) return false;
    const bool changing =
        need->phase == Phase::kStarting && need->in_flight == Action::Kind::kChange;
    if (need->phase != Phase::kRunning && !changing) return false;
    if (need->in_flight == Action::Kind::kTakeDown) return false;  // it was not wanted just now
    // A new part may be what its router is just being changed for.
    if (!to_make || key.kind != lab::PartKind::kRouter || need->failures > 0) return true;
    const auto* plan = Wanted(key);
    return plan == nullptr || observed_.StandsAs(*plan);
  }

  // What the parts that stand (or are coming) need.
  void CollectNeeded() {
    for (const auto& [key, part] : observed_.parts_) {
      if (observed_.Gone(key)) continue;
      if (!part.asked && !part.standing) unknown_.insert(key);
      for (const auto* known : {&part.asked, &part.standing}) {
        if (known->has_value()) needed_.insert((*known)->needs.begin(), (*known)->needs.end());
      }
    }
  }

  bool StillNeeded(const lab::PartKey& key) const {
    if (needed_.contains(key)) return true;
    // What an earlier process made may need anything that is made before it.
    return !unknown_.empty() && unknown_.rbegin()->kind > key.kind;
  }

  void Unwant(ObservedPart& part) {
    if (observed_.Gone(part.key) || Busy(part) || StillNeeded(part.key)) return;
    if (part.last_action == Action::Kind::kTakeDown && Pausing(part)) return;
    const auto as_made = part.standing ? *part.standing
                         : part.asked  ? *part.asked
                                       : PartByKey(part.key);
    Ask(Action::Kind::kTakeDown, part, as_made, "nothing wants it any more");
  }

  void Ask(Action::Kind kind, ObservedPart& part, const lab::Part& spec, std::string reason) {
    part.asked_revision = ++observed_.revision_;
    part.asked = spec;
    part.in_flight = kind;
    part.in_flight_since = now_;
    part.last_action = kind;
    WakeAt(now_ + limits_.answer_within);
    result_.actions.push_back({kind, spec, part.asked_revision, std::move(reason)});
  }

  const std::vector<lab::Part>& wanted_;
  ObservedParts& observed_;
  const Millis now_;
  const ReconcileLimits& limits_;
  std::set<lab::PartKey> needed_, unknown_;
  Reconciliation result_;
};

Reconciliation Reconcile(const std::vector<lab::Part>& wanted, ObservedParts& observed, Millis now,
                         const ReconcileLimits& limits) {
  return Reconciler(wanted, observed, now, limits).Run();
}

lab::Part PartByKey(const lab::PartKey& key) {
  lab::Part part;
  part.key = key;
  switch (key.kind) {
    case lab::PartKind::kInternet:
      part.spec = lab::InternetSpec();
      break;
    case lab::PartKind::kRouter: {
      lab::RouterSpec spec;
      spec.vpc_id = key.name;
      spec.region = key.region;
      part.spec = std::move(spec);
      break;
    }
    case lab::PartKind::kNameServer: {
      lab::NameServerSpec spec;
      if (key.name != "internet") spec.place = key.name;
      part.spec = std::move(spec);
      break;
    }
    case lab::PartKind::kNames:
      part.spec = lab::NamesSpec();
      break;
    case lab::PartKind::kCertificate: {
      lab::CertificateSpec spec;
      spec.arn = key.name;
      part.spec = std::move(spec);
      break;
    }
    case lab::PartKind::kDatabase: {
      lab::DatabaseSpec spec;
      spec.id = key.name;
      spec.region = key.region;
      part.spec = std::move(spec);
      break;
    }
    case lab::PartKind::kLoadBalancerNode: {
      const auto slash = key.name.find('/');
      lab::LoadBalancerNodeSpec spec;
      spec.load_balancer = key.name.substr(0, slash);
      if (slash != std::string::npos) spec.zone = key.name.substr(slash + 1);
      spec.region = key.region;
      part.spec = std::move(spec);
      break;
    }
    case lab::PartKind::kInstance: {
      lab::InstanceSpec spec;
      spec.id = key.name;
      spec.region = key.region;
      part.spec = std::move(spec);
      break;
    }
    case lab::PartKind::kWideArea:
      part.spec = lab::WideAreaSpec();
      break;
    case lab::PartKind::kEndpointCheck:
      part.spec = lab::EndpointCheckSpec();
      break;
    case lab::PartKind::kDoor:
      part.spec = lab::DoorSpec();
      break;
  }
  return part;
}

}  // namespace scv::control
