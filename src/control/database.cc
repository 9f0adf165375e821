#include "control/database.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "control/database_decider.h"

namespace scv::control {
namespace {

constexpr std::array<std::string_view, 5> kSteps{"steady", "restarting", "promoting", "draining",
                                                 "switching"};

bool ReadNumber(std::string_view text, std::uint64_t& number) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stop == text.data() + text.size();
}

}  // namespace

std::string NodeName(const lab::PartKey& key) { return key.region + "/" + key.name; }

std::string_view Name(DatabaseStep step) { return kSteps.at(static_cast<std::size_t>(step)); }

// https://mariadb.com/kb/en/gtid/: domain-server-sequence, several domains separated by commas.
std::uint64_t GtidSequence(std::string_view position) {
  while (!position.empty()) {
    const auto comma = position.find(',');
    const auto one = position.substr(0, comma);
    position = comma == std::string_view::npos ? "" : position.substr(comma + 1);
    const auto first = one.find('-');
    const auto last = one.rfind('-');
    if (first == std::string_view::npos || first == last) continue;
    std::uint64_t domain = 0, sequence = 0;
    if (ReadNumber(one.substr(0, first), domain) && domain == 0 &&
        ReadNumber(one.substr(last + 1), sequence)) {
      return sequence;
    }
  }
  return 0;
}

// RDS: "Failover times are typically 60-120 seconds", with the page that DatabaseLimits names.
DatabaseLimits LimitsFor(const Pace& pace) {
  DatabaseLimits limits;
  if (pace.kind == PaceKind::kAws) limits.least_failover = 60'000;
  return limits;
}

Result<void> OrderSwitch(const DatabaseCluster& cluster, DatabaseMemory& memory,
                         std::string_view site, bool force) {
  if (std::ranges::find(cluster.sites, site, &DatabaseSite::name) == cluster.sites.end()) {
    return Fail(ErrorKind::kNotFound, "the database " + cluster.name + " has no site " +
                                          std::string(site) + "; the status names them");
  }
  if (memory.writer == site) {
    return Fail(ErrorKind::kConflict, std::string(site) + " takes the writes already");
  }
  const bool crossing = !memory.promoting_node.empty() && memory.promoting_site != memory.writer;
  // What cannot be done as planned may be forced.
  const bool replaces = force && !memory.switch_forced && memory.switch_to == site;
  if (crossing || (!memory.switch_to.empty() && !replaces)) {
    return Fail(ErrorKind::kConflict, "a switch of " + cluster.name +
                                          " is under way; wait until it is done or called off");
  }
  memory.switch_to = site;
  memory.switch_forced = force;
  return {};
}

DatabasePlan DecideDatabase(const DatabaseCluster& cluster, const ObservedCluster& observed,
                            DatabaseMemory& memory, DatabaseWatch& watch, Millis now,
                            const DatabaseLimits& limits) {
  return DatabaseDecider(cluster, observed, memory, watch, now, limits).Run();
}

DatabaseDecider::DatabaseDecider(const DatabaseCluster& cluster, const ObservedCluster& observed,
                                 DatabaseMemory& memory, DatabaseWatch& watch, Millis now,
                                 const DatabaseLimits& limits)
    : cluster_(cluster),
      observed_(observed),
      memory_(memory),
      watch_(watch),
      now_(now),
      limits_(limits) {
  static const ObservedDatabaseNode kUnknown;
  for (const auto& site : cluster.sites) {
    for (const auto& node : site.nodes) {
      const auto found = observed.nodes.find(node.key);
      View view;
      view.site = &site;
      view.node = &node;
      view.observed = found == observed.nodes.end() ? &kUnknown : &found->second;
      view.watch = &watch.nodes[node.key];
      view.name = NodeName(node.key);
      nodes_.push_back(std::move(view));
    }
  }
}

DatabasePlan DatabaseDecider::Run() {
  const DatabaseMemory before = memory_;
  ForgetWhatIsGone();
  ChooseWriter();
  ChooseLeads();
  CountLooks();
  ForcedSwitch();
  RegionFailover();
  if (memory_.step == DatabaseStep::kPromoting) {
    Progress();
  } else {
    PlannedSwitch();
    WatchPrimary();
  }
  WatchStandby();
  CloneDiverged();
  FillPlan();
  Describe();
  plan_.memory_changed = memory_ != before;
  return std::move(plan_);
}

const DatabaseSite* DatabaseDecider::Site(std::string_view name) const {
  const auto found = std::ranges::find(cluster_.sites, name, &DatabaseSite::name);
  return found == cluster_.sites.end() ? nullptr : &*found;
}

DatabaseDecider::View* DatabaseDecider::Find(const std::string& name) {
  const auto found = std::ranges::find(nodes_, name, &View::name);
  return found == nodes_.end() ? nullptr : &*found;
}

const DatabaseDecider::View* DatabaseDecider::Find(const std::string& name) const {
  const auto found = std::ranges::find(nodes_, name, &View::name);
  return found == nodes_.end() ? nullptr : &*found;
}

// Asked often: without a copy of the name.
const DatabaseDecider::View* DatabaseDecider::LeadOf(std::string_view site) const {
  for (const auto& [name, lead] : memory_.leads) {
    if (name == site) return Find(lead);
  }
  return nullptr;
}

const DatabaseDecider::View* DatabaseDecider::Standby() const {
  const auto* primary = Primary();
  const auto found = std::ranges::find_if(nodes_, [&](const View& node) {
    return node.site->name == memory_.writer && &node != primary;
  });
  return found == nodes_.end() ? nullptr : &*found;
}

void DatabaseDecider::Enter(DatabaseStep step, std::string reason) {
  memory_.step = step;
  memory_.since = now_;
  memory_.reason = std::move(reason);
}

void DatabaseDecider::Tell(std::string phase, std::string text, std::string cause) {
  plan_.events.push_back({std::move(phase), std::move(text), std::move(cause)});
}

void DatabaseDecider::WakeAt(Millis at) { plan_.wake_at = std::min(plan_.wake_at, at); }

bool DatabaseDecider::Elapsed(Millis& since, Millis time) const {
  since = std::min(since, now_);
  return now_ - since >= time;
}

}  // namespace scv::control
