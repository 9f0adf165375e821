// One connection of the MariaDB store, as the rest of the service sees it.
#ifndef SCV_MEMO_STORE_MARIADB_SESSION_H_
#define SCV_MEMO_STORE_MARIADB_SESSION_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "memo/store/mariadb_client.h"
#include "memo/store/mariadb_read.h"
#include "memo/store/mariadb_write.h"
#include "memo/store/store.h"

namespace scv::memo {

class MariadbSession final : public StoreSession {
 public:
  explicit MariadbSession(std::unique_ptr<MariadbConnection> connection);

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
  // Runs `body` in a transaction and commits it when the body says so; again when it lost a
  // deadlock. The body's answer.
  Result<bool> InTransaction(const std::function<Result<bool>()>& body);
  Result<bool> TryTransaction(const std::function<Result<bool>()>& body);
  Result<void> InsertSeed(const Account& account, std::span<const Memo> memos);
  // Runs a DELETE whose text ends in "LIMIT " by chunks; the number of rows deleted.
  Result<std::uint64_t> DeleteInChunks(const std::string& sql, std::uint32_t limit);

  std::unique_ptr<MariadbConnection> connection_;
  MariadbReader reader_;
  MariadbWriter writer_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_SESSION_H_
