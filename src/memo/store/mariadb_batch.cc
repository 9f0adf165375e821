#include "memo/store/mariadb_batch.h"

#include <algorithm>
#include <cstring>

#include "memo/domain/write_rules.h"

namespace scv::memo {
namespace {

template <std::size_t kSize>
void Copy(std::string_view from, std::array<std::uint8_t, kSize>& to) {
  std::memcpy(to.data(), from.data(), std::min(from.size(), kSize));
}

bool ChangesAccount(const WriteCommand& command) {
  return std::holds_alternative<SetPassword>(command.operation) ||
         std::holds_alternative<RevokeSessions>(command.operation);
}

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

MariadbBatch::MariadbBatch(std::span<const WriteCommand* const> commands,
                           std::span<WriteAnswer* const> answers, std::span<Error> failures)
    : commands_(commands), answers_(answers), failures_(failures) {}

// FORCE INDEX: on a small table the optimizer would rather scan, and so wait for rows that this
// batch has no part in.
std::string MariadbBatch::LoadSql() {
  std::set<AccountId> accounts;
  std::set<MemoKey> memos;
  std::set<RecordKey> records;
  std::set<std::string_view> names;
  bool changes_account = false;
  for (const WriteCommand* command : commands_) {
    const AccountId account = command->caller.account;
    if (account != 0) accounts.insert(account);
    if (const auto target = TargetOf(command->operation)) memos.emplace(account, *target);
    if (const auto* make = std::get_if<CreateAccount>(&command->operation)) {
      names.insert(make->account.username);
    }
    records.emplace(account, command->key);
    changes_account |= ChangesAccount(*command);
  }
  asked_accounts_ = !accounts.empty();
  asked_memos_ = !memos.empty();
  asked_names_ = !names.empty();

  MariadbText text;
  text.Raw("START TRANSACTION; SELECT @@global.read_only, @@global.server_id");
  bool first = true;
  if (asked_accounts_) {
    text.Raw(
        "; SELECT id, username, password_hash, token_version, created_at FROM account"
        " FORCE INDEX (PRIMARY) WHERE id IN (");
    for (const AccountId id : accounts) text.Comma(first).Number(id);
    text.Raw(changes_account ? ") FOR UPDATE" : ") LOCK IN SHARE MODE");
  }
  if (asked_memos_) {
    text.Raw("; SELECT account_id, " SCV_MARIADB_MEMO_COLUMNS
             " FROM memo FORCE INDEX (PRIMARY) WHERE (account_id, id) IN (");
    first = true;
    for (const auto& [account, id] : memos) text.Comma(first).Key(account, id.bytes);
    text.Raw(") FOR UPDATE");
  }
  if (asked_names_) {
    text.Raw("; SELECT username FROM account WHERE username IN (");
    first = true;
    for (const std::string_view name : names) text.Comma(first).Raw("_ascii ").Bytes(name);
    text.Raw(")");
  }
  text.Raw(
      "; SELECT account_id, key_hash, request_hash, receipt FROM idempotency"
      " FORCE INDEX (PRIMARY) WHERE (account_id, key_hash) IN (");
  first = true;
  for (const auto& [account, key] : records) text.Comma(first).Key(account, key);
  text.Raw(")");
  return text.sql();
}

Result<void> MariadbBatch::Load(std::vector<MariadbRows>& results, bool require_writable) {
  const std::size_t expected = 2U + asked_accounts_ + asked_memos_ + asked_names_;
  if (results.size() != expected) {
    return Fail(ErrorKind::kInternal, "MariaDB answered fewer statements than were asked");
  }
  auto next = results.begin();
  const bool writable = next->Next() && IsWritable(next->Bytes(0));
  if (require_writable && !writable) return std::unexpected(NotWritable());
  server_ = static_cast<std::uint32_t>(next->Int(1));
  ++next;
  if (asked_accounts_) LoadAccounts(*next++);
  if (asked_memos_) LoadMemos(*next++);
  if (asked_names_) {
    for (; next->Next();) names_taken_.emplace(next->Bytes(0));
    ++next;
  }
  LoadRecords(*next);
  return {};
}

void MariadbBatch::LoadAccounts(MariadbRows& rows) {
  while (rows.Next()) {
    AccountSlot& slot = accounts_[rows.Int(0)];
    slot.now = {rows.Int(0), std::string(rows.Bytes(1)), std::string(rows.Bytes(2)),
                static_cast<std::uint32_t>(rows.Int(3)), rows.Int(4)};
    slot.stored = true;
  }
}

void MariadbBatch::LoadMemos(MariadbRows& rows) {
  while (rows.Next()) {
    Memo memo;
    Copy(rows.Bytes(1), memo.id.bytes);
    memo.title = rows.Bytes(2);
    memo.content = rows.Bytes(3);
    memo.pinned = rows.Int(4) != 0;
    memo.state = rows.Int(5) == 0 ? MemoState::kActive : MemoState::kTrashed;
    memo.version = static_cast<std::uint32_t>(rows.Int(6));
    memo.created_at = rows.Int(7);
    memo.updated_at = rows.Int(8);
    memo.deleted_at = rows.Int(9);
    const MemoKey key(rows.Int(0), memo.id);
    memos_[key] = {std::move(memo), true, false};
  }
}

void MariadbBatch::LoadRecords(MariadbRows& rows) {
  while (rows.Next()) {
    RecordKey key(rows.Int(0), {});
    Copy(rows.Bytes(1), key.second);
    Record& record = records_[key];
    Copy(rows.Bytes(2), record.request);
    record.receipt = rows.Bytes(3);
  }
}

void MariadbBatch::Decide() {
  for (std::size_t i = 0; i < commands_.size(); ++i) {
    const WriteCommand& command = *commands_[i];
    WriteAnswer& answer = *answers_[i] = {};
    Error& failure = failures_[i] = {};
    if (std::holds_alternative<CreateAccount>(command.operation)) {
      DecideSignUp(command, answer, failure);
    } else if (ChangesAccount(command)) {
      DecideAccount(command, answer, failure);
    } else {
      DecideMemo(command, answer, failure);
    }
  }
}

const MariadbBatch::Record* MariadbBatch::FindRecord(const WriteCommand& command) const {
  const auto found = records_.find({command.caller.account, command.key});
  return found == records_.end() ? nullptr : &found->second;
}

MariadbBatch::AccountSlot* MariadbBatch::FindGoodCaller(const Caller& caller) {
  const auto found = accounts_.find(caller.account);
  if (found == accounts_.end() || found->second.now.token_version != caller.token_version) {
    return nullptr;
  }
  return &found->second;
}

void MariadbBatch::Keep(const WriteCommand& command, const WriteAnswer& answer) {
  records_[{command.caller.account, command.key}] = {
      command.request, EncodeReceipt(command, answer), command.now, true};
}

void MariadbBatch::DecideMemo(const WriteCommand& command, WriteAnswer& answer, Error& failure) {
  if (FindGoodCaller(command.caller) == nullptr) {
    answer.status = WriteStatus::kUnauthenticated;
    return;
  }
  if (const Record* record = FindRecord(command)) {
    if (record->request == command.request)
      return Replay(record->receipt, command, answer, failure);
    answer.status = WriteStatus::kKeyReused;
    return;
  }
  const auto* create = std::get_if<CreateMemo>(&command.operation);
  const Uuid id = create != nullptr ? create->id : *TargetOf(command.operation);
  const MemoKey key(command.caller.account, id);
  const auto slot = memos_.find(key);
  const std::optional<Memo> current = slot == memos_.end() ? std::nullopt : slot->second.now;
  if (create != nullptr && current) {
    failure = {ErrorKind::kInvalid, "a memo of this id exists already"};
    return;
  }
  MemoDecision decision = DecideMemoWrite(command, current);
  answer = std::move(decision.answer);
  if (decision.effect == RowEffect::kNone) return;
  MemoSlot& changed = memos_[key];
  changed.changed = true;
  if (decision.effect == RowEffect::kDelete) {
    changed.now.reset();
  } else {
    changed.now = answer.memo;
  }
  Keep(command, answer);
}

void MariadbBatch::DecideSignUp(const WriteCommand& command, WriteAnswer& answer, Error& failure) {
  const Account& account = std::get<CreateAccount>(command.operation).account;
  if (const Record* record = FindRecord(command)) {
    if (record->request == command.request)
      return Replay(record->receipt, command, answer, failure);
    answer.status = WriteStatus::kKeyReused;
    return;
  }
  if (names_taken_.contains(account.username)) {
    answer.status = WriteStatus::kUsernameTaken;
    return;
  }
  if (accounts_.contains(account.id)) {
    failure = {ErrorKind::kInvalid, "an account of this id exists already"};
    return;
  }
  accounts_[account.id] = {account, false, true};
  names_taken_.insert(account.username);
  answer.status = WriteStatus::kApplied;
  answer.account = account;
  answer.account.password_hash.clear();
  Keep(command, answer);
}

void MariadbBatch::DecideAccount(const WriteCommand& command, WriteAnswer& answer, Error& failure) {
  AccountSlot* const good = FindGoodCaller(command.caller);
  const Record* const record = FindRecord(command);
  const bool repeat = record != nullptr && record->request == command.request;
  if (repeat) {
    Replay(record->receipt, command, answer, failure);
    // This very caller's session was voided by what it asked for: it may learn that it was done.
    if (good != nullptr || answer.account.token_version == command.caller.token_version + 1) return;
    answer = {};
    failure = {};
  }
  if (good == nullptr) {
    answer.status = WriteStatus::kUnauthenticated;
    return;
  }
  if (record != nullptr) {
    answer.status = WriteStatus::kKeyReused;
    return;
  }
  if (const auto* set = std::get_if<SetPassword>(&command.operation)) {
    good->now.password_hash = set->password_hash;
  }
  ++good->now.token_version;
  good->changed = true;
  answer.status = WriteStatus::kApplied;
  answer.account = good->now;
  answer.account.password_hash.clear();
  Keep(command, answer);
}

std::optional<std::string> MariadbBatch::StoreSql() const {
  // Every effect has its record.
  const bool any = std::any_of(records_.begin(), records_.end(),
                               [](const auto& record) { return record.second.fresh; });
  if (!any) return std::nullopt;
  MariadbText text;
  StoreRecords(text);
  StoreAccounts(text);
  StoreMemos(text);
  text.Raw("; COMMIT");
  return text.sql().substr(2);
}

void MariadbBatch::StoreRecords(MariadbText& text) const {
  bool first = true;
  for (const auto& [key, record] : records_) {
    if (!record.fresh) continue;
    if (first) text.Raw(kMariadbInsertRecords);
    text.Comma(first).Raw("(").Number(key.first);
    text.RecordRow(key.second, record.request, record.created_at, record.receipt);
  }
}

void MariadbBatch::StoreAccounts(MariadbText& text) const {
  for (const auto& [id, slot] : accounts_) {
    if (!slot.changed) continue;
    if (slot.stored) {
      text.Raw("; UPDATE account SET password_hash = ").Bytes(slot.now.password_hash);
      text.Raw(", token_version = ").Number(slot.now.token_version).Raw(" WHERE id = ").Number(id);
    } else {
      text.Raw(
          "; INSERT INTO account (id, username, password_hash, token_version, created_at)"
          " VALUES (");
      text.Number(id).Raw(", ").Bytes(slot.now.username).Raw(", ");
      text.Bytes(slot.now.password_hash).Raw(", ").Number(slot.now.token_version);
      text.Raw(", ").Number(slot.now.created_at).Raw(")");
    }
  }
}

void MariadbBatch::StoreMemos(MariadbText& text) const {
  MariadbText updates;
  bool first_insert = true;
  bool first_update = true;
  for (const auto& [key, slot] : memos_) {
    if (!slot.changed || !slot.now || slot.stored) continue;
    if (first_insert) text.Raw(kMariadbInsertMemos);
    text.Comma(first_insert).MemoRow(key.first, *slot.now);
  }
  for (const auto& [key, slot] : memos_) {
    if (!slot.changed || !slot.stored) continue;
    if (slot.now) {
      updates.Comma(first_update).MemoRow(key.first, *slot.now);
    } else {
      text.Raw("; DELETE FROM memo WHERE account_id = ").Number(key.first);
      text.Raw(" AND id = ").Bytes(key.second.bytes);
    }
  }
  if (first_update) return;
  // The rows are there and locked; this only is the form in which one statement updates many.
  text.Raw(kMariadbInsertMemos).Raw(updates.sql());
  text.Raw(
      " ON DUPLICATE KEY UPDATE title = VALUES(title), content = VALUES(content),"
      " pinned = VALUES(pinned), state = VALUES(state), version = VALUES(version),"
      " created_at = VALUES(created_at), updated_at = VALUES(updated_at),"
      " deleted_at = VALUES(deleted_at)");
}

}  // namespace scv::memo
