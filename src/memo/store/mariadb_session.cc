#include "memo/store/mariadb_session.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "memo/store/mariadb_schema.h"
#include "memo/store/mariadb_text.h"

namespace scv::memo {
namespace {

using Column = MariadbStatement::Column;

constexpr int kTriesMax = 5;
// Few enough that a write of a client waits a few milliseconds for it.
constexpr std::uint32_t kExpireChunk = 256;
// Rows of a seed per statement.
constexpr std::size_t kSeedChunk = 100;

std::string_view AsBytes(const std::array<std::uint8_t, 32>& secret) {
  return {reinterpret_cast<const char*>(secret.data()), secret.size()};
}

}  // namespace

MariadbSession::MariadbSession(std::unique_ptr<MariadbConnection> connection)
    : connection_(std::move(connection)), reader_(*connection_), writer_(*connection_) {}

Result<void> MariadbSession::Read(std::span<const ReadQuery* const> queries,
                                  std::span<ReadAnswer* const> answers) {
  assert(queries.size() == answers.size() && queries.size() <= Store::kBatchMax);
  return reader_.Answer(queries, answers);
}

Result<void> MariadbSession::Write(std::span<const WriteCommand* const> commands,
                                   std::span<WriteAnswer* const> answers,
                                   std::span<Error> failures) {
  assert(commands.size() == answers.size() && commands.size() == failures.size());
  if (commands.empty()) return {};
  return writer_.Write(commands, answers, failures);
}

Result<void> MariadbSession::Check() {
  SCV_TRY(CheckMariadbSchema(*connection_));
  SCV_ASSIGN(auto results, connection_->Query("SELECT @@global.read_only"));
  MariadbRows& row = results.front();
  if (row.Next() && IsWritable(row.Bytes(0))) return {};
  return std::unexpected(NotWritable());
}

Result<std::vector<SigningKey>> MariadbSession::SigningKeys() {
  SCV_ASSIGN(auto results,
             connection_->Query("SELECT kid, secret, created_at, retired_at FROM signing_key"
                                " ORDER BY kid DESC"));
  std::vector<SigningKey> keys;
  for (MariadbRows& row = results.front(); row.Next();) {
    SigningKey key;
    key.kid = static_cast<std::uint32_t>(row.Int(0));
    const std::string_view secret = row.Bytes(1);
    if (secret.size() != key.secret.size()) {
      return Fail(ErrorKind::kInternal, "a signing key on file has the wrong length");
    }
    std::memcpy(key.secret.data(), secret.data(), secret.size());
    key.created_at = row.Int(2);
    key.retired_at = row.Int(3);
    keys.push_back(key);
  }
  return keys;
}

Result<bool> MariadbSession::InTransaction(const std::function<Result<bool>()>& body) {
  for (int tries = 1;; ++tries) {
    auto done = TryTransaction(body);
    if (done || connection_->last_code() != kMariadbDeadlock || tries == kTriesMax) return done;
  }
}

Result<bool> MariadbSession::TryTransaction(const std::function<Result<bool>()>& body) {
  SCV_TRY(connection_->Execute("START TRANSACTION"));
  auto commit = body();
  if (commit) {
    SCV_TRY(connection_->Execute(*commit ? "COMMIT" : "ROLLBACK"));
    return commit;
  }
  // After the others the session is dropped, which rolls back as well.
  const ErrorKind kind = commit.error().kind;
  if (kind == ErrorKind::kInvalid || kind == ErrorKind::kConflict) {
    SCV_TRY(connection_->Execute("ROLLBACK"));
  }
  return commit;
}

Result<void> MariadbSession::AddSigningKey(const SigningKey& key, bool only_if_none,
                                           Millis retire_others_at) {
  const auto add = [&]() -> Result<bool> {
    // There may be no key to lock yet; the schema's first step is there always.
    SCV_TRY(
        connection_->Execute("SELECT version FROM schema_version WHERE version = 1 FOR UPDATE"));
    if (only_if_none) {
      SCV_ASSIGN(auto results,
                 connection_->Query("SELECT 1 FROM signing_key WHERE retired_at = 0 LIMIT 1"));
      if (results.front().Next()) return false;
    }
    MariadbText text;
    text.Raw("UPDATE signing_key SET retired_at = ").Number(retire_others_at);
    text.Raw(
        " WHERE retired_at = 0; INSERT INTO signing_key (secret, created_at, retired_at)"
        " VALUES (");
    text.Bytes(AsBytes(key.secret)).Raw(", ").Number(key.created_at).Raw(", 0)");
    SCV_TRY(connection_->Execute(text.sql()));
    return true;
  };
  SCV_TRY(InTransaction(add));
  return {};
}

Result<std::vector<Account>> MariadbSession::ListAccounts(const std::string& after,
                                                          std::uint32_t limit) {
  MariadbStatement select(*connection_,
                          "SELECT id, username, token_version, created_at FROM account"
                          " WHERE username > ? ORDER BY username LIMIT ?",
                          {Column::kInt, Column::kBytes, Column::kInt, Column::kInt});
  select.Bind(after);
  select.Bind(std::int64_t{limit});
  SCV_TRY(select.Execute());
  std::vector<Account> accounts;
  for (;;) {
    SCV_ASSIGN(const bool row, select.Fetch());
    if (!row) return accounts;
    Account& account = accounts.emplace_back();
    account.id = select.Int(0);
    account.username = select.Bytes(1);
    account.token_version = static_cast<std::uint32_t>(select.Int(2));
    account.created_at = select.Int(3);
  }
}

Result<void> MariadbSession::ResetPassword(const std::string& username, const std::string& hash) {
  MariadbStatement update(*connection_,
                          "UPDATE account SET password_hash = ?, token_version = token_version + 1"
                          " WHERE username = ?",
                          {});
  update.Bind(hash);
  update.Bind(username);
  SCV_TRY(update.Execute());
  if (update.changes() == 0) return Fail(ErrorKind::kNotFound, "there is no account of that name");
  return {};
}

Result<bool> MariadbSession::SeedOnce(const Account& account, std::span<const Memo> memos) {
  return InTransaction([&]() -> Result<bool> {
    MariadbText mark;
    mark.Raw("INSERT IGNORE INTO done_once (name, at) VALUES ('seed', ");
    SCV_TRY(connection_->Execute(mark.Number(account.created_at).Raw(")").sql()));
    if (connection_->changes() == 0) return false;
    SCV_TRY(InsertSeed(account, memos));
    return true;
  });
}

Result<void> MariadbSession::InsertSeed(const Account& account, std::span<const Memo> memos) {
  MariadbText row;
  row.Raw("INSERT INTO account (id, username, password_hash, token_version, created_at) VALUES (");
  row.Number(account.id).Raw(", ").Bytes(account.username).Raw(", ").Bytes(account.password_hash);
  row.Raw(", ").Number(account.token_version).Raw(", ").Number(account.created_at).Raw(")");
  if (auto made = connection_->Execute(row.sql()); !made) {
    if (made.error().kind != ErrorKind::kInvalid) return made;
    return Fail(ErrorKind::kConflict, "the seed's account name or id is taken");
  }
  for (std::size_t at = 0; at < memos.size(); at += kSeedChunk) {
    MariadbText text;
    text.Raw("INSERT INTO memo (account_id, " SCV_MARIADB_MEMO_COLUMNS ") VALUES ");
    bool first = true;
    for (const Memo& memo : memos.subspan(at, std::min(kSeedChunk, memos.size() - at))) {
      text.Comma(first).MemoRow(account.id, memo);
    }
    SCV_TRY(connection_->Execute(text.sql()));
  }
  return {};
}

Result<std::uint64_t> MariadbSession::Expire(Millis keys_before, Millis trash_before,
                                             std::uint32_t limit) {
  MariadbText keys;
  keys.Raw("DELETE FROM idempotency WHERE created_at < ").Number(keys_before);
  keys.Raw(" ORDER BY created_at LIMIT ");
  MariadbText memos;
  memos.Raw("DELETE FROM memo WHERE deleted_at > 0 AND deleted_at < ").Number(trash_before);
  memos.Raw(" ORDER BY deleted_at LIMIT ");
  SCV_ASSIGN(const std::uint64_t keys_gone, DeleteInChunks(keys.sql(), limit));
  SCV_ASSIGN(const std::uint64_t memos_gone, DeleteInChunks(memos.sql(), limit));
  return keys_gone + memos_gone;
}

Result<std::uint64_t> MariadbSession::DeleteInChunks(const std::string& sql, std::uint32_t limit) {
  std::uint64_t deleted = 0;
  while (deleted < limit) {
    const std::uint64_t chunk = std::min<std::uint64_t>(kExpireChunk, limit - deleted);
    std::uint64_t changes = 0;
    SCV_TRY(InTransaction([&]() -> Result<bool> {
      SCV_TRY(connection_->Execute(sql + std::to_string(chunk)));
      changes = connection_->changes();
      return true;
    }));
    deleted += changes;
    if (changes < chunk) break;
  }
  return deleted;
}

}  // namespace scv::memo
