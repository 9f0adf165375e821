// What a database server says of itself in one round trip: read by those who carry out roles and
// by those who look on.
#ifndef SCV_WORLD_LINUX_DATABASE_FACTS_H_
#define SCV_WORLD_LINUX_DATABASE_FACTS_H_

#include <chrono>
#include <string>

#include "base/result.h"
#include "lab/database.h"
#include "world/linux/database_admin.h"

namespace scv::world {

struct DatabaseFacts {
  bool read_only = true;
  bool waits_for_standby = false;  // rpl_semi_sync_master_enabled
  bool waiting = false;            // … and in effect: rpl_semi_sync_master_status
  bool acknowledges = false;       // rpl_semi_sync_slave_enabled
  int standbys = 0;
  std::string executed;  // gtid_current_pos
  std::string logged;    // gtid_binlog_pos

  std::string source;  // "": follows nobody
  int source_port = 0;
  bool receiver_started = false;  // the thread is there, connected or trying to
  bool receiving = false;         // … and connected
  bool applying = false;
  int receive_error = 0;
  int apply_error = 0;
  std::string error_text;  // of receiving, else of applying
  std::string received;    // Gtid_IO_Pos
};

Result<DatabaseFacts> FactsOf(DatabaseAdmin& admin, std::chrono::milliseconds limit);

// The part of a sighting that the server itself knows; the rest of `sighting` stays.
void Describe(const DatabaseFacts& facts, lab::DatabaseSighting& sighting);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_FACTS_H_
