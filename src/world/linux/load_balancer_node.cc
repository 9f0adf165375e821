#include "world/linux/load_balancer_node.h"

#include <algorithm>

#include "render/haproxy.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;
using lab::TargetHealth;

std::string Path(const std::pair<std::string, std::string>& name) {
  return name.first + "/" + name.second;
}

// What the counter says, on top of what processes before this one counted.
std::int64_t Total(std::int64_t now, std::int64_t& seen, std::int64_t& before) {
  if (now < seen) before += seen;
  seen = now;
  return before + now;
}

}  // namespace

Result<void> LoadBalancerNode::Command(const std::string& commands) {
  SCV_ASSIGN(const auto answer, AskHaproxy(socket_, commands));
  // HAProxy says nothing, or that it registered or deleted the server; everything else is a no.
  std::string rest = answer;
  for (const std::string_view fine : {"New server registered.", "Server deleted."}) {
    if (const auto at = rest.find(fine); at != std::string::npos) rest.erase(at, fine.size());
  }
  std::erase(rest, '\n');
  if (rest.empty()) return {};
  return Fail(ErrorKind::kConflict, "HAProxy refuses '" + commands + "': " + rest);
}

Result<std::string> LoadBalancerNode::StateFile() {
  std::string text(render::kHaproxyStateHead);
  std::vector<HaproxyServerState> running;
  if (const auto dump = AskHaproxy(socket_, "show servers state"); dump && !dump->empty()) {
    text = *dump;
    while (text.ends_with("\n\n")) text.pop_back();
    running = ParseServersState(*dump);
  }
  for (const auto& group : spec_.target_groups) {
    SCV_ASSIGN(const auto backend, render::HaproxyGroupName(group.name));
    for (const auto& target : group.targets) {
      const bool known = std::any_of(running.begin(), running.end(), [&](const auto& server) {
        return server.backend == backend && server.server == target.id &&
               server.address == target.address && server.port == target.port;
      });
      if (known) continue;
      SCV_ASSIGN(const auto line, render::HaproxyStateDown(group, target));
      text += line;
      known_[{backend, target.id}] = {.initial = true, .since = Clock::now()};
    }
  }
  return text;
}

Result<void> LoadBalancerNode::FollowTarget(const lab::TargetGroupSpec& group,
                                            const lab::TargetSpec& target,
                                            const HaproxyServerState* actual) {
  SCV_ASSIGN(const auto backend, render::HaproxyGroupName(group.name));
  const Name name{backend, target.id};
  const std::string path = Path(name);
  if (actual == nullptr) {
    SCV_ASSIGN(const auto arguments, render::HaproxyServer(group, target));
    known_[name] = {.initial = true, .since = Clock::now()};
    SCV_TRY(Command("add server " + path + " " + arguments + "; enable health " + path +
                    "; enable server " + path + "; set server " + path + " health down"));
  } else if (actual->address != target.address || actual->port != target.port) {
    SCV_ASSIGN(const auto answer,
               AskHaproxy(socket_, "set server " + path + " addr " + target.address + " port " +
                                       std::to_string(target.port) + "; set server " + path +
                                       " health down"));
    static_cast<void>(answer);  // it tells what it changed
    known_[name] = {.initial = true, .since = Clock::now()};
  }
  const int admin = actual == nullptr ? 0 : actual->admin;
  if (target.draining && (admin & HaproxyServerState::kDrain) == 0) {
    return Command("set server " + path + " state drain");
  }
  const bool held = (admin & (HaproxyServerState::kDrain | HaproxyServerState::kMaintenance)) != 0;
  if (!target.draining && held) {
    SCV_TRY(Command("enable health " + path + "; set server " + path + " state ready"));
  }
  return {};
}

Result<void> LoadBalancerNode::FollowTargets() {
  SCV_ASSIGN(const auto dump, AskHaproxy(socket_, "show servers state"));
  const auto running = ParseServersState(dump);
  std::map<Name, const HaproxyServerState*> actual;
  for (const auto& server : running) actual[{server.backend, server.server}] = &server;
  for (const auto& group : spec_.target_groups) {
    SCV_ASSIGN(const auto backend, render::HaproxyGroupName(group.name));
    for (const auto& target : group.targets) {
      const Name name{backend, target.id};
      const auto found = actual.find(name);
      leaving_.erase(name);
      SCV_TRY(FollowTarget(group, target, found == actual.end() ? nullptr : found->second));
      if (found != actual.end()) actual.erase(found);
    }
    for (const auto& [name, server] : actual) {
      if (name.first != backend || leaving_.contains(name)) continue;
      SCV_TRY(Command("set server " + Path(name) + " state drain"));
      leaving_[name] = Clock::now() + group.deregistration_delay;
    }
  }
  return {};
}

void LoadBalancerNode::RemoveDrained(const std::vector<HaproxyServerStat>& stats) {
  for (auto leaving = leaving_.begin(); leaving != leaving_.end();) {
    const auto& name = leaving->first;
    const auto stat = std::find_if(stats.begin(), stats.end(), [&](const auto& server) {
      return server.backend == name.first && server.server == name.second;
    });
    const bool gone = stat == stats.end();
    const bool idle = !gone && stat->sessions == 0;
    if (!gone && !idle && Clock::now() < leaving->second) {
      ++leaving;
      continue;
    }
    const std::string path = Path(name);
    std::string commands = "set server " + path + " state maint";
    if (!idle) commands += "; shutdown sessions server " + path;
    // Idle connections to it may hold it for a moment: then the next look tries again.
    if (!gone && !Command(commands + "; del server " + path)) {
      ++leaving;
      continue;
    }
    known_.erase(name);
    leaving = leaving_.erase(leaving);
  }
}

lab::TargetSighting LoadBalancerNode::Sight(const lab::TargetGroupSpec& group,
                                            const lab::TargetSpec& target,
                                            const HaproxyServerStat& stat) {
  Known& known = known_[{stat.backend, stat.server}];
  lab::TargetSighting sighting;
  sighting.target_group = group.name;
  sighting.target = target.id;
  sighting.sessions = stat.sessions;
  sighting.requests_total = Total(stat.sessions_total, known.requests_seen, known.requests_before);
  sighting.errors_5xx_total = Total(stat.errors_5xx_total, known.errors_seen, known.errors_before);
  sighting.reason = stat.check + (stat.check_text.empty() ? "" : " " + stat.check_text);
  bool up = stat.status.starts_with("UP");
  // AWS: one good check makes a new target healthy, whatever the threshold.
  if (known.initial && !up && !target.draining && stat.check.ends_with("L7OK")) {
    up = Command("set server " + stat.backend + "/" + stat.server + " health up").has_value();
  }
  if (up) known.initial = false;
  if (target.draining) {
    sighting.health = TargetHealth::kDraining;
  } else if (up) {
    sighting.health = TargetHealth::kHealthy;
  } else {
    const auto& check = group.health_check;
    const bool young =
        known.initial && Clock::now() - known.since < check.interval * check.unhealthy_threshold;
    sighting.health = young ? TargetHealth::kInitial : TargetHealth::kUnhealthy;
  }
  return sighting;
}

LoadBalancerNode::Look LoadBalancerNode::LookAtTargets() {
  const auto csv = AskHaproxy(socket_, "show stat -1 4 -1");
  if (!csv) return {};
  const auto stats = ParseStat(*csv);
  Look look;
  std::vector<lab::TargetSighting> sightings;
  for (const auto& group : spec_.target_groups) {
    for (const auto& target : group.targets) {
      const auto stat = std::find_if(stats.begin(), stats.end(), [&](const auto& server) {
        return server.server == target.id && server.backend == "group-" + group.name;
      });
      if (stat == stats.end()) continue;
      sightings.push_back(Sight(group, target, *stat));
      if (sightings.back().health != TargetHealth::kHealthy) look.in_transition = true;
    }
  }
  RemoveDrained(stats);
  look.in_transition = look.in_transition || !leaving_.empty();
  if (sightings != last_) {
    last_ = sightings;
    look.changed = std::move(sightings);
  }
  return look;
}

}  // namespace scv::world
