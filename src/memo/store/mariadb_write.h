// The writes of the MariaDB store: a batch of commands, each with its idempotency record, in one
// transaction of one round trip (nothing but creates) or two (everything else).
//
// Batches are sent as the text of several statements. Measured on MariaDB 10.11 over TLS, durable,
// 200-byte memos, CPU of server and client per create with its record (µs, 28 at once / alone):
//   text, one round trip                        48 / 550
//   array binding, statements pipelined         49 / 760, two round trips
//   array binding                               51 / 950, five round trips
//   prepared rows, pipelined                    53 / 680, two round trips
//   prepared rows                               58 / -
// The server stops at the first statement that fails, which prepared statements sent ahead of their
// answers do not: their COMMIT must wait for the answers.
#ifndef SCV_MEMO_STORE_MARIADB_WRITE_H_
#define SCV_MEMO_STORE_MARIADB_WRITE_H_

#include <span>

#include "memo/domain/memo_types.h"
#include "memo/store/mariadb_client.h"

namespace scv::memo {

class MariadbWriter {
 public:
  // The connection outlives this.
  explicit MariadbWriter(MariadbConnection& connection) : connection_(connection) {}

  // As StoreSession::Write. Batches that lost a deadlock are repeated; those that the database
  // refuses are carried out one command at a time.
  Result<void> Write(std::span<const WriteCommand* const> commands,
                     std::span<WriteAnswer* const> answers, std::span<Error> failures);

 private:
  // What became of one transaction. Anything but kDone left nothing behind.
  enum class Outcome { kDone, kNotSo, kDeadlock, kDuplicate, kRefused, kTooLarge };

  // On kNotSo the guess that these are new creates of good callers was wrong.
  Result<Outcome> TryCreates(std::span<const WriteCommand* const> commands,
                             std::span<WriteAnswer* const> answers);
  Result<Outcome> TryBatch(std::span<const WriteCommand* const> commands,
                           std::span<WriteAnswer* const> answers, std::span<Error> failures);
  Result<Outcome> TryRepeatedly(std::span<const WriteCommand* const> commands,
                                std::span<WriteAnswer* const> answers, std::span<Error> failures);
  Result<void> WriteInParts(std::span<const WriteCommand* const> commands,
                            std::span<WriteAnswer* const> answers, std::span<Error> failures,
                            std::size_t part);
  // Rolls back after `error`, which becomes an outcome when the session goes on.
  Result<Outcome> GiveUp(Error error);

  MariadbConnection& connection_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_WRITE_H_
