#include "memo/store/sqlite_session.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "memo/store/sqlite_rows.h"
#include "memo/store/sqlite_schema.h"

namespace scv::memo {
namespace {

// Few enough that a write of a client waits a few milliseconds for it.
constexpr std::uint32_t kExpireChunk = 256;

}  // namespace

SqliteSession::SqliteSession(std::shared_ptr<SqliteShared> shared,
                             std::unique_ptr<SqliteConnection> connection)
    : shared_(std::move(shared)),
      connection_(std::move(connection)),
      transactions_(*connection_),
      reader_(*connection_, shared_->options.search_time_max),
      writer_(*connection_) {}

Result<void> SqliteSession::BeginWrite(SqliteTransaction& transaction) {
  return transaction.BeginWrite(shared_->writers, shared_->options.busy_timeout);
}

Result<void> SqliteSession::Read(std::span<const ReadQuery* const> queries,
                                 std::span<ReadAnswer* const> answers) {
  assert(queries.size() == answers.size() && queries.size() <= Store::kBatchMax);
  SqliteTransaction transaction(transactions_);
  SCV_TRY(transaction.BeginRead());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    SCV_ASSIGN(*answers[i], reader_.Answer(*queries[i]));
  }
  return transaction.Commit();
}

Result<void> SqliteSession::Write(std::span<const WriteCommand* const> commands,
                                  std::span<WriteAnswer* const> answers,
                                  std::span<Error> failures) {
  assert(commands.size() == answers.size() && commands.size() == failures.size());
  {
    SqliteTransaction transaction(transactions_);
    SCV_TRY(BeginWrite(transaction));
    auto done = writer_.CarryOut(commands, answers, failures);
    if (done) return transaction.Commit();
    if (done.error().kind != ErrorKind::kInvalid) return done;
  }
  return WriteApart(commands, answers, failures);
}

Result<void> SqliteSession::WriteApart(std::span<const WriteCommand* const> commands,
                                       std::span<WriteAnswer* const> answers,
                                       std::span<Error> failures) {
  SqliteTransaction transaction(transactions_);
  SCV_TRY(BeginWrite(transaction));
  SCV_TRY(writer_.CarryOutApart(commands, answers, failures));
  return transaction.Commit();
}

Result<void> SqliteSession::Check() {
  SCV_TRY(connection_->CheckInPlace());
  return CheckSqliteSchema(*connection_);
}

Result<std::vector<SigningKey>> SqliteSession::SigningKeys() {
  SqliteStatement select(
      *connection_,
      "SELECT kid, secret, created_at, retired_at FROM signing_key ORDER BY kid DESC");
  SqliteRun rows(select);
  std::vector<SigningKey> keys;
  for (;;) {
    SCV_ASSIGN(const bool row, rows.Step());
    if (!row) return keys;
    SigningKey key;
    key.kid = rows.As<std::uint32_t>();
    const std::string_view secret = rows.Blob();
    if (secret.size() != key.secret.size()) {
      return Fail(ErrorKind::kInternal, "a signing key on file has the wrong length");
    }
    std::copy(secret.begin(), secret.end(), key.secret.begin());
    key.created_at = rows.Int();
    key.retired_at = rows.Int();
    keys.push_back(key);
  }
}

Result<void> SqliteSession::AddSigningKey(const SigningKey& key, bool only_if_none,
                                          Millis retire_others_at) {
  SqliteStatement find(*connection_, "SELECT 1 FROM signing_key WHERE retired_at = 0");
  SqliteStatement retire(*connection_,
                         "UPDATE signing_key SET retired_at = ? WHERE retired_at = 0");
  SqliteStatement insert(
      *connection_, "INSERT INTO signing_key (secret, created_at, retired_at) VALUES (?, ?, 0)");
  SqliteTransaction transaction(transactions_);
  SCV_TRY(BeginWrite(transaction));
  if (only_if_none) {
    SCV_ASSIGN(const bool in_use, SqliteRun(find).Step());
    if (in_use) return {};
  }
  SCV_TRY(SqliteRun(retire).Bind(retire_others_at).Finish());
  SCV_TRY(SqliteRun(insert).BindBlob(key.secret).Bind(key.created_at).Finish());
  return transaction.Commit();
}

Result<std::vector<Account>> SqliteSession::ListAccounts(const std::string& after,
                                                         std::uint32_t limit) {
  SqliteStatement select(*connection_,
                         "SELECT id, username, '', token_version, created_at FROM account"
                         " WHERE username > ? ORDER BY username LIMIT ?");
  SqliteRun rows(select);
  rows.Bind(after).Bind(limit);
  std::vector<Account> accounts;
  for (;;) {
    SCV_ASSIGN(const bool row, rows.Step());
    if (!row) return accounts;
    accounts.push_back(ReadAccount(rows));
  }
}

Result<void> SqliteSession::ResetPassword(const std::string& username, const std::string& hash) {
  SqliteStatement update(*connection_,
                         "UPDATE account SET password_hash = ?, token_version = token_version + 1"
                         " WHERE username = ?");
  SqliteTransaction transaction(transactions_);
  SCV_TRY(BeginWrite(transaction));
  SqliteRun run(update);
  SCV_TRY(run.Bind(hash).Bind(username).Finish());
  if (run.Changes() == 0) return Fail(ErrorKind::kNotFound, "there is no account of that name");
  return transaction.Commit();
}

Result<bool> SqliteSession::SeedOnce(const Account& account, std::span<const Memo> memos) {
  SqliteStatement mark(
      *connection_, "INSERT INTO done_once (name, at) VALUES ('seed', ?) ON CONFLICT DO NOTHING");
  SqliteStatement insert_account(*connection_, kInsertAccount);
  SqliteStatement insert_memo(*connection_, kInsertMemo);
  SqliteTransaction transaction(transactions_);
  SCV_TRY(BeginWrite(transaction));
  {
    SqliteRun run(mark);
    SCV_TRY(run.Bind(account.created_at).Finish());
    if (run.Changes() == 0) return false;
  }
  if (auto made = InsertAccount(insert_account, account); !made) {
    if (made.error().kind != ErrorKind::kInvalid) return std::unexpected(std::move(made).error());
    return Fail(ErrorKind::kConflict, "the seed's account name or id is taken");
  }
  for (const Memo& memo : memos) SCV_TRY(InsertMemo(insert_memo, account.id, memo));
  SCV_TRY(transaction.Commit());
  return true;
}

Result<std::uint64_t> SqliteSession::Expire(Millis keys_before, Millis trash_before,
                                            std::uint32_t limit) {
  SCV_ASSIGN(const std::uint64_t keys,
             DeleteInChunks("DELETE FROM idempotency WHERE (account_id, key_hash) IN"
                            " (SELECT account_id, key_hash FROM idempotency"
                            " WHERE created_at < ? LIMIT ?)",
                            keys_before, limit));
  // "> 0" makes the partial index memo_trash usable.
  SCV_ASSIGN(const std::uint64_t memos,
             DeleteInChunks("DELETE FROM memo WHERE (account_id, id) IN"
                            " (SELECT account_id, id FROM memo"
                            " WHERE deleted_at > 0 AND deleted_at < ? LIMIT ?)",
                            trash_before, limit));
  return keys + memos;
}

Result<std::uint64_t> SqliteSession::DeleteInChunks(std::string_view sql, Millis before,
                                                    std::uint32_t limit) {
  SqliteStatement statement(*connection_, sql);
  std::uint64_t deleted = 0;
  while (deleted < limit) {
    const auto chunk = std::min<std::uint64_t>(kExpireChunk, limit - deleted);
    SqliteTransaction transaction(transactions_);
    SCV_TRY(BeginWrite(transaction));
    SqliteRun run(statement);
    SCV_TRY(run.Bind(before).Bind(static_cast<std::int64_t>(chunk)).Finish());
    const auto changes = static_cast<std::uint64_t>(run.Changes());
    SCV_TRY(transaction.Commit());
    deleted += changes;
    if (changes < chunk) break;
  }
  return deleted;
}

}  // namespace scv::memo
