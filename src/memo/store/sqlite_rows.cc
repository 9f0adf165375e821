#include "memo/store/sqlite_rows.h"

#include <algorithm>

namespace scv::memo {

Uuid ReadUuid(SqliteRun& row) {
  Uuid id;
  const std::string_view bytes = row.Blob();
  std::copy_n(bytes.begin(), std::min(bytes.size(), id.bytes.size()), id.bytes.begin());
  return id;
}

Memo ReadMemo(SqliteRun& row) {
  Memo memo;
  memo.id = ReadUuid(row);
  memo.title = row.Text();
  memo.content = row.Text();
  memo.pinned = row.Int() != 0;
  memo.state = row.As<MemoState>();
  memo.version = row.As<std::uint32_t>();
  memo.created_at = row.Int();
  memo.updated_at = row.Int();
  memo.deleted_at = row.Int();
  return memo;
}

Account ReadAccount(SqliteRun& row) {
  Account account;
  account.id = row.Int();
  account.username = row.Text();
  account.password_hash = row.Text();
  account.token_version = row.As<std::uint32_t>();
  account.created_at = row.Int();
  return account;
}

Result<void> InsertMemo(SqliteStatement& insert, AccountId owner, const Memo& memo) {
  SqliteRun run(insert);
  run.Bind(owner).BindBlob(memo.id.bytes).Bind(memo.title).Bind(memo.content);
  run.Bind(memo.pinned).Bind(static_cast<std::int64_t>(memo.state)).Bind(memo.version);
  run.Bind(memo.created_at).Bind(memo.updated_at).Bind(memo.deleted_at);
  return run.Finish();
}

Result<void> InsertAccount(SqliteStatement& insert, const Account& account) {
  SqliteRun run(insert);
  run.Bind(account.id).Bind(account.username).Bind(account.password_hash);
  run.Bind(account.token_version).Bind(account.created_at);
  return run.Finish();
}

}  // namespace scv::memo
