// Rows of the SQLite schema (migrations.cc) as values of the domain, and back.
#ifndef SCV_MEMO_STORE_SQLITE_ROWS_H_
#define SCV_MEMO_STORE_SQLITE_ROWS_H_

#include "memo/domain/memo_types.h"
#include "sqlite/sqlite_connection.h"

namespace scv::memo {

// The column lists that the readers below expect, in their order.
#define SCV_SQLITE_MEMO_COLUMNS \
  "id, title, content, pinned, state, version, created_at, updated_at, deleted_at"
#define SCV_SQLITE_ACCOUNT_COLUMNS "id, username, password_hash, token_version, created_at"

Uuid ReadUuid(SqliteRun& row);
Memo ReadMemo(SqliteRun& row);
Account ReadAccount(SqliteRun& row);

// INSERT INTO memo (account_id, <memo columns>).
inline constexpr std::string_view kInsertMemo =
    "INSERT INTO memo (account_id, " SCV_SQLITE_MEMO_COLUMNS
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
Result<void> InsertMemo(SqliteStatement& insert, AccountId owner, const Memo& memo);

inline constexpr std::string_view kInsertAccount =
    "INSERT INTO account (" SCV_SQLITE_ACCOUNT_COLUMNS ") VALUES (?, ?, ?, ?, ?)";
Result<void> InsertAccount(SqliteStatement& insert, const Account& account);

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_SQLITE_ROWS_H_
