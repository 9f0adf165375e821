#include "memo/store/sqlite_read.h"

#include <algorithm>

#include "base/text.h"
#include "memo/domain/memo_limits.h"
#include "memo/store/sqlite_rows.h"
#include "memo/store/sqlite_search.h"

namespace scv::memo {
namespace {

// ?2 the cursor, ?3 the state and ?4 whether pinned (-1: any), ?5 the number of rows, ?6 the
// needle.
#define SCV_SQLITE_LIST_FROM \
  "SELECT " SCV_SQLITE_MEMO_COLUMNS " FROM memo WHERE account_id = ?1 AND id "
#define SCV_SQLITE_LIST_FILTER " AND (?3 < 0 OR state = ?3) AND (?4 < 0 OR pinned = ?4)"
#define SCV_SQLITE_LIST_MATCH " AND memo_matches(?6, title, content)"

// Below and above every UUIDv7: a list without a cursor.
constexpr Uuid kHighest{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                         0xff, 0xff, 0xff, 0xff}};

ReadAnswer Status(ReadStatus status) {
  ReadAnswer answer;
  answer.status = status;
  return answer;
}

// The text of the memo whose version the client has is not even read from its pages.
constexpr std::string_view kGet =
    "SELECT a.token_version, m.id, m.title,"
    " CASE WHEN m.version = ?3 THEN '' ELSE m.content END,"
    " m.pinned, m.state, m.version, m.created_at, m.updated_at, m.deleted_at"
    " FROM account a LEFT JOIN memo m ON m.account_id = a.id AND m.id = ?2 WHERE a.id = ?1";

}  // namespace

SqliteReader::SqliteReader(SqliteConnection& connection, std::chrono::milliseconds search_time_max)
    : connection_(connection),
      search_time_max_(search_time_max),
      token_version_(connection, "SELECT token_version FROM account WHERE id = ?"),
      get_(connection, kGet),
      newest_(connection,
              SCV_SQLITE_LIST_FROM "< ?2" SCV_SQLITE_LIST_FILTER " ORDER BY id DESC LIMIT ?5"),
      oldest_(connection,
              SCV_SQLITE_LIST_FROM "> ?2" SCV_SQLITE_LIST_FILTER " ORDER BY id LIMIT ?5"),
      search_newest_(connection,
                     SCV_SQLITE_LIST_FROM "< ?2" SCV_SQLITE_LIST_FILTER SCV_SQLITE_LIST_MATCH
                                          " ORDER BY id DESC LIMIT ?5"),
      search_oldest_(connection, SCV_SQLITE_LIST_FROM
                     "> ?2" SCV_SQLITE_LIST_FILTER SCV_SQLITE_LIST_MATCH " ORDER BY id LIMIT ?5"),
      account_by_name_(connection,
                       "SELECT " SCV_SQLITE_ACCOUNT_COLUMNS " FROM account WHERE username = ?"),
      account_by_id_(connection,
                     "SELECT " SCV_SQLITE_ACCOUNT_COLUMNS " FROM account WHERE id = ?") {}

Result<ReadAnswer> SqliteReader::Answer(const ReadQuery& query) {
  return std::visit([this](const auto& asked) { return Find(asked); }, query);
}

Result<ReadAnswer> SqliteReader::Find(const GetMemo& get) {
  const std::int64_t known = get.known_version ? std::int64_t{*get.known_version} : -1;
  SqliteRun row(get_);
  row.Bind(get.caller.account).BindBlob(get.id.bytes).Bind(known);
  SCV_ASSIGN(const bool exists, row.Step());
  if (!exists || row.As<std::uint32_t>() != get.caller.token_version) {
    return Status(ReadStatus::kUnauthenticated);
  }
  if (row.IsNull()) return Status(ReadStatus::kNotFound);
  ReadAnswer answer;
  answer.memos.push_back(ReadMemo(row));
  const bool unchanged = get.known_version == answer.memos.front().version;
  answer.status = unchanged ? ReadStatus::kNotModified : ReadStatus::kFound;
  return answer;
}

Result<ReadAnswer> SqliteReader::Find(const ListMemos& list) {
  {
    SqliteRun row(token_version_);
    SCV_ASSIGN(const bool exists, row.Bind(list.caller.account).Step());
    if (!exists || row.As<std::uint32_t>() != list.caller.token_version) {
      return Status(ReadStatus::kUnauthenticated);
    }
  }
  return list.query.empty() ? Page(list) : SearchPage(list);
}

namespace {

void BindList(const ListMemos& list, SqliteRun& rows) {
  const Uuid& cursor = list.after ? *list.after : list.before ? *list.before : kHighest;
  rows.Bind(list.caller.account).BindBlob(cursor.bytes);
  rows.Bind(list.state ? static_cast<std::int64_t>(*list.state) : -1);
  rows.Bind(list.pinned ? std::int64_t{*list.pinned} : -1);
  rows.Bind(std::int64_t{list.limit} + 1);
}

}  // namespace

Result<ReadAnswer> SqliteReader::Page(const ListMemos& list) {
  SqliteRun rows(list.after ? oldest_ : newest_);
  BindList(list, rows);
  return CollectPage(list, rows);
}

Result<ReadAnswer> SqliteReader::SearchPage(const ListMemos& list) {
  const std::string needle = FoldCase(list.query);
  const SqliteTimeBound bound(connection_, search_time_max_);
  SqliteRun rows(list.after ? search_oldest_ : search_newest_);
  BindList(list, rows);
  rows.Bind(needle);
  auto page = CollectPage(list, rows);
  if (!page && page.error().kind == ErrorKind::kTimeout) return Status(ReadStatus::kTimedOut);
  return page;
}

Result<ReadAnswer> SqliteReader::CollectPage(const ListMemos& list, SqliteRun& rows) {
  ReadAnswer answer = Status(ReadStatus::kFound);
  for (;;) {
    SCV_ASSIGN(const bool row, rows.Step());
    if (!row) return answer;
    if (answer.memos.size() == list.limit) {
      answer.more = true;
      return answer;
    }
    Memo memo = ReadMemo(rows);
    if (!list.full_content) {
      memo.content.resize(Prefix(memo.content, kExcerptCodePoints).size());
    }
    answer.memos.push_back(std::move(memo));
  }
}

Result<ReadAnswer> SqliteReader::Find(const FindAccount& find) {
  SqliteRun row(account_by_name_);
  SCV_ASSIGN(const bool exists, row.Bind(find.username).Step());
  if (!exists) return Status(ReadStatus::kNotFound);
  ReadAnswer answer = Status(ReadStatus::kFound);
  answer.account = ReadAccount(row);
  return answer;
}

Result<ReadAnswer> SqliteReader::Find(const FindCaller& find) {
  SqliteRun row(account_by_id_);
  SCV_ASSIGN(const bool exists, row.Bind(find.caller.account).Step());
  if (!exists) return Status(ReadStatus::kUnauthenticated);
  ReadAnswer answer = Status(ReadStatus::kFound);
  answer.account = ReadAccount(row);
  if (answer.account.token_version != find.caller.token_version) {
    return Status(ReadStatus::kUnauthenticated);
  }
  return answer;
}

}  // namespace scv::memo
