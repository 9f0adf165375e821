// Where accounts and memos live. Two implementations, one contract (store_contract_test.cc runs on
// both): SQLite in a file and MariaDB over the network.
//
// Everything is blocking and called from the dispatcher's worker threads (dispatcher.h). A
// StoreSession is used by one thread at a time; a Store is thread-safe. No call throws.
#ifndef SCV_MEMO_STORE_STORE_H_
#define SCV_MEMO_STORE_STORE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "memo/domain/memo_types.h"

namespace scv::memo {

// A key that signs session tokens. `retired_at` 0: in use; otherwise tokens signed by it are
// accepted until then, and new ones are signed by a younger key.
struct SigningKey {
  std::uint32_t kid = 0;
  std::array<std::uint8_t, 32> secret{};
  Millis created_at = 0;
  Millis retired_at = 0;
};

// One connection. After kUnavailable, kReadOnly or kTimeout the session is useless: drop it and
// Open() another.
class StoreSession {
 public:
  virtual ~StoreSession() = default;

  // Answers every query of the batch, sharing round trips between them. All or error: on an error
  // no answer is valid. answers.size() == queries.size(), at most kBatchMax. The pointers let the
  // dispatcher batch requests that live elsewhere. A search that takes too long is stopped and
  // answered kTimedOut; its neighbours are answered.
  virtual Result<void> Read(std::span<const ReadQuery* const> queries,
                            std::span<ReadAnswer* const> answers) = 0;

  // Carries out the batch in one durable transaction: each command's effect together with its
  // idempotency record, in the given order as far as one row sees it. Ok means committed and
  // acknowledged by the database; on an error nothing is acknowledged, and whether it was applied
  // is unknown for kUnavailable and kTimeout: the same commands, with the same keys, may simply be
  // given again (a command whose key is on record is answered from its receipt). Two commands of a
  // batch may share a key or a memo: the later ones see the earlier ones' effect. A command that
  // only the database itself refuses (kInvalid), or whose record on file cannot be read
  // (kInternal), is isolated: its neighbours are carried out, and it is answered in `failures`
  // (same size as commands; empty message: no failure). Answers and failures are overwritten.
  //
  // The caller is checked first, then the key. SetPassword and RevokeSessions void their own
  // caller, so there a record that this very caller made (its token version plus one is the one
  // on record) is answered even though the caller is no longer good.
  virtual Result<void> Write(std::span<const WriteCommand* const> commands,
                             std::span<WriteAnswer* const> answers, std::span<Error> failures) = 0;

  // Is this the writable database with a schema of this version? kReadOnly, kUnavailable,
  // kConflict (newer or older schema).
  virtual Result<void> Check() = 0;

  // All signing keys, youngest first.
  virtual Result<std::vector<SigningKey>> SigningKeys() = 0;
  // Stores `key` as the only key in use and retires the others at `retire_others_at`. With
  // `only_if_none`, does nothing when there is a key in use already (first start of many
  // instances at once). The kid is chosen by the store (key.kid is ignored).
  virtual Result<void> AddSigningKey(const SigningKey& key, bool only_if_none,
                                     Millis retire_others_at) = 0;

  // Accounts in order of name, after `after` (empty: from the start), without password_hash.
  virtual Result<std::vector<Account>> ListAccounts(const std::string& after,
                                                    std::uint32_t limit) = 0;
  // An operator's password change, by name: new hash, token version raised. kNotFound.
  virtual Result<void> ResetPassword(const std::string& username, const std::string& hash) = 0;

  // Inserts the account and its memos unless this was ever done before in this database; true: done
  // now. One transaction, so that it happens exactly once however many instances start, and not
  // again when the account is gone. kConflict: the name or id is taken; nothing is kept, and the
  // seed still counts as not done.
  virtual Result<bool> SeedOnce(const Account& account, std::span<const Memo> memos) = 0;

  // Deletes at most `limit` idempotency records made before `keys_before` and purges at most
  // `limit` memos trashed before `trash_before`; the number of both. Short transactions only.
  virtual Result<std::uint64_t> Expire(Millis keys_before, Millis trash_before,
                                       std::uint32_t limit) = 0;
};

class Store {
 public:
  static constexpr std::size_t kBatchMax = 64;
  // How long one search may take.
  static constexpr std::chrono::milliseconds kSearchTimeMax{3000};

  virtual ~Store() = default;

  // A new connection, ready for use on a migrated schema. Resolves the name anew, reads rotated
  // credentials anew after kDenied. Bounded by `timeout`.
  virtual Result<std::unique_ptr<StoreSession>> Open(std::chrono::milliseconds timeout) = 0;

  // Brings the schema to this program's version: one instance migrates, the others wait for it, up
  // to `timeout`. Does nothing when it is current. kConflict: the schema is newer than this program
  // (the message says so and what to do).
  virtual Result<void> Migrate(std::chrono::milliseconds timeout) = 0;

  // "sqlite" or "mariadb", for logs and metrics.
  virtual std::string_view kind() const = 0;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_STORE_H_
