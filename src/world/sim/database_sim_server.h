// One simulated MariaDB server: its process, its log, its replication. What it models of MariaDB
// 10.11 (docs/database.md has the sources):
//   - A primary that waits (semi-synchronous, AFTER_SYNC, no timeout) writes a transaction to its
//     log first; it is committed, and its client told, once the standby has received it.
//   - A replica's received, not yet applied transactions are gone when its process ends
//     (relay-log-recovery).
//   - A primary that is started again commits all of its log, unless it is to discard its tail.
//   - A source refuses a replica whose last transaction it does not have (error 1236).
// It knows no time and no network; DatabaseSimWorld moves it.
#ifndef SCV_WORLD_SIM_DATABASE_SIM_SERVER_H_
#define SCV_WORLD_SIM_DATABASE_SIM_SERVER_H_

#include <cstdint>

#include "lab/database.h"
#include "world/sim/database_sim_log.h"

namespace scv::world::sim {

struct DatabaseSimServer {
  int id = 0;  // server_id
  bool running = false, paused = false;
  bool writable = false;
  bool waits = false;         // semi-synchronous primary
  std::uint32_t stretch = 0;  // of what it writes now

  DatabaseLog log;              // on disk
  std::uint64_t committed = 0;  // of `log`: told to clients, visible
  bool was_primary = false;     // since it last followed: its log may have a tail

  int source = -1;  // index of the server that it follows
  bool acknowledges = false;
  bool receiver = false;  // the receiving thread runs, connected or trying to
  bool connected = false;
  bool applying = false;
  int error = 0;
  DatabaseLog relay;  // what it has received, `log` included

  void Start(bool discard_tail);
  void Die();
  void StopReceiving() { receiver = connected = false; }
  void FollowNobody();
  void Follow(int whom, bool acknowledge);
  // The handshake. false: refused.
  bool Connect(const DatabaseSimServer& to);
  // Up to `most` transactions.
  void Receive(const DatabaseSimServer& from, std::uint64_t most);
  void Apply(std::uint64_t most);
  bool Applied() const { return source < 0 || log.end() >= relay.end(); }
  void Write(std::uint64_t transactions);
  void CopyFrom(const DatabaseSimServer& from);
  // The facts that a look reads.
  void Describe(lab::DatabaseSighting& look) const;
};

}  // namespace scv::world::sim

#endif  // SCV_WORLD_SIM_DATABASE_SIM_SERVER_H_
