// What the simulated world does with actions, and what it tells.
#include <algorithm>

#include "world/sim/database_sim_world.h"

namespace scv::world::sim {
namespace {

using lab::DatabaseRole;
using lab::Phase;

constexpr Millis kLookEvery = 200;
constexpr Millis kPollEvery = 20;
constexpr Millis kHangs = 5'000;         // a query to a stopped process is given up
constexpr Millis kApplyWithin = 20'000;  // what was received must be applied by then
constexpr Millis kQuietWithin = 2'000;   // transactions under way must end by then

const DatabaseRole& RoleOf(const lab::Action& action) {
  return std::get<lab::DatabaseSpec>(action.part.spec).role;
}

}  // namespace

void DatabaseSimWorld::Act(lab::Action action) {
  auto* node = Find(action.part.key);
  if (node == nullptr) return;
  node->actions.push_back(std::move(action));
  if (node->actions.size() > 1) return;
  node->begun = false;
  node->act_at = now_ + random_.Between(0, 3);
}

void DatabaseSimWorld::Begin(DatabaseSimNode& node) {
  const auto& action = node.actions.front();
  const auto& role = RoleOf(action);
  const bool fence = role.kind == DatabaseRole::Kind::kFenced;
  node.begun = true;
  node.stands_dead = fence;
  if (node.phase != Phase::kRunning) Note(node, Phase::kStarting, action.revision);
  Millis takes = random_.Between(3, 40);
  node.will_fail = actions_fail_ > now_ && random_.Chance(0.33);
  if (!Powered(node)) {
    node.will_fail = !fence || random_.Chance(0.2);
  } else if (!fence && !node.server.running) {
    node.server.Start(role.kind == DatabaseRole::Kind::kReplica && role.discard_tail);
    takes = random_.Between(150, 700);
  } else if (!fence && node.server.paused) {
    takes = kHangs;
  } else if (role.kind == DatabaseRole::Kind::kPrimary) {
    if (node.server.source >= 0) node.server.StopReceiving();
  } else if (!fence && role.clone > node.cloned) {
    takes = random_.Between(300, 3'000);
  }
  node.act_at = now_ + takes;
  node.act_until = now_ + kApplyWithin;
}

void DatabaseSimWorld::Finish(DatabaseSimNode& node) {
  const lab::Action action = node.actions.front();
  const auto& role = RoleOf(action);
  auto done = Done::kNo;
  if (!node.will_fail) done = CarryOut(node, role);
  if (done == Done::kNotYet) {
    node.act_at = now_ + kPollEvery;
    return;
  }
  node.actions.pop_front();
  node.begun = false;
  node.act_at = now_;
  const bool stands = done == Done::kYes && (node.server.running || node.stands_dead);
  if (!stands && !node.server.running) node.look.ended = true;
  if (stands && !node.stands_dead) node.look.ended = false;
  Note(node, stands ? Phase::kRunning : Phase::kFailed, action.revision);
}

DatabaseSimWorld::Done DatabaseSimWorld::CarryOut(DatabaseSimNode& node, const DatabaseRole& role) {
  if (role.kind == DatabaseRole::Kind::kFenced) {
    node.server.Die();
    return Done::kYes;
  }
  if (!node.server.running) {
    // It died meanwhile. A careless maker starts it again; that must not do harm.
    if (!Powered(node) || random_.Chance(0.5)) return Done::kNo;
    node.server.Start(role.kind == DatabaseRole::Kind::kReplica && role.discard_tail);
    return Done::kNotYet;
  }
  if (node.server.paused) return Done::kNo;
  return role.kind == DatabaseRole::Kind::kPrimary ? Lead(node, role) : Follow(node, role);
}

// A commit that waits for a lost standby never ends.
DatabaseSimWorld::Done DatabaseSimWorld::TakeNoWrites(DatabaseSimNode& node) {
  auto& server = node.server;
  if (!server.writable) return Done::kYes;
  if (server.waits && server.committed < server.log.end()) {
    const Millis until = node.act_until - kApplyWithin + kQuietWithin;
    return now_ < until ? Done::kNotYet : Done::kNo;
  }
  server.writable = false;
  return Done::kYes;
}

DatabaseSimWorld::Done DatabaseSimWorld::Lead(DatabaseSimNode& node, const DatabaseRole& role) {
  auto& server = node.server;
  if (server.source >= 0) {
    server.StopReceiving();
    if (!server.Applied()) return now_ < node.act_until ? Done::kNotYet : Done::kNo;
    server.FollowNobody();
  }
  server.was_primary = true;
  if (server.waits != role.wait_for_standby) {
    server.waits = role.wait_for_standby;
    if (!server.waits) Commit(server, server.log.end());
  }
  if (role.read_only) return TakeNoWrites(node);
  BecomeWritable(node);
  return Done::kYes;
}

DatabaseSimWorld::Done DatabaseSimWorld::Follow(DatabaseSimNode& node, const DatabaseRole& role) {
  auto& server = node.server;
  const auto quiet = TakeNoWrites(node);
  if (quiet != Done::kYes) return quiet;
  server.waits = false;
  const auto source = std::ranges::find(nodes_, role.source_address, &DatabaseSimNode::address);
  if (source == nodes_.end()) return Done::kNo;
  if (role.clone > node.cloned) {
    const auto cloned = Clone(node, role);
    if (cloned != Done::kYes) return cloned;
  }
  const int index = IndexOf(*source);
  if (server.source == index && server.acknowledges == role.acknowledges && server.receiver) {
    return Done::kYes;  // it does so already
  }
  server.Follow(index, role.acknowledges);
  node.retry_at = now_;
  return Done::kYes;
}

// The old data is gone before the new is there.
DatabaseSimWorld::Done DatabaseSimWorld::Clone(DatabaseSimNode& node, const DatabaseRole& role) {
  const auto source = std::ranges::find(nodes_, role.source_address, &DatabaseSimNode::address);
  if (!Reaches(node, *source) || !Alive(*source)) {
    node.server.Die();
    node.server.log.Truncate(0);
    node.server.committed = 0;
    return Done::kNo;
  }
  node.server.FollowNobody();
  node.server.CopyFrom(source->server);
  for (auto& other : nodes_) {  // it was stopped for this
    if (other.server.source == IndexOf(node)) other.server.connected = false;
  }
  node.cloned = role.clone;
  return Done::kYes;
}

// --- Looks and sightings

void DatabaseSimWorld::Look(DatabaseSimNode& node) {
  node.next_look = now_ + random_.Between(kLookEvery - 10, kLookEvery + 30);
  if (node.phase == Phase::kAbsent) return;
  lab::DatabaseSighting look = node.look;
  ++look.count;
  look.looked_at = Clock();
  look.ended = !node.server.running;
  look.answering = Alive(node);
  look.reachable = Alive(node) && !Outside(node) && node.unprobed <= now_;
  if (look.answering) {
    node.server.Describe(look);
    look.source =
        node.server.source < 0 ? "" : nodes_[static_cast<std::size_t>(node.server.source)].address;
    look.standbys = 0;
    for (const auto& other : nodes_) {
      const bool attached = other.server.connected && other.server.acknowledges &&
                            other.server.source == IndexOf(node);
      look.standbys += attached ? 1 : 0;
    }
  }
  if (looks_lost_ > now_) {
    if (random_.Chance(0.3)) {
      node.look.count = look.count;  // counted, never told
      return;
    }
    if (random_.Chance(0.3)) {
      node.look.count = look.count;
      node.late_look = look;
      node.late_look_at = now_ + random_.Between(1, 150);
      return;
    }
    if (random_.Chance(0.2)) Tell(node);
  }
  node.look = look;
  Tell(node);
}

void DatabaseSimWorld::Note(DatabaseSimNode& node, Phase phase, std::uint64_t revision) {
  node.phase = phase;
  node.revision = revision;
  Tell(node);
}

// In the order in which they were made, whatever holds them up.
void DatabaseSimWorld::Tell(const DatabaseSimNode& node) {
  lab::Sighting sighting;
  sighting.key = node.key;
  sighting.phase = node.phase;
  sighting.revision = node.revision;
  sighting.at = Clock();
  if (node.look.count > 0 || node.look.ended) sighting.database = node.look;
  Millis at = now_ + random_.Between(0, 2);
  if (!inbox_.empty()) at = std::max(at, inbox_.back().first);
  inbox_.emplace_back(at, std::move(sighting));
}

std::vector<lab::Sighting> DatabaseSimWorld::Hear() {
  std::vector<lab::Sighting> heard;
  while (stalled_ <= now_ && !inbox_.empty() && inbox_.front().first <= now_) {
    heard.push_back(std::move(inbox_.front().second));
    inbox_.pop_front();
  }
  return heard;
}

void DatabaseSimWorld::RestartDaemon() {
  inbox_.clear();
  for (auto& node : nodes_) {
    node.actions.clear();
    node.begun = false;
    node.late_look_at = 0;
    node.look = {};
    node.look.ended = !node.server.running;
    node.revision = 0;
    node.stands_dead = false;
    if (node.phase == Phase::kAbsent) continue;
    node.phase = node.server.running ? Phase::kRunning : Phase::kFailed;
    Tell(node);
  }
}

}  // namespace scv::world::sim
