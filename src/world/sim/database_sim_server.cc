#include "world/sim/database_sim_server.h"

#include <algorithm>

namespace scv::world::sim {
namespace {

constexpr int kNotInSource = 1236;
constexpr int kCannotConnect = 2003;

}  // namespace

void DatabaseSimServer::Start(bool discard_tail) {
  if (running) return;
  running = true;
  paused = writable = waits = false;
  if (discard_tail && was_primary) log.Truncate(committed);
  committed = log.end();
  FollowNobody();
}

void DatabaseSimServer::Die() {
  running = paused = writable = waits = false;
  FollowNobody();
}

void DatabaseSimServer::FollowNobody() {
  source = -1;
  acknowledges = receiver = connected = applying = false;
  error = 0;
  relay = log;
}

void DatabaseSimServer::Follow(int whom, bool acknowledge) {
  was_primary = false;
  source = whom;
  acknowledges = acknowledge;
  receiver = applying = true;
  connected = false;
  error = 0;
  relay = log;  // what was received and not applied is received anew
}

bool DatabaseSimServer::Connect(const DatabaseSimServer& to) {
  const auto at = log.end();
  if (to.log.end() < at || (at > 0 && to.log.ServerOf(at) != log.ServerOf(at))) {
    error = kNotInSource;
    receiver = connected = false;
    return false;
  }
  error = 0;
  connected = true;
  relay = log;
  return true;
}

void DatabaseSimServer::Receive(const DatabaseSimServer& from, std::uint64_t most) {
  if (from.log.end() < relay.end()) return;
  relay.Follow(from.log, relay.end() + std::min(most, from.log.end() - relay.end()));
}

void DatabaseSimServer::Apply(std::uint64_t most) {
  if (!applying || relay.end() <= log.end()) return;
  log.Follow(relay, log.end() + std::min(most, relay.end() - log.end()));
  committed = log.end();
}

void DatabaseSimServer::Write(std::uint64_t transactions) {
  log.Write(stretch, id, transactions);
  if (!waits) committed = log.end();
}

void DatabaseSimServer::CopyFrom(const DatabaseSimServer& from) {
  log = from.log;
  log.Truncate(from.committed);
  committed = log.end();
  was_primary = false;
  relay = log;
}

void DatabaseSimServer::Describe(lab::DatabaseSighting& look) const {
  look.writable = writable;
  look.waits_for_standby = waits;
  look.receiving = connected;
  look.applying = applying;
  look.error = error != 0 ? error : (receiver && !connected ? kCannotConnect : 0);
  look.executed = log.Position();
  look.received = source < 0 ? "" : relay.Position();
}

}  // namespace scv::world::sim
