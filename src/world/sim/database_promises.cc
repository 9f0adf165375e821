// The promises of docs/database.md, checked at every step and at the end.
#include <algorithm>

#include "world/sim/database_simulation.h"

namespace scv::world::sim {
namespace {

constexpr Millis kSettled = 3'000;  // without news for so long, nothing is under way
constexpr Millis kBefore = 500;     // how long before the next fault a skip ends

}  // namespace

void DatabaseSimulation::Check() {
  const auto writers = world_.TakeNewWriters();
  if (writers.empty()) return;
  if (world_.Writable() > 1) return Violate("two nodes are writable");
  for (const int index : writers) CheckNewWriter(index);
}

// Whoever takes writes has every write that a client was told of, unless the region was given up
// and this was said, with how much it is at least.
void DatabaseSimulation::CheckNewWriter(int index) {
  const auto& node = world_.nodes()[static_cast<std::size_t>(index)];
  if (tell_story_) {
    Tell(control::NodeName(node.key) + " is writable from " + node.server.log.Position());
  }
  const auto missing = world_.Lacks(node.server);
  if (missing == 0) return;
  if (!loss_told_) {
    return Violate(control::NodeName(node.key) + " lacks " + std::to_string(missing) +
                   " acknowledged transactions and takes writes");
  }
  const auto seen = world_.LacksUpTo(node.server, told_of_);
  if (seen > told_lost_) {
    return Violate("told of at most " + std::to_string(told_lost_) + " lost transactions of " +
                   std::to_string(told_of_) + " seen, " + std::to_string(seen) + " are missing");
  }
  outcome_.lost += missing;
  world_.ForgetLost(node.server);
  loss_told_ = false;
}

bool DatabaseSimulation::Quiet() const {
  if (daemon_down_ || unwritten_ || !plan_.redundant || !lost_regions_.empty()) return false;
  return world_.now() - changed_at_ >= kSettled && !world_.Busy();
}

// Nothing happens until shortly before then: clients write, replicas keep up.
void DatabaseSimulation::SkipTo(Millis at) {
  const Millis settle_until = std::min(at, world_.now() + 60'000);
  while (!Violated() && world_.now() < settle_until && !Quiet()) StepTo(settle_until);
  const Millis to = at - kBefore;
  if (Violated() || !Quiet() || to <= world_.now()) return;
  const auto* primary = world_.Find(plan_.endpoints.at(memory_.writer));
  const int index = static_cast<int>(primary - world_.nodes().data());
  world_.Write(index, primary->region, static_cast<std::uint64_t>((to - world_.now()) / 100));
  const Millis passed = to - world_.now();
  for (auto& client : clients_) client.next += passed;
  world_.Skip(to);
  if (wake_at_ != control::kNever) wake_at_ += passed;
}

bool DatabaseSimulation::Restored() const {
  return plan_.redundant && memory_.step == control::DatabaseStep::kSteady && !daemon_down_ &&
         !unwritten_;
}

std::string DatabaseSimulation::Unrest() const {
  std::string text = plan_.redundancy + "; step " + std::string(Name(memory_.step));
  for (const auto& node : world_.nodes()) {
    text += "; " + control::NodeName(node.key) + " " + std::string(Name(node.phase)) + " at " +
            node.server.log.Position();
  }
  return text;
}

void DatabaseSimulation::Converge() {
  Tell("calm");
  changed_at_ = std::max(changed_at_, world_.now());
  const Millis until = world_.now() + scenario_.converge_in;
  while (!Violated() && world_.now() < until &&
         !(Restored() && lost_regions_.empty() && world_.now() - changed_at_ >= kSettled)) {
    StepTo(until);
  }
  if (Violated()) return;
  if (!Restored()) return Violate("no full redundancy: " + Unrest());
  if (world_.now() >= until) Violate("no rest: " + Unrest());
}

// Nothing is decided, nothing done, and every client's writes are acknowledged.
void DatabaseSimulation::Rest() {
  const Millis until = world_.now() + scenario_.rest;
  const auto changed_at = changed_at_;
  const auto acknowledged = world_.acknowledged();
  while (!Violated() && world_.now() < until) StepTo(until);
  if (Violated()) return;
  if (changed_at_ != changed_at) return Violate("it does not rest: " + Unrest());
  if (world_.acknowledged() == acknowledged) return Violate("no write is acknowledged");
  CheckLogs();
}

void DatabaseSimulation::CheckLogs() {
  const auto* primary = world_.Find(plan_.endpoints.at(memory_.writer));
  if (!primary->server.writable || world_.Writable() != 1) return Violate("there is no one writer");
  if (world_.Lacks(primary->server) != 0) return Violate("an acknowledged write is missing");
  for (const auto& node : world_.nodes()) {
    if (!node.server.log.IsPrefixOf(primary->server.log)) {
      return Violate(control::NodeName(node.key) + " differs from the primary at " +
                     node.server.log.Position());
    }
  }
}

}  // namespace scv::world::sim
