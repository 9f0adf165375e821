#include "world/linux/database_facts.h"

#include <charconv>

namespace scv::world {
namespace {

// SHOW GLOBAL STATUS with a pattern computes only what matches; information_schema computes all of
// it.
constexpr std::string_view kQuestion =
    "SELECT @@GLOBAL.read_only AS read_only,"
    " @@GLOBAL.rpl_semi_sync_master_enabled AS waits,"
    " @@GLOBAL.rpl_semi_sync_slave_enabled AS acknowledges,"
    " @@GLOBAL.gtid_current_pos AS executed, @@GLOBAL.gtid_binlog_pos AS logged;"
    "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_%s';"
    "SHOW SLAVE STATUS";

int NumberIn(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The value of one of the rows (name, value).
std::string Status(const DatabaseTable& table, std::string_view name) {
  for (const auto& row : table.rows) {
    if (row.size() == 2 && row[0] == name) return row[1];
  }
  return "";
}

}  // namespace

Result<DatabaseFacts> FactsOf(DatabaseAdmin& admin, std::chrono::milliseconds limit) {
  SCV_ASSIGN(const auto tables, admin.Query(kQuestion, limit));
  if (tables.size() != 3) return Fail(ErrorKind::kInternal, "the database left an answer out");
  DatabaseFacts facts;
  const auto& own = tables[0];
  facts.read_only = own.At("read_only") != "0";
  facts.waits_for_standby = own.At("waits") == "1";
  facts.acknowledges = own.At("acknowledges") == "1";
  facts.executed = own.At("executed");
  facts.logged = own.At("logged");
  facts.waiting = Status(tables[1], "Rpl_semi_sync_master_status") == "ON";
  facts.standbys = NumberIn(Status(tables[1], "Rpl_semi_sync_master_clients"));
  const auto& follower = tables[2];
  if (follower.rows.empty()) return facts;
  facts.source = follower.At("Master_Host");
  facts.source_port = NumberIn(follower.At("Master_Port"));
  facts.receiving = follower.At("Slave_IO_Running") == "Yes";
  facts.receiver_started = follower.At("Slave_IO_Running") != "No";
  facts.applying = follower.At("Slave_SQL_Running") == "Yes";
  facts.receive_error = NumberIn(follower.At("Last_IO_Errno"));
  facts.apply_error = NumberIn(follower.At("Last_SQL_Errno"));
  if (facts.receive_error != 0) facts.error_text = follower.At("Last_IO_Error");
  // Its own text quotes the statement, customers' data included.
  if (facts.receive_error == 0 && facts.apply_error != 0) {
    facts.error_text = "a received transaction cannot be applied; see the server's log";
  }
  facts.received = follower.At("Gtid_IO_Pos");
  return facts;
}

void Describe(const DatabaseFacts& facts, lab::DatabaseSighting& sighting) {
  sighting.writable = !facts.read_only;
  sighting.waits_for_standby = facts.waiting;
  sighting.standbys = facts.standbys;
  sighting.source = facts.source;
  sighting.receiving = facts.receiving;
  sighting.applying = facts.applying;
  sighting.error = facts.receive_error != 0 ? facts.receive_error : facts.apply_error;
  sighting.error_text = facts.error_text;
  sighting.executed = facts.executed;
  sighting.received = facts.received;
}

}  // namespace scv::world
