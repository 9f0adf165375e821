// What happens to the cluster, and to those who decide about it.
#include <algorithm>

#include "world/sim/database_simulation.h"

namespace scv::world::sim {
namespace {

using Kind = DatabaseFault::Kind;

// Route 53's checks: this many seconds until a region counts as lost, or as back.
constexpr Millis kChecksTake = 1'500;

}  // namespace

void DatabaseSimulation::Happen(const DatabaseFault& fault) {
  auto& node = world_.nodes().at(static_cast<std::size_t>(fault.node));
  const Millis until = world_.now() + fault.lasts;
  Tell("FAULT " + std::to_string(static_cast<int>(fault.kind)) + " of " +
       control::NodeName(node.key) + " for " + std::to_string(fault.lasts) + " ms");
  changed_at_ = std::max(changed_at_, until);
  switch (fault.kind) {
    case Kind::kCrash:
      return world_.Crash(node);
    case Kind::kPause:
      return world_.Pause(node, until);
    case Kind::kSlowDisk:
      node.slow = until;
      return;
    case Kind::kIsolate:
      node.isolated = until;
      return;
    case Kind::kProbeCut:
      node.unprobed = until;
      return;
    case Kind::kLinkCut:
      return world_.CutLink(fault.node, fault.other, until);
    case Kind::kZoneOutage:
      return world_.PowerOff(node.region, node.zone, until);
    case Kind::kZonePartition:
      return world_.CutZone(node.region, node.zone, until);
    case Kind::kRegionOutage:
    case Kind::kRegionPartition:
    case Kind::kFalseAlarm:
      return RegionFaults(fault, node.region);
    case Kind::kClockJump:
      return world_.JumpClock(fault.number);
    case Kind::kDaemonRestart:
      return EndDaemon(until);
    case Kind::kStall:
      return world_.Stall(until);
    case Kind::kLooksLost:
      return world_.LoseLooks(until);
    case Kind::kActionsFail:
      return world_.FailActions(until);
    case Kind::kDiskFull:
      disk_full_until_ = until;
      return;
    case Kind::kSwitch:
    case Kind::kForcedSwitch:
      return Order(fault.kind == Kind::kForcedSwitch);
  }
}

void DatabaseSimulation::RegionFaults(const DatabaseFault& fault, int region) {
  const Millis until = world_.now() + fault.lasts;
  if (fault.kind == Kind::kFalseAlarm) {
    false_alarm_[region] = until;
  } else if (fault.kind == Kind::kRegionPartition) {
    world_.CutRegion(region, until);
  } else {
    world_.PowerOff(region, 0, until);
    world_.PowerOff(region, 1, until);
  }
}

// A new process knows only what was written down.
void DatabaseSimulation::EndDaemon(Millis until) {
  const auto read = control::ParseDatabaseMemory(control::ToJson(memory_));
  if (!read || *read != memory_) return Violate("the memory is not what was written down");
  memory_ = *read;
  watch_ = {};
  observed_ = {};
  lost_regions_.clear();
  daemon_down_ = true;
  daemon_back_at_ = until;
  world_.RestartDaemon();  // what it had begun ends with it
}

void DatabaseSimulation::Order(bool force) {
  if (daemon_down_ || memory_.term == 0 || cluster_.sites.size() < 2) return;
  const auto& site = cluster_.sites[memory_.writer == cluster_.sites[0].name ? 1 : 0];
  if (disk_full_until_ > world_.now()) return;
  const auto ordered = control::OrderSwitch(cluster_, memory_, site.name, force);
  Tell(ordered ? "ordered: " + site.name : "refused: " + ordered.error().message);
  if (ordered) ++outcome_.switches;
  wake_at_ = 0;
}

// Whether all checks of a region fail, seen with some delay.
void DatabaseSimulation::CheckRegions() {
  for (int region = 0; region < static_cast<int>(cluster_.sites.size()); ++region) {
    const bool fails = world_.RegionDark(region) || world_.RegionCut(region) ||
                       false_alarm_[region] > world_.now();
    auto& failing = failing_[region];
    if (failing.failing != fails) {
      failing.failing = fails;
      failing.since = world_.now();
    }
    const auto& name = cluster_.sites[static_cast<std::size_t>(region)].region;
    if (daemon_down_ || lost_regions_.contains(name) == fails) continue;
    if (world_.now() - failing.since < kChecksTake) continue;
    if (fails) {
      lost_regions_.insert(name);
    } else {
      lost_regions_.erase(name);
    }
    Tell(name + (fails ? " is lost" : " is back"));
    changed_at_ = world_.now();
    wake_at_ = 0;
  }
}

}  // namespace scv::world::sim
