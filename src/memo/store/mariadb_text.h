// SQL text with values in it. Numbers are written as digits and everything else as a hexadecimal
// literal, so there is nothing to escape and nothing a value could break out of.
#ifndef SCV_MEMO_STORE_MARIADB_TEXT_H_
#define SCV_MEMO_STORE_MARIADB_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/uuid.h"
#include "memo/domain/memo_types.h"

namespace scv::memo {

class MariadbText {
 public:
  // Text of the program itself.
  MariadbText& Raw(std::string_view sql);
  MariadbText& Number(std::int64_t value);
  MariadbText& Bytes(std::string_view bytes);
  MariadbText& Bytes(const std::array<std::uint8_t, 16>& bytes);
  // ", " before every item of a list but the first. `first` starts as true.
  MariadbText& Comma(bool& first);

  // "(account, x'id')".
  MariadbText& Key(AccountId account, const std::array<std::uint8_t, 16>& id);
  // A row of kMariadbInsertMemos.
  MariadbText& MemoRow(AccountId account, const Memo& memo);
  // What follows the account in a row of kMariadbInsertRecords.
  MariadbText& RecordRow(const Digest128& key, const Digest128& request, Millis created_at,
                         std::string_view receipt);

  const std::string& sql() const { return sql_; }
  std::size_t size() const { return sql_.size(); }

 private:
  std::string sql_;
};

// The order of columns that the readers and writers of rows share.
#define SCV_MARIADB_MEMO_COLUMNS \
  "id, title, content, pinned, state, version, created_at, updated_at, deleted_at"

// Each begins with the ';' that ends the statement before it.
inline constexpr std::string_view kMariadbInsertMemos =
    "; INSERT INTO memo (account_id, " SCV_MARIADB_MEMO_COLUMNS ") VALUES ";
inline constexpr std::string_view kMariadbInsertRecords =
    "; INSERT INTO idempotency (account_id, key_hash, request_hash, created_at, receipt) VALUES ";

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_TEXT_H_
