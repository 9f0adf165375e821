// The writes of the SQLite store: a batch of commands, each with its idempotency record, in one
// transaction.
#ifndef SCV_MEMO_STORE_SQLITE_WRITE_H_
#define SCV_MEMO_STORE_SQLITE_WRITE_H_

#include <optional>
#include <span>
#include <string>

#include "memo/domain/memo_types.h"
#include "sqlite/sqlite_connection.h"

namespace scv::memo {

class SqliteWriter {
 public:
  // The connection outlives this.
  explicit SqliteWriter(SqliteConnection& connection);

  // Carries out the commands in order, inside a write transaction that the caller began and
  // commits. kInvalid: a command was refused by the database; nothing of the batch may be kept:
  // roll back and use CarryOutApart. Other errors: as in SqliteConnection::ErrorOf.
  Result<void> CarryOut(std::span<const WriteCommand* const> commands,
                        std::span<WriteAnswer* const> answers, std::span<Error> failures);

  // The same, each command in a savepoint of its own: one that is refused leaves nothing behind
  // and is told in `failures`. Slower; for the batches that need it.
  Result<void> CarryOutApart(std::span<const WriteCommand* const> commands,
                             std::span<WriteAnswer* const> answers, std::span<Error> failures);

 private:
  // What a key was used for before.
  struct Record {
    Digest128 request{};
    std::string receipt;
  };

  Result<void> CarryOutOne(const WriteCommand& command, WriteAnswer& answer, Error& failure);
  Result<void> ChangeMemo(const WriteCommand& command, WriteAnswer& answer, Error& failure);
  Result<void> MakeAccount(const WriteCommand& command, WriteAnswer& answer, Error& failure);
  Result<void> ChangeAccount(const WriteCommand& command, WriteAnswer& answer, Error& failure);

  // Answers from the key's record; false: there is none.
  Result<bool> AnswerFromRecord(const WriteCommand& command, WriteAnswer& answer, Error& failure);
  Result<std::optional<Record>> FindRecord(const WriteCommand& command);
  Result<std::optional<std::uint32_t>> TokenVersion(AccountId id);
  Result<std::optional<Account>> FindAccount(AccountId id);
  Result<std::optional<Memo>> FindTarget(const WriteCommand& command);
  Result<bool> IsTaken(const std::string& username);

  Result<void> UpdateMemo(AccountId owner, const Memo& memo);
  Result<void> DeleteMemo(AccountId owner, const Uuid& id);
  Result<void> UpdateAccount(const Account& account);
  Result<void> Keep(const WriteCommand& command, const WriteAnswer& answer);

  SqliteStatement find_record_;
  SqliteStatement token_version_;
  SqliteStatement find_account_;
  SqliteStatement find_memo_;
  SqliteStatement find_username_;
  SqliteStatement insert_memo_;
  SqliteStatement update_memo_;
  SqliteStatement delete_memo_;
  SqliteStatement insert_account_;
  SqliteStatement update_account_;
  SqliteStatement insert_record_;
  SqliteStatement savepoint_;
  SqliteStatement undo_;
  SqliteStatement release_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_SQLITE_WRITE_H_
