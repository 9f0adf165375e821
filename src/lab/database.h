// One node of an RDS DB instance: what it should be in its replication, and what is seen of it. A
// Multi-AZ DB instance has two nodes, a primary and a standby that acknowledges every write
// (lossless semi-synchronous replication); a read replica in another region follows the standby.
#ifndef SCV_LAB_DATABASE_H_
#define SCV_LAB_DATABASE_H_

#include <cstdint>
#include <string>

#include "base/time.h"

namespace scv::lab {

struct DatabaseRole {
  enum class Kind {
    kPrimary,  // nobody's follower; writable unless `read_only`
    kReplica,  // follows `source_address`; read-only
    kFenced,   // must not run: the world kills its process and says so (it "stands" when dead)
  };
  Kind kind = Kind::kPrimary;
  // Rises with every promotion of the cluster. For people and for comparing.
  std::uint64_t term = 1;

  // kPrimary: commits wait until a standby has acknowledged them, for ever if need be
  // (rpl_semi_sync_master_enabled, wait point AFTER_SYNC). Off means: alone, by decision.
  bool wait_for_standby = false;
  // kPrimary: takes no writes (a planned switch drains it). Transactions under way end first.
  bool read_only = false;

  // kReplica.
  std::string source_address;  // also in the source's certificate, which is verified
  int source_port = 3306;
  bool acknowledges = false;  // is the standby: rpl_semi_sync_slave_enabled
  // It was a primary: transactions at the end of its binary log that no standby acknowledged are
  // rolled back before it follows (--init-rpl-role=SLAVE with semi-synchronous replication).
  bool discard_tail = false;
  // When it rises, all data is dropped and copied from the source anew.
  std::uint64_t clone = 0;

  bool operator==(const DatabaseRole&) const = default;
};

// The facts of one look at a node. Nothing in it is judged: thresholds are control's business.
struct DatabaseSighting {
  // The server's greeting came over the VPC's network, from its router, within the probe's timeout.
  bool reachable = false;
  // It answers on its own socket; what follows is known only then (else the last known).
  bool answering = false;
  // There is no process of it, for certain. A node may be kFailed without it: one that could not
  // take its role on may still run.
  bool ended = false;
  std::uint64_t count = 0;  // looks so far
  Millis looked_at = 0;

  bool writable = false;           // read_only = 0
  bool waits_for_standby = false;  // rpl_semi_sync_master_status is ON
  int standbys = 0;                // rpl_semi_sync_master_clients
  std::string source;              // address of the source; "": follows nobody
  bool receiving = false;          // Slave_IO_Running is Yes (not Connecting)
  bool applying = false;           // Slave_SQL_Running is Yes
  int error = 0;                   // Last_IO_Errno, else Last_SQL_Errno
  std::string error_text;
  std::string executed;  // gtid_current_pos: "0-1-42"; "": nothing yet
  std::string received;  // Gtid_IO_Pos; "": follows nobody
  bool operator==(const DatabaseSighting&) const = default;
};

}  // namespace scv::lab

#endif  // SCV_LAB_DATABASE_H_
