#include "world/linux/database_role.h"

#include <chrono>
#include <string>

#include "world/linux/database_facts.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kLookWithin{5000};
constexpr seconds kApplyWithin{20};

// SET GLOBAL read_only waits for commits under way, in seconds, and new ones wait behind it. A
// commit that waits for a lost standby never ends.
constexpr std::string_view kTakeNoWrites =
    "SET STATEMENT lock_wait_timeout = 1 FOR SET GLOBAL read_only = 1";

std::string OnOff(bool on) { return on ? "1" : "0"; }

// Whether everything up to this position is applied, in this many seconds.
Result<bool> IsApplied(DatabaseAdmin& admin, const std::string& position, std::string_view wait) {
  SCV_ASSIGN(const auto tables, admin.Query("SELECT MASTER_GTID_WAIT(" + admin.Quoted(position) +
                                            ", " + std::string(wait) + ") AS outcome"));
  return !tables.empty() && tables.front().At("outcome") == "0";
}

// The wait itself also succeeds where the histories differ: an error of applying is looked for.
Result<void> ApplyWhatWasReceived(DatabaseAdmin& admin) {
  const auto deadline = Clock::now() + kApplyWithin;
  for (bool first = true;; first = false) {
    SCV_ASSIGN(const auto facts, FactsOf(admin, kLookWithin));
    if (facts.apply_error != 0) {
      return Fail(ErrorKind::kConflict, "what was received cannot be applied (error " +
                                            std::to_string(facts.apply_error) +
                                            "): clone this node anew");
    }
    if (facts.received.empty()) return {};
    SCV_ASSIGN(const bool applied, IsApplied(admin, facts.received, first ? "0" : "0.2"));
    if (applied) return {};
    if (Clock::now() >= deadline) {
      return Fail(ErrorKind::kTimeout, "the database has not applied " + facts.received +
                                           " yet, it is at " + facts.executed + "; repeat");
    }
    if (!facts.applying) SCV_TRY(admin.Execute("START SLAVE SQL_THREAD"));
  }
}

Result<void> StopFollowing(DatabaseAdmin& admin, const DatabaseFacts& facts) {
  if (facts.receiver_started) SCV_TRY(admin.Execute("STOP SLAVE IO_THREAD"));
  SCV_TRY(ApplyWhatWasReceived(admin));
  return admin.Execute("STOP SLAVE; RESET SLAVE ALL");
}

bool IsFollowing(const DatabaseFacts& facts, const lab::DatabaseRole& role) {
  return facts.source == role.source_address && facts.source_port == role.source_port;
}

Result<void> ChangeSource(DatabaseAdmin& admin, const DatabaseFacts& facts,
                          const lab::DatabaseRole& role, const ReplicationIdentity& identity) {
  if (facts.source.empty()) {
    // Everything that it has executed is in its binary log, whatever it was before.
    SCV_TRY(admin.Execute("SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_binlog_pos"));
  } else {
    SCV_TRY(admin.Execute("STOP SLAVE"));
  }
  const auto file = [&](const std::filesystem::path& path) { return admin.Quoted(path.string()); };
  return admin.Execute(
      "CHANGE MASTER TO MASTER_HOST = " + admin.Quoted(role.source_address) + ", MASTER_PORT = " +
      std::to_string(role.source_port) + ", MASTER_USER = " + admin.Quoted(kReplicationAccount) +
      ", MASTER_PASSWORD = '', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1" +
      ", MASTER_HEARTBEAT_PERIOD = 0.25, MASTER_SSL = 1, MASTER_SSL_VERIFY_SERVER_CERT = 1" +
      ", MASTER_SSL_CA = " + file(identity.authority) + ", MASTER_SSL_CERT = " +
      file(identity.client.chain) + ", MASTER_SSL_KEY = " + file(identity.client.key));
}

}  // namespace

std::string GrantReplication() {
  return "GRANT REPLICATION SLAVE ON *.* TO '" + std::string(kReplicationAccount) +
         "'@'%' REQUIRE SUBJECT '/CN=" + std::string(kReplicationName) + "'";
}

// FNV-1a over both numbers, under 0xE (addresses of groups).
std::uint32_t FollowersServerId(std::uint32_t server_id, std::uint64_t term) {
  std::uint32_t hash = 2166136261U;
  const auto mix = [&](std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) {
      hash = (hash ^ static_cast<std::uint8_t>(number >> shift)) * 16777619U;
    }
  };
  mix(server_id);
  mix(term);
  return 0xE0000000U | (hash & 0x0FFFFFFFU);
}

Result<void> Lead(DatabaseAdmin& admin, const DatabaseFacts& facts, const lab::DatabaseRole& role) {
  if (!facts.source.empty()) SCV_TRY(StopFollowing(admin, facts));
  if (facts.acknowledges) SCV_TRY(admin.Execute("SET GLOBAL rpl_semi_sync_slave_enabled = 0"));
  if (facts.waits_for_standby != role.wait_for_standby) {
    SCV_TRY(
        admin.Execute("SET GLOBAL rpl_semi_sync_master_enabled = " + OnOff(role.wait_for_standby)));
  }
  if (facts.read_only == role.read_only) return {};
  return admin.Execute(role.read_only ? kTakeNoWrites : "SET GLOBAL read_only = 0");
}

Result<void> Follow(DatabaseAdmin& admin, const DatabaseFacts& facts, const lab::DatabaseRole& role,
                    const ReplicationIdentity& identity) {
  if (!facts.read_only) SCV_TRY(admin.Execute(kTakeNoWrites));
  if (facts.waits_for_standby)
    SCV_TRY(admin.Execute("SET GLOBAL rpl_semi_sync_master_enabled = 0"));
  const bool follows = IsFollowing(facts, role);
  if (follows && facts.acknowledges == role.acknowledges && facts.receiver_started &&
      facts.applying) {
    return {};
  }
  if (!follows) {
    SCV_TRY(ChangeSource(admin, facts, role, identity));
  } else if (facts.receiver_started && facts.acknowledges != role.acknowledges) {
    // It takes effect when receiving starts.
    SCV_TRY(admin.Execute("STOP SLAVE IO_THREAD"));
  }
  if (!follows || !facts.receiver_started) {
    SCV_TRY(admin.Execute("SET GLOBAL server_id = " +
                          std::to_string(FollowersServerId(identity.server_id, role.term))));
  }
  return admin.Execute("SET GLOBAL rpl_semi_sync_slave_enabled = " + OnOff(role.acknowledges) +
                       "; START SLAVE");
}

}  // namespace scv::world
