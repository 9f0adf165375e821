#include "world/sim/database_simulation.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace scv::world::sim {
namespace {

constexpr Millis kStart = 1'700'000'000'000;
constexpr const char* kRegions[] = {"seoul", "tokyo"};
constexpr Millis kKeepAgain = 200;  // when a decision could not be written down

std::uint64_t NumberAfter(const std::string& text, std::string_view words) {
  const auto at = text.find(words);
  if (at == std::string::npos) return 0;
  std::uint64_t number = 0;
  std::from_chars(text.data() + at + words.size(), text.data() + text.size(), number);
  return number;
}

}  // namespace

DatabaseSimulation::DatabaseSimulation(const DatabaseScenario& scenario, bool tell_story)
    : scenario_(scenario),
      tell_story_(tell_story),
      start_(kStart),
      random_(scenario.seed ^ 0x5eed),
      world_(random_, kStart) {
  outcome_.history_hash = 0xcbf29ce484222325;
  MakeNodes();
  MakeClients();
  changed_at_ = kStart;
}

void DatabaseSimulation::MakeNodes() {
  cluster_.name = "seoul/memo";
  cluster_.region_failover =
      scenario_.automatic ? control::RegionFailover::kAutomatic : control::RegionFailover::kManual;
  const int counts[] = {scenario_.zones, scenario_.replicas};
  auto& nodes = world_.nodes();
  for (int region = 0; region < 2; ++region) {
    if (counts[region] == 0) continue;
    control::DatabaseSite site;
    site.name = std::string(kRegions[region]) + "/memo";
    site.region = kRegions[region];
    site.source = region == 0 ? "" : "seoul/memo";
    for (int zone = 0; zone < counts[region]; ++zone) {
      DatabaseSimNode node;
      node.key = {lab::PartKind::kDatabase, kRegions[region], zone == 0 ? "memo" : "memo/2"};
      node.address = "10." + std::to_string(region) + ".0." + std::to_string(zone + 1);
      node.region = region;
      node.zone = zone;
      node.server.id = static_cast<int>(nodes.size()) + 1;
      node.next_look = kStart + random_.Between(0, 200);
      site.nodes.push_back({node.key, std::string(1, static_cast<char>('a' + zone)), node.address});
      lab::Part part;
      part.key = node.key;
      part.spec = lab::DatabaseSpec();
      wanted_.push_back(std::move(part));
      nodes.push_back(std::move(node));
    }
    cluster_.sites.push_back(std::move(site));
  }
}

// One looks up its name often, one in the other region, one hardly ever.
void DatabaseSimulation::MakeClients() {
  clients_.push_back({.region = 0, .time_to_live = 1'000});
  clients_.push_back({.region = 1, .time_to_live = 5'000});
  clients_.push_back({.region = 0, .time_to_live = 60'000});
  for (auto& client : clients_) client.next = kStart + random_.Between(0, 100);
}

void DatabaseSimulation::Tell(const std::string& line) {
  for (const char c : line) {
    outcome_.history_hash = (outcome_.history_hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  if (tell_story_) outcome_.story.push_back(std::to_string(Since()) + " ms: " + line);
}

void DatabaseSimulation::Violate(const std::string& what) {
  if (Violated()) return;
  outcome_.violation = what + " after " + std::to_string(Since()) + " ms";
  Tell("BROKEN: " + what);
}

// --- The daemon

bool DatabaseSimulation::Hear() {
  const auto sightings = world_.Hear();
  for (const auto& sighting : sightings) {
    const auto before = observed_.PhaseOf(sighting.key);
    const bool matters = observed_.Fold(sighting);
    if (!matters) continue;
    changed_at_ = world_.now();
    if (tell_story_ && before != sighting.phase) {
      Tell(control::NodeName(sighting.key) + " is " + std::string(Name(sighting.phase)) +
           (sighting.database && sighting.database->ended ? ", ended" : ""));
    }
  }
  return !sightings.empty();
}

control::ObservedCluster DatabaseSimulation::Observe() const {
  control::ObservedCluster seen;
  seen.lost_regions = lost_regions_;
  for (const auto& node : world_.nodes()) {
    auto& entry = seen.nodes[node.key];
    const auto* part = observed_.Find(node.key);
    entry.idle = part == nullptr || !part->in_flight;
    if (part == nullptr) continue;
    entry.phase = part->phase;
    entry.phase_since = part->phase_since;
    entry.seen = part->database;
    if (part->standing) entry.standing = std::get<lab::DatabaseSpec>(part->standing->spec).role;
  }
  return seen;
}

// As the daemon does: what cannot be written down is not done.
void DatabaseSimulation::Decide() {
  ++outcome_.decisions;
  const Millis now = world_.Clock();
  wake_at_ = control::kNever;
  auto memory = memory_;
  auto plan = control::DecideDatabase(cluster_, Observe(), memory, watch_, now);
  unwritten_ = plan.memory_changed && disk_full_until_ > world_.now();
  if (unwritten_) {
    wake_at_ = now + kKeepAgain;
  } else {
    if (plan.memory_changed) changed_at_ = world_.now();
    memory_ = std::move(memory);
    wake_at_ = plan.wake_at;
    CountEvents(plan);
    plan_ = std::move(plan);
  }
  Carry();
}

void DatabaseSimulation::CountEvents(const control::DatabasePlan& plan) {
  for (const auto& event : plan.events) {
    Tell(event.phase + ": " + event.text + (event.cause.empty() ? "" : " (" + event.cause + ")"));
    if (event.text.find("cloned anew from") != std::string::npos) ++outcome_.clones;
    if (event.phase != "act" || event.text.find("took over") == std::string::npos) continue;
    ++outcome_.failovers;
    loss_told_ = event.text.find("are lost") != std::string::npos;
    if (loss_told_) ++outcome_.region_failovers;
    told_lost_ = NumberAfter(event.text, "up to ");
    told_of_ = NumberAfter(event.text, " of ");
  }
}

void DatabaseSimulation::Carry() {
  if (plan_.roles.empty()) return;
  for (auto& part : wanted_) {
    std::get<lab::DatabaseSpec>(part.spec).role = plan_.roles.at(part.key);
  }
  auto reconciled = control::Reconcile(wanted_, observed_, world_.Clock());
  for (auto& action : reconciled.actions) {
    changed_at_ = world_.now();
    if (tell_story_) {
      const auto& role = std::get<lab::DatabaseSpec>(action.part.spec).role;
      static constexpr const char* kKinds[] = {"primary", "replica", "fenced"};
      Tell("-> " + control::NodeName(action.part.key) + " " + kKinds[static_cast<int>(role.kind)] +
           (role.wait_for_standby ? ", waits" : "") + (role.read_only ? ", read-only" : "") +
           (role.source_address.empty() ? "" : " of " + role.source_address) +
           (role.discard_tail ? ", discards" : "") + ", term " + std::to_string(role.term) +
           ", clone " + std::to_string(role.clone));
    }
    world_.Act(std::move(action));
  }
  wake_at_ = std::min(wake_at_, reconciled.wake_at);
}

void DatabaseSimulation::WriteSome(Client& client) {
  const Millis now = world_.now();
  client.next = now + random_.Between(30, 250);
  if (client.node < 0 || now - client.resolved_at >= client.time_to_live) {
    client.resolved_at = now;
    const auto endpoint = plan_.endpoints.find(memory_.writer);
    if (endpoint == plan_.endpoints.end()) return;
    const auto* node = world_.Find(endpoint->second);
    client.node = static_cast<int>(node - world_.nodes().data());
  }
  const auto transactions = static_cast<std::uint64_t>(random_.Between(1, 4));
  if (world_.Write(client.node, client.region, transactions)) client.acknowledged += transactions;
}

// To the next thing that happens, at most to `limit`.
void DatabaseSimulation::StepTo(Millis limit) {
  ++outcome_.events;
  Millis next = std::min(limit, world_.Next());
  for (const auto& client : clients_) next = std::min(next, client.next);
  const Millis skew = world_.Clock() - world_.now();
  if (daemon_down_) {
    next = std::min(next, daemon_back_at_);
  } else if (wake_at_ != control::kNever) {
    next = std::min(next, std::max(wake_at_ - skew, world_.now()));
  }
  world_.AdvanceTo(next);
  for (auto& client : clients_) {
    if (client.next <= world_.now()) WriteSome(client);
  }
  CheckRegions();
  if (daemon_down_ && daemon_back_at_ <= world_.now()) {
    daemon_down_ = false;
    world_.RestartDaemon();
    Tell("the daemon is back");
    wake_at_ = 0;
  }
  if (daemon_down_) {
    world_.Hear();  // by nobody
  } else if (Hear() || wake_at_ <= world_.Clock()) {
    Decide();
  }
  Check();
}

DatabaseOutcome DatabaseSimulation::Run() {
  for (const auto& fault : scenario_.faults) {
    SkipTo(start_ + fault.after);
    while (!Violated() && Since() < fault.after) StepTo(start_ + fault.after);
    if (Violated()) break;
    Happen(fault);
  }
  while (!Violated() && Since() < scenario_.calm_after) StepTo(start_ + scenario_.calm_after);
  if (!Violated()) Converge();
  if (!Violated()) Rest();
  outcome_.simulated = Since();
  outcome_.last_draw = random_.last();
  outcome_.acknowledged = world_.acknowledged();
  return std::move(outcome_);
}

DatabaseOutcome SimulateDatabase(const DatabaseScenario& scenario, bool tell_story) {
  return DatabaseSimulation(scenario, tell_story).Run();
}

}  // namespace scv::world::sim
