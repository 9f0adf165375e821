// A session of the SQLite store: one connection and its prepared statements.
#ifndef SCV_MEMO_STORE_SQLITE_SESSION_H_
#define SCV_MEMO_STORE_SQLITE_SESSION_H_

#include <memory>

#include "memo/store/sqlite_read.h"
#include "memo/store/sqlite_store.h"
#include "memo/store/sqlite_write.h"
#include "sqlite/sqlite_connection.h"

namespace scv::memo {

// What the sessions of one store have in common.
struct SqliteShared {
  SqliteOptions options;
  SqliteWriterQueue writers;
};

class SqliteSession final : public StoreSession {
 public:
  // memo_matches is registered on `connection`.
  SqliteSession(std::shared_ptr<SqliteShared> shared, std::unique_ptr<SqliteConnection> connection);

  Result<void> Read(std::span<const ReadQuery* const> queries,
                    std::span<ReadAnswer* const> answers) override;
  Result<void> Write(std::span<const WriteCommand* const> commands,
                     std::span<WriteAnswer* const> answers, std::span<Error> failures) override;
  Result<void> Check() override;
  Result<std::vector<SigningKey>> SigningKeys() override;
  Result<void> AddSigningKey(const SigningKey& key, bool only_if_none,
                             Millis retire_others_at) override;
  Result<std::vector<Account>> ListAccounts(const std::string& after, std::uint32_t limit) override;
  Result<void> ResetPassword(const std::string& username, const std::string& hash) override;
  Result<bool> SeedOnce(const Account& account, std::span<const Memo> memos) override;
  Result<std::uint64_t> Expire(Millis keys_before, Millis trash_before,
                               std::uint32_t limit) override;

 private:
  Result<void> BeginWrite(SqliteTransaction& transaction);
  Result<void> WriteApart(std::span<const WriteCommand* const> commands,
                          std::span<WriteAnswer* const> answers, std::span<Error> failures);
  // Deletes in transactions of at most kExpireChunk rows; `sql` takes (before, rows).
  Result<std::uint64_t> DeleteInChunks(std::string_view sql, Millis before, std::uint32_t limit);

  std::shared_ptr<SqliteShared> shared_;
  std::unique_ptr<SqliteConnection> connection_;
  SqliteTransactions transactions_;
  SqliteReader reader_;
  SqliteWriter writer_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_SQLITE_SESSION_H_
