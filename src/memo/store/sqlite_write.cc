#include "memo/store/sqlite_write.h"

#include <algorithm>
#include <utility>

#include "memo/domain/write_rules.h"
#include "memo/store/sqlite_rows.h"

namespace scv::memo {
namespace {

void Replay(const std::string& receipt, const WriteCommand& command, WriteAnswer& answer,
            Error& failure) {
  auto replayed = DecodeReceipt(receipt, command);
  if (replayed) {
    answer = std::move(*replayed);
  } else {
    failure = std::move(replayed).error();
  }
}

}  // namespace

SqliteWriter::SqliteWriter(SqliteConnection& connection)
    : find_record_(connection,
                   "SELECT request_hash, receipt FROM idempotency"
                   " WHERE account_id = ? AND key_hash = ?"),
      token_version_(connection, "SELECT token_version FROM account WHERE id = ?"),
      find_account_(connection, "SELECT " SCV_SQLITE_ACCOUNT_COLUMNS " FROM account WHERE id = ?"),
      find_memo_(connection,
                 "SELECT " SCV_SQLITE_MEMO_COLUMNS " FROM memo WHERE account_id = ? AND id = ?"),
      find_username_(connection, "SELECT 1 FROM account WHERE username = ?"),
      insert_memo_(connection, kInsertMemo),
      update_memo_(connection,
                   "UPDATE memo SET title = ?, content = ?, pinned = ?, state = ?, version = ?,"
                   " updated_at = ?, deleted_at = ? WHERE account_id = ? AND id = ?"),
      delete_memo_(connection, "DELETE FROM memo WHERE account_id = ? AND id = ?"),
      insert_account_(connection, kInsertAccount),
      update_account_(connection,
                      "UPDATE account SET password_hash = ?, token_version = ? WHERE id = ?"),
      insert_record_(connection,
                     "INSERT INTO idempotency (account_id, key_hash, request_hash, created_at,"
                     " receipt) VALUES (?, ?, ?, ?, ?)"),
      savepoint_(connection, "SAVEPOINT command"),
      undo_(connection, "ROLLBACK TO command"),
      release_(connection, "RELEASE command") {}

Result<void> SqliteWriter::CarryOut(std::span<const WriteCommand* const> commands,
                                    std::span<WriteAnswer* const> answers,
                                    std::span<Error> failures) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    *answers[i] = {};
    failures[i] = {};
    SCV_TRY(CarryOutOne(*commands[i], *answers[i], failures[i]));
  }
  return {};
}

Result<void> SqliteWriter::CarryOutApart(std::span<const WriteCommand* const> commands,
                                         std::span<WriteAnswer* const> answers,
                                         std::span<Error> failures) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    *answers[i] = {};
    failures[i] = {};
    SCV_TRY(SqliteRun(savepoint_).Finish());
    auto done = CarryOutOne(*commands[i], *answers[i], failures[i]);
    if (!done) {
      if (done.error().kind != ErrorKind::kInvalid) return done;
      SCV_TRY(SqliteRun(undo_).Finish());
      *answers[i] = {};
      failures[i] = std::move(done).error();
    }
    SCV_TRY(SqliteRun(release_).Finish());
  }
  return {};
}

Result<void> SqliteWriter::CarryOutOne(const WriteCommand& command, WriteAnswer& answer,
                                       Error& failure) {
  if (std::holds_alternative<CreateAccount>(command.operation)) {
    return MakeAccount(command, answer, failure);
  }
  if (std::holds_alternative<SetPassword>(command.operation) ||
      std::holds_alternative<RevokeSessions>(command.operation)) {
    return ChangeAccount(command, answer, failure);
  }
  return ChangeMemo(command, answer, failure);
}

Result<void> SqliteWriter::ChangeMemo(const WriteCommand& command, WriteAnswer& answer,
                                      Error& failure) {
  SCV_ASSIGN(const auto token_version, TokenVersion(command.caller.account));
  if (token_version != command.caller.token_version) {
    answer.status = WriteStatus::kUnauthenticated;
    return {};
  }
  SCV_ASSIGN(const bool answered, AnswerFromRecord(command, answer, failure));
  if (answered) return {};
  SCV_ASSIGN(const auto current, FindTarget(command));
  MemoDecision decision = DecideMemoWrite(command, current);
  answer = std::move(decision.answer);
  const AccountId owner = command.caller.account;
  switch (decision.effect) {
    case RowEffect::kNone:
      return {};
    case RowEffect::kInsert:
      SCV_TRY(InsertMemo(insert_memo_, owner, answer.memo));
      break;
    case RowEffect::kUpdate:
      SCV_TRY(UpdateMemo(owner, answer.memo));
      break;
    case RowEffect::kDelete:
      SCV_TRY(DeleteMemo(owner, current->id));
      break;
  }
  return Keep(command, answer);
}

Result<void> SqliteWriter::MakeAccount(const WriteCommand& command, WriteAnswer& answer,
                                       Error& failure) {
  SCV_ASSIGN(const bool answered, AnswerFromRecord(command, answer, failure));
  if (answered) return {};
  const Account& account = std::get<CreateAccount>(command.operation).account;
  SCV_ASSIGN(const bool taken, IsTaken(account.username));
  if (taken) {
    answer.status = WriteStatus::kUsernameTaken;
    return {};
  }
  SCV_TRY(InsertAccount(insert_account_, account));
  answer.status = WriteStatus::kApplied;
  answer.account = account;
  answer.account.password_hash.clear();
  return Keep(command, answer);
}

Result<void> SqliteWriter::ChangeAccount(const WriteCommand& command, WriteAnswer& answer,
                                         Error& failure) {
  SCV_ASSIGN(auto account, FindAccount(command.caller.account));
  SCV_ASSIGN(const auto record, FindRecord(command));
  const bool good = account && account->token_version == command.caller.token_version;
  if (record && record->request == command.request) {
    // The effect of these two voids the very session that asked for it. When the answer was lost,
    // the repeat comes with that session and must learn that it was done; refusing it would tell
    // somebody whose password has changed that it has not. Sessions older than that one, or voided
    // by anything else, have no part in it.
    Replay(record->receipt, command, answer, failure);
    if (good || answer.account.token_version == command.caller.token_version + 1) return {};
    answer = {};
    failure = {};
  }
  if (!good) {
    answer.status = WriteStatus::kUnauthenticated;
    return {};
  }
  if (record) {
    answer.status = WriteStatus::kKeyReused;
    return {};
  }
  if (const auto* set = std::get_if<SetPassword>(&command.operation)) {
    account->password_hash = set->password_hash;
  }
  ++account->token_version;
  SCV_TRY(UpdateAccount(*account));
  answer.status = WriteStatus::kApplied;
  answer.account = std::move(*account);
  answer.account.password_hash.clear();
  return Keep(command, answer);
}

Result<bool> SqliteWriter::AnswerFromRecord(const WriteCommand& command, WriteAnswer& answer,
                                            Error& failure) {
  SCV_ASSIGN(const auto record, FindRecord(command));
  if (!record) return false;
  if (record->request == command.request) {
    Replay(record->receipt, command, answer, failure);
  } else {
    answer.status = WriteStatus::kKeyReused;
  }
  return true;
}

Result<std::optional<SqliteWriter::Record>> SqliteWriter::FindRecord(const WriteCommand& command) {
  SqliteRun row(find_record_);
  SCV_ASSIGN(const bool found, row.Bind(command.caller.account).BindBlob(command.key).Step());
  if (!found) return std::nullopt;
  Record record;
  const std::string_view request = row.Blob();
  std::copy_n(request.begin(), std::min(request.size(), record.request.size()),
              record.request.begin());
  record.receipt = row.Blob();
  return record;
}

Result<std::optional<std::uint32_t>> SqliteWriter::TokenVersion(AccountId id) {
  SqliteRun row(token_version_);
  SCV_ASSIGN(const bool found, row.Bind(id).Step());
  if (!found) return std::nullopt;
  return row.As<std::uint32_t>();
}

Result<std::optional<Account>> SqliteWriter::FindAccount(AccountId id) {
  SqliteRun row(find_account_);
  SCV_ASSIGN(const bool found, row.Bind(id).Step());
  if (!found) return std::nullopt;
  return ReadAccount(row);
}

Result<std::optional<Memo>> SqliteWriter::FindTarget(const WriteCommand& command) {
  const auto target = TargetOf(command.operation);
  if (!target) return std::nullopt;
  SqliteRun row(find_memo_);
  SCV_ASSIGN(const bool found, row.Bind(command.caller.account).BindBlob(target->bytes).Step());
  if (!found) return std::nullopt;
  return ReadMemo(row);
}

Result<bool> SqliteWriter::IsTaken(const std::string& username) {
  SqliteRun row(find_username_);
  return row.Bind(username).Step();
}

Result<void> SqliteWriter::UpdateMemo(AccountId owner, const Memo& memo) {
  SqliteRun run(update_memo_);
  run.Bind(memo.title).Bind(memo.content).Bind(memo.pinned);
  run.Bind(static_cast<std::int64_t>(memo.state)).Bind(memo.version);
  run.Bind(memo.updated_at).Bind(memo.deleted_at).Bind(owner).BindBlob(memo.id.bytes);
  return run.Finish();
}

Result<void> SqliteWriter::DeleteMemo(AccountId owner, const Uuid& id) {
  SqliteRun run(delete_memo_);
  return run.Bind(owner).BindBlob(id.bytes).Finish();
}

Result<void> SqliteWriter::UpdateAccount(const Account& account) {
  SqliteRun run(update_account_);
  return run.Bind(account.password_hash).Bind(account.token_version).Bind(account.id).Finish();
}

Result<void> SqliteWriter::Keep(const WriteCommand& command, const WriteAnswer& answer) {
  const std::string receipt = EncodeReceipt(command, answer);
  SqliteRun run(insert_record_);
  run.Bind(command.caller.account).BindBlob(command.key).BindBlob(command.request);
  return run.Bind(command.now).BindBlob(receipt).Finish();
}

}  // namespace scv::memo
