#include "world/sim/database_sim_world.h"

#include <algorithm>

namespace scv::world::sim {
namespace {

constexpr Millis kRetryConnecting = 1'000;  // MASTER_CONNECT_RETRY

}  // namespace

DatabaseSimNode* DatabaseSimWorld::Find(const lab::PartKey& key) {
  const auto found = std::ranges::find(nodes_, key, &DatabaseSimNode::key);
  return found == nodes_.end() ? nullptr : &*found;
}

Millis DatabaseSimWorld::Next() const {
  Millis next = inbox_.empty() ? now_ + 1'000 : std::max(inbox_.front().first, stalled_);
  for (const auto& node : nodes_) {
    next = std::min(next, node.next_look);
    if (node.late_look_at != 0) next = std::min(next, node.late_look_at);
    if (!node.actions.empty()) next = std::min(next, node.act_at);
    if (node.server.paused) next = std::min(next, node.paused);
  }
  return std::max(next, now_);
}

void DatabaseSimWorld::AdvanceTo(Millis at) {
  now_ = std::max(now_, at);
  for (auto& node : nodes_) {
    if (node.server.paused && node.paused <= now_) node.server.paused = false;
  }
  Pump();
  for (auto& node : nodes_) {
    if (!node.actions.empty() && node.act_at <= now_) {
      node.begun ? Finish(node) : Begin(node);
    }
    if (node.next_look <= now_) Look(node);
    if (node.late_look_at != 0 && node.late_look_at <= now_) {
      node.late_look_at = 0;
      node.look = node.late_look;
      Tell(node);
    }
  }
}

void DatabaseSimWorld::Skip(Millis to) {
  const Millis passed = to - now_;
  now_ = to;
  for (auto& node : nodes_) {
    node.next_look += passed;
    if (!node.server.running || node.server.source < 0) continue;
    const auto* source = &nodes_[static_cast<std::size_t>(node.server.source)];
    while (source->server.source >= 0) {
      source = &nodes_[static_cast<std::size_t>(source->server.source)];
    }
    node.server.Receive(source->server, UINT64_MAX);
    node.server.Apply(UINT64_MAX);
  }
  for (auto& node : nodes_) {
    if (node.server.running && node.server.waits) Commit(node.server, node.server.log.end());
  }
}

// --- The network

bool DatabaseSimWorld::Outside(const DatabaseSimNode& node) const {
  return node.isolated > now_ || cut_zones_[node.region][node.zone] > now_;
}

bool DatabaseSimWorld::Reaches(const DatabaseSimNode& a, const DatabaseSimNode& b) const {
  if (a.isolated > now_ || b.isolated > now_) return false;
  const bool same_zone = a.region == b.region && a.zone == b.zone;
  if (!same_zone && (Outside(a) || Outside(b))) return false;
  if (a.region != b.region && (RegionCut(a.region) || RegionCut(b.region))) return false;
  if (cut_link_.until > now_) {
    const int i = IndexOf(a), j = IndexOf(b);
    if ((cut_link_.a == i && cut_link_.b == j) || (cut_link_.a == j && cut_link_.b == i)) {
      return false;
    }
  }
  return true;
}

bool DatabaseSimWorld::Powered(const DatabaseSimNode& node) const {
  return dark_zones_[node.region][node.zone] <= now_;
}

bool DatabaseSimWorld::RegionDark(int region) const {
  return dark_zones_[region][0] > now_ && dark_zones_[region][1] > now_;
}

// --- Faults

void DatabaseSimWorld::Crash(DatabaseSimNode& node) {
  if (!node.server.running) return;
  node.server.Die();
  // Being made: whoever does that sees it, too.
  if (node.phase != lab::Phase::kRunning || node.stands_dead) return;
  node.phase = lab::Phase::kFailed;
  node.look.ended = true;
  Tell(node);
}

void DatabaseSimWorld::Pause(DatabaseSimNode& node, Millis until) {
  if (!node.server.running) return;
  node.server.paused = true;
  node.paused = until;
}

void DatabaseSimWorld::PowerOff(int region, int zone, Millis until) {
  dark_zones_[region][zone] = std::max(dark_zones_[region][zone], until);
  for (auto& node : nodes_) {
    if (node.region == region && node.zone == zone) Crash(node);
  }
}

// --- Replication

void DatabaseSimWorld::Pump() {
  for (auto& node : nodes_) {
    if (Alive(node) && node.server.source >= 0) PumpOne(node);
  }
}

// A broken path is noticed only after a while, a process that ended at once.
bool DatabaseSimWorld::Connected(DatabaseSimNode& node, DatabaseSimNode& source) {
  auto& server = node.server;
  if (!server.receiver) return false;
  const bool reaches = Reaches(node, source);
  if (server.connected) {
    if (!source.server.running) {
      server.connected = false;
    } else if (!reaches || source.server.paused) {
      if (node.broken_at == 0) node.broken_at = now_ + random_.Between(300, 8'000);
      if (node.broken_at <= now_) server.connected = false;
      return false;
    }
    node.broken_at = 0;
    return server.connected;
  }
  if (node.retry_at > now_) return false;
  node.retry_at = now_ + kRetryConnecting;
  node.broken_at = 0;
  return reaches && Alive(source) && server.Connect(source.server);
}

void DatabaseSimWorld::PumpOne(DatabaseSimNode& node) {
  auto& source = nodes_[static_cast<std::size_t>(node.server.source)];
  auto& server = node.server;
  const bool slow = node.slow > now_;
  if (Connected(node, source)) {
    const auto open =
        source.server.log.end() - std::min(source.server.log.end(), server.relay.end());
    if (open > 0) {
      const auto most = slow ? 1 : random_.Chance(0.7) ? open : random_.Next() % (open + 1);
      server.Receive(source.server, most);
    }
    const bool attached = server.acknowledges && source.server.waits && source.server.source < 0;
    if (attached) Commit(source.server, std::min(server.relay.end(), source.server.log.end()));
  }
  const auto open = server.relay.end() - std::min(server.relay.end(), server.log.end());
  if (open > 0) server.Apply(slow ? 1 : random_.Chance(0.7) ? open : random_.Next() % (open + 1));
}

void DatabaseSimWorld::Commit(DatabaseSimServer& server, std::uint64_t up_to) {
  if (up_to <= server.committed) return;
  server.committed = up_to;
  Acknowledge(server);
}

// The clients of what this server committed in its present stretch are told.
void DatabaseSimWorld::Acknowledge(DatabaseSimServer& server) {
  if (server.stretch == 0) return;
  auto& stretch = stretches_[server.stretch];
  if (server.committed < stretch.first || server.committed <= stretch.acknowledged) return;
  acknowledged_ += server.committed - std::max(stretch.acknowledged, stretch.first - 1);
  stretch.acknowledged = server.committed;
}

bool DatabaseSimWorld::Write(int index, int region, std::uint64_t transactions) {
  auto& node = nodes_[static_cast<std::size_t>(index)];
  auto& server = node.server;
  const bool reached = !Outside(node) && !(node.region != region && (RegionCut(0) || RegionCut(1)));
  if (!reached || !Alive(node) || !server.writable) return false;
  server.Write(node.slow > now_ ? 1 : transactions);
  Acknowledge(server);
  return !server.waits || server.committed == server.log.end();
}

void DatabaseSimWorld::BecomeWritable(DatabaseSimNode& node) {
  auto& server = node.server;
  if (server.writable) return;
  server.writable = true;
  server.stretch = static_cast<std::uint32_t>(stretches_.size());
  stretches_.push_back({server.log.end() + 1, 0});
  new_writers_.push_back(IndexOf(node));
}

// --- The truth

std::uint64_t DatabaseSimWorld::LacksUpTo(const DatabaseSimServer& server,
                                          std::uint64_t position) const {
  std::uint64_t missing = 0;
  for (std::uint32_t i = 1; i < stretches_.size(); ++i) {
    const auto& stretch = stretches_[i];
    const auto last = std::min(stretch.acknowledged, position);
    if (last < stretch.first) continue;
    const auto has = std::max(server.log.LastOf(i), stretch.first - 1);
    if (last > has) missing += last - has;
  }
  return missing;
}

std::uint64_t DatabaseSimWorld::Lacks(const DatabaseSimServer& server) const {
  return LacksUpTo(server, UINT64_MAX);
}

void DatabaseSimWorld::ForgetLost(const DatabaseSimServer& server) {
  for (std::uint32_t i = 1; i < stretches_.size(); ++i) {
    stretches_[i].acknowledged = std::min(stretches_[i].acknowledged, server.log.LastOf(i));
  }
}

int DatabaseSimWorld::Writable() const {
  int writable = 0;
  for (const auto& node : nodes_) writable += node.server.running && node.server.writable ? 1 : 0;
  return writable;
}

bool DatabaseSimWorld::Busy() const {
  if (!inbox_.empty()) return true;
  return std::ranges::any_of(
      nodes_, [](const auto& node) { return !node.actions.empty() || node.late_look_at != 0; });
}

}  // namespace scv::world::sim
