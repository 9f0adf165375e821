#include "memo/store/mariadb_read.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <optional>
#include <utility>

#include "memo/domain/memo_limits.h"
#include "memo/store/mariadb_text.h"
#include "memo/store/store.h"

namespace scv::memo {
namespace {

using Column = MariadbStatement::Column;

constexpr Uuid kHighest{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                         0xff, 0xff, 0xff, 0xff}};

#define SCV_MEMO_NUMBERS "m.pinned, m.state, m.version, m.created_at, m.updated_at, m.deleted_at"

// A server that is read-only answers no rows: a constant of the plan, which costs the rows nothing.
// Compared as text because newer servers have names for the levels of it.
std::string_view WhileWritable(const MariadbOptions& options) {
  return options.require_writable ? " AND CONCAT(@@global.read_only) IN ('0', 'OFF')" : "";
}

// What a list's statement must do; each combination is a statement of its own, because conditions
// that are switched off by a parameter cost a tenth of a list.
struct ListKind {
  explicit ListKind(const ListMemos& list)
      : oldest_first(list.after.has_value()),
        full_content(list.full_content),
        by_state(list.state.has_value()),
        by_pinned(list.pinned.has_value()),
        search(!list.query.empty()) {}

  std::size_t index() const {
    return (oldest_first ? 1U : 0U) + (full_content ? 2U : 0U) + (by_state ? 4U : 0U) +
           (by_pinned ? 8U : 0U) + (search ? 16U : 0U);
  }

  bool oldest_first;
  bool full_content;
  bool by_state;
  bool by_pinned;
  bool search;
};

// A page is a range of the primary key, so it is in order already. The account is a constant of the
// plan; with a wrong token version there are no rows.
std::string ListSql(const ListKind& kind, const MariadbOptions& options) {
  std::string sql;
  if (kind.search) {
    sql = "SET STATEMENT max_statement_time = " +
          std::to_string(static_cast<double>(options.search_time_max.count()) / 1000) + " FOR ";
  }
  sql += "SELECT m.id, m.title, ";
  sql += kind.full_content ? "m.content"
                           : "LEFT(m.content, " + std::to_string(kExcerptCodePoints) + ")";
  sql += ", " SCV_MEMO_NUMBERS
         " FROM account a STRAIGHT_JOIN memo m ON m.account_id = a.id"
         " WHERE a.id = ? AND a.token_version = ?";
  sql += WhileWritable(options);
  sql += kind.oldest_first ? " AND m.id > ?" : " AND m.id < ?";
  if (kind.by_state) sql += " AND m.state = ?";
  if (kind.by_pinned) sql += " AND m.pinned = ?";
  if (kind.search) {
    // The columns' own collation takes e and é for the same; this one only ignores case (and what
    // is like it: final sigma, the two kana). LIKE compares character by character in it.
    sql +=
        " AND (m.title LIKE ? COLLATE utf8mb4_uca1400_as_ci"
        " OR m.content LIKE ? COLLATE utf8mb4_uca1400_as_ci)";
  }
  return sql + (kind.oldest_first ? " ORDER BY m.id LIMIT ?" : " ORDER BY m.id DESC LIMIT ?");
}

// One row per question, answered or not; unused places have account 0, which nobody is. The head
// row gives the columns their types: parameters have none yet when this is prepared, and a cast of
// one to SIGNED would make a column of 32 bits.
std::string GetSql(std::size_t count, const MariadbOptions& options) {
  std::string sql =
      "WITH v(place, account, token_version, id, known) AS (VALUES"
      " (-1, 9223372036854775807, 9223372036854775807, CAST('' AS BINARY(16)),"
      " 9223372036854775807)";
  for (std::size_t i = 0; i < count; ++i) sql += ", (" + std::to_string(i) + ", ?, ?, ?, ?)";
  sql +=
      ") SELECT m.id, m.title, IF(m.version = v.known, '', m.content),"
      " " SCV_MEMO_NUMBERS
      ", v.place, a.id"
      " FROM v LEFT JOIN account a ON a.id = v.account AND a.token_version = v.token_version"
      " LEFT JOIN memo m ON m.account_id = a.id AND m.id = v.id"
      " WHERE v.place >= 0 AND v.account > 0";
  return sql.append(WhileWritable(options));
}

std::string GetOneSql(const MariadbOptions& options) {
  std::string sql = "SELECT m.id, m.title, IF(m.version = ?, '', m.content), " SCV_MEMO_NUMBERS
                    " FROM account a STRAIGHT_JOIN memo m ON m.account_id = a.id"
                    " WHERE a.id = ? AND a.token_version = ? AND m.id = ?";
  return sql.append(WhileWritable(options));
}

// A memo (mariadb_text.h).
const std::vector<Column> kMemoRow = {Column::kBytes, Column::kBytes, Column::kBytes,
                                      Column::kInt,   Column::kInt,   Column::kInt,
                                      Column::kInt,   Column::kInt,   Column::kInt};
// The same, the place of the question, the account.
const std::vector<Column> kGetRow = {Column::kBytes, Column::kBytes, Column::kBytes, Column::kInt,
                                     Column::kInt,   Column::kInt,   Column::kInt,   Column::kInt,
                                     Column::kInt,   Column::kInt,   Column::kInt};
constexpr std::size_t kPlaceAt = 9;
constexpr std::size_t kAccountAt = 10;

const std::vector<Column> kAccountRow = {Column::kBytes, Column::kInt, Column::kBytes,
                                         Column::kBytes, Column::kInt, Column::kInt};

// Always one row, so that the server's state comes with "no such account", too.
std::string AccountSql(std::string_view condition) {
  return "SELECT @@global.read_only, a.id, a.username, a.password_hash, a.token_version,"
         " a.created_at FROM (SELECT 1) AS one LEFT JOIN account a ON " +
         std::string(condition);
}

std::string_view AsBytes(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

Memo ReadMemo(const MariadbStatement& row) {
  Memo memo;
  const std::string_view id = row.Bytes(0);
  std::memcpy(memo.id.bytes.data(), id.data(), std::min(id.size(), memo.id.bytes.size()));
  memo.title = row.Bytes(1);
  memo.content = row.Bytes(2);
  memo.pinned = row.Int(3) != 0;
  memo.state = row.Int(4) == 0 ? MemoState::kActive : MemoState::kTrashed;
  memo.version = static_cast<std::uint32_t>(row.Int(5));
  memo.created_at = row.Int(6);
  memo.updated_at = row.Int(7);
  memo.deleted_at = row.Int(8);
  return memo;
}

Account ReadAccount(const MariadbStatement& row) {
  Account account;
  account.id = row.Int(1);
  account.username = row.Bytes(2);
  account.password_hash = row.Bytes(3);
  account.token_version = static_cast<std::uint32_t>(row.Int(4));
  account.created_at = row.Int(5);
  return account;
}

// As the statements take it; -1 is no version.
std::int64_t KnownVersion(const GetMemo& get) {
  return get.known_version ? std::int64_t{*get.known_version} : -1;
}

void AnswerFound(const GetMemo& get, Memo memo, ReadAnswer& answer) {
  const bool known = get.known_version == memo.version;
  answer.status = known ? ReadStatus::kNotModified : ReadStatus::kFound;
  answer.memos.push_back(std::move(memo));
}

bool SameList(const ListMemos& a, const ListMemos& b) {
  return a.caller == b.caller && a.limit == b.limit && a.before == b.before && a.after == b.after &&
         a.state == b.state && a.pinned == b.pinned && a.query == b.query &&
         a.full_content == b.full_content;
}

std::string LikePattern(std::string_view needle) {
  std::string pattern = "%";
  for (const char c : needle) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

}  // namespace

MariadbReader::MariadbReader(MariadbConnection& connection)
    : connection_(connection),
      get_one_(connection, GetOneSql(connection.options()), kMemoRow),
      account_by_name_(connection, AccountSql("a.username = ?"), kAccountRow),
      account_by_id_(connection, AccountSql("a.id = ?"), kAccountRow) {}

Result<void> MariadbReader::Answer(std::span<const ReadQuery* const> queries,
                                   std::span<ReadAnswer* const> answers) {
  std::vector<Get> gets;
  std::vector<List> lists;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    ReadAnswer& answer = *answers[i] = {};
    if (const auto* get = std::get_if<GetMemo>(queries[i])) {
      gets.push_back({get, &answer});
    } else if (const auto* list = std::get_if<ListMemos>(queries[i])) {
      const auto same = std::find_if(lists.begin(), lists.end(), [&](const List& other) {
        return SameList(*other.query, *list);
      });
      if (same != lists.end()) {
        answer = *same->answer;
        continue;
      }
      SCV_TRY(AnswerList(*list, answer));
      lists.push_back({list, &answer});
    } else if (const auto* account = std::get_if<FindAccount>(queries[i])) {
      SCV_TRY(AnswerFindAccount(*account, answer));
    } else {
      SCV_TRY(AnswerFindCaller(std::get<FindCaller>(*queries[i]), answer));
    }
  }
  if (gets.size() == 1) return AnswerGet(gets.front());
  return gets.empty() ? Result<void>() : AnswerGets(gets);
}

Result<void> MariadbReader::CheckWritable(std::string_view read_only) const {
  if (!connection_.options().require_writable || IsWritable(read_only)) return {};
  return std::unexpected(NotWritable());
}

MariadbStatement& MariadbReader::GetStatement(std::size_t power) {
  auto& statement = gets_[power];
  if (!statement) {
    statement = std::make_unique<MariadbStatement>(
        connection_, GetSql(std::size_t{1} << power, connection_.options()), kGetRow);
  }
  return *statement;
}

Result<void> MariadbReader::AnswerGet(const Get& get) {
  get_one_.Bind(KnownVersion(*get.query));
  get_one_.Bind(get.query->caller.account);
  get_one_.Bind(std::int64_t{get.query->caller.token_version});
  get_one_.Bind(AsBytes(get.query->id));
  SCV_TRY(get_one_.Execute());
  for (;;) {
    SCV_ASSIGN(const bool row, get_one_.Fetch());
    if (!row) break;
    AnswerFound(*get.query, ReadMemo(get_one_), *get.answer);
  }
  if (!get.answer->memos.empty()) return {};
  // No row: nobody has such a memo, or the server was read-only. Whether it is so now says nothing
  // about then (it may just have been promoted): one statement must tell both.
  return AnswerGets({&get, 1});
}

Result<void> MariadbReader::AnswerGets(std::span<const Get> gets) {
  const std::size_t places = std::bit_ceil(gets.size());
  MariadbStatement& statement = GetStatement(static_cast<std::size_t>(std::countr_zero(places)));
  for (std::size_t i = 0; i < places; ++i) {
    const bool used = i < gets.size();
    const GetMemo& get = *gets[used ? i : 0].query;
    statement.Bind(used ? get.caller.account : 0);
    statement.Bind(std::int64_t{get.caller.token_version});
    statement.Bind(AsBytes(get.id));
    statement.Bind(KnownVersion(get));
  }
  SCV_TRY(statement.Execute());
  std::size_t answered = 0;
  for (;; ++answered) {
    SCV_ASSIGN(const bool row, statement.Fetch());
    if (!row) break;
    const auto place = static_cast<std::size_t>(statement.Int(kPlaceAt));
    if (place >= gets.size()) return Fail(ErrorKind::kInternal, "an answer nobody asked for");
    ReadAnswer& answer = *gets[place].answer;
    if (statement.IsNull(kAccountAt)) {
      answer.status = ReadStatus::kUnauthenticated;
    } else if (!statement.IsNull(0)) {
      AnswerFound(*gets[place].query, ReadMemo(statement), answer);
    }
  }
  if (answered == gets.size()) return {};
  return std::unexpected(NotWritable());
}

MariadbStatement& MariadbReader::ListStatement(const ListMemos& list) {
  const ListKind kind(list);
  auto& statement = lists_[kind.index()];
  if (!statement) {
    statement = std::make_unique<MariadbStatement>(connection_,
                                                   ListSql(kind, connection_.options()), kMemoRow);
  }
  return *statement;
}

// An empty page may be a read-only server's, which may be promoted before it is asked for its
// state: it counts when the server was seen to take writes before the page was read, and after it.
Result<void> MariadbReader::AnswerList(const ListMemos& list, ReadAnswer& answer) {
  SCV_TRY(AnswerPage(list, answer));
  const bool empty = answer.status == ReadStatus::kFound && answer.memos.empty();
  return empty ? AnswerPage(list, answer) : Result<void>();
}

Result<void> MariadbReader::AnswerPage(const ListMemos& list, ReadAnswer& answer) {
  MariadbStatement& statement = ListStatement(list);
  const Uuid& cursor = list.after ? *list.after : list.before ? *list.before : kHighest;
  const std::string pattern = LikePattern(list.query);
  statement.Bind(list.caller.account);
  statement.Bind(std::int64_t{list.caller.token_version});
  statement.Bind(AsBytes(cursor));
  if (list.state) statement.Bind(static_cast<std::int64_t>(*list.state));
  if (list.pinned) statement.Bind(std::int64_t{*list.pinned});
  if (!list.query.empty()) {
    statement.Bind(pattern);
    statement.Bind(pattern);
  }
  statement.Bind(std::int64_t{list.limit} + 1);
  answer.status = ReadStatus::kFound;
  auto done = statement.Execute();
  if (done) done = CollectPage(statement, list, answer);
  if (!done && connection_.last_code() == kMariadbStatementTime) {
    answer = {};
    answer.status = ReadStatus::kTimedOut;
    return {};
  }
  if (!done || !answer.memos.empty()) return done;
  SCV_ASSIGN(const bool good, IsGood(list.caller));
  if (!good) answer.status = ReadStatus::kUnauthenticated;
  return {};
}

Result<bool> MariadbReader::IsGood(const Caller& caller) {
  ReadAnswer answer;
  SCV_TRY(AnswerFindCaller({caller}, answer));
  return answer.status == ReadStatus::kFound;
}

Result<void> MariadbReader::CollectPage(MariadbStatement& statement, const ListMemos& list,
                                        ReadAnswer& answer) {
  for (;;) {
    SCV_ASSIGN(const bool row, statement.Fetch());
    if (!row) return {};
    if (answer.memos.empty()) answer.memos.reserve(list.limit);
    if (answer.memos.size() == list.limit) {
      answer.more = true;
    } else {
      answer.memos.push_back(ReadMemo(statement));
    }
  }
}

Result<void> MariadbReader::AnswerFindAccount(const FindAccount& find, ReadAnswer& answer) {
  account_by_name_.Bind(find.username);
  SCV_TRY(account_by_name_.Execute());
  for (;;) {
    SCV_ASSIGN(const bool row, account_by_name_.Fetch());
    if (!row) return {};
    Account account = ReadAccount(account_by_name_);
    const auto writable = CheckWritable(account_by_name_.Bytes(0));
    if (!writable) {
      account_by_name_.Finish();
      return writable;
    }
    // The collation takes "name" and "name " for the same.
    if (account_by_name_.IsNull(1) || account.username != find.username) continue;
    answer.status = ReadStatus::kFound;
    answer.account = std::move(account);
  }
}

Result<void> MariadbReader::AnswerFindCaller(const FindCaller& find, ReadAnswer& answer) {
  answer.status = ReadStatus::kUnauthenticated;
  account_by_id_.Bind(find.caller.account);
  SCV_TRY(account_by_id_.Execute());
  for (;;) {
    SCV_ASSIGN(const bool row, account_by_id_.Fetch());
    if (!row) return {};
    if (auto writable = CheckWritable(account_by_id_.Bytes(0)); !writable) {
      account_by_id_.Finish();
      return writable;
    }
    Account account = ReadAccount(account_by_id_);
    if (account_by_id_.IsNull(1) || account.token_version != find.caller.token_version) continue;
    answer.status = ReadStatus::kFound;
    answer.account = std::move(account);
  }
}

}  // namespace scv::memo
