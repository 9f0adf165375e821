// Carries out a node's role in its replication on a server that answers, from the facts just read.
// Repeating it, after a kill at any point too, leads to the same state; where nothing differs it
// only looks.
#ifndef SCV_WORLD_LINUX_DATABASE_ROLE_H_
#define SCV_WORLD_LINUX_DATABASE_ROLE_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lab/database.h"
#include "world/linux/certificate_authority.h"
#include "world/linux/database_admin.h"
#include "world/linux/database_facts.h"

namespace scv::world {

// The account that replicas follow with, on every server from its template on. It has no password:
// it is who shows a certificate for this name that the lab's authority signed (REQUIRE SUBJECT).
inline constexpr std::string_view kReplicationAccount = "lab_replication";
inline constexpr std::string_view kReplicationName = "replication.databases.lab";
// The statement that makes it so.
std::string GrantReplication();

// What a replica proves itself with, and what it holds its source against.
struct ReplicationIdentity {
  IssuedCertificate client;
  std::filesystem::path authority;
  std::uint32_t server_id = 0;  // the node's own, which it has when it starts
};

// What the node is called while it follows in this term. MariaDB leaves out what a source sends
// under the replica's own number, and what this node wrote as a primary is sent to it when it was
// cloned, or when its tail went though others had received it: as a replica it must have a number
// that it never wrote under. Beyond all IPv4 addresses of hosts, which are the nodes' own numbers.
std::uint32_t FollowersServerId(std::uint32_t server_id, std::uint64_t term);

// Makes it the primary. What it has received as a replica is applied first (kTimeout: not done in
// 20 s; kConflict: it cannot be applied). It waits for its standby before it lets the first write
// in. read_only waits one second for the transactions under way; then kConflict, and it takes
// writes as before.
Result<void> Lead(DatabaseAdmin& admin, const DatabaseFacts& facts, const lab::DatabaseRole& role);

// Makes it a replica, started, not caught up. A primary that waits for its standby is first brought
// to rest: kConflict when transactions under way do not end in a second (they must not be
// acknowledged by this; fence it and discard its tail).
Result<void> Follow(DatabaseAdmin& admin, const DatabaseFacts& facts, const lab::DatabaseRole& role,
                    const ReplicationIdentity& identity);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_ROLE_H_
