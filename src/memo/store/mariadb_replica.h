// A MariaDB read replica (10.11 or later, RDS included), asked with ordinary SQL that needs no
// right beyond reading the service's own tables.
#ifndef SCV_MEMO_STORE_MARIADB_REPLICA_H_
#define SCV_MEMO_STORE_MARIADB_REPLICA_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "memo/store/mariadb_store.h"
#include "memo/store/replica.h"

namespace scv::memo {

// As MakeMariadbStore: kInvalid, does not connect. `require_writable` is of no meaning here, and
// `io_timeout` counts from the end of a Look's patience.
Result<std::unique_ptr<Replica>> MakeMariadbReplica(MariadbOptions options);

// What MASTER_GTID_WAIT takes for all places together: the latest of each domain, rendered anew
// from its numbers. Empty: no place is known.
std::string LatestGtids(std::span<const Evidence* const> evidence);

// The whole look as one round trip.
std::string LookSql(std::span<const Evidence* const> evidence, std::chrono::milliseconds patience);

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_REPLICA_H_
