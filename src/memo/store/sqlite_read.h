// The reads of the SQLite store: one prepared statement for each shape of query.
#ifndef SCV_MEMO_STORE_SQLITE_READ_H_
#define SCV_MEMO_STORE_SQLITE_READ_H_

#include <chrono>

#include "memo/domain/memo_types.h"
#include "sqlite/sqlite_connection.h"

namespace scv::memo {

class SqliteReader {
 public:
  // The connection has memo_matches (sqlite_search.h) and outlives this.
  SqliteReader(SqliteConnection& connection, std::chrono::milliseconds search_time_max);

  // Called inside a transaction, so that all answers of a batch are of one moment.
  Result<ReadAnswer> Answer(const ReadQuery& query);

 private:
  Result<ReadAnswer> Find(const GetMemo& get);
  Result<ReadAnswer> Find(const ListMemos& list);
  Result<ReadAnswer> Find(const FindAccount& find);
  Result<ReadAnswer> Find(const FindCaller& find);

  Result<ReadAnswer> Page(const ListMemos& list);
  Result<ReadAnswer> SearchPage(const ListMemos& list);
  Result<ReadAnswer> CollectPage(const ListMemos& list, SqliteRun& rows);

  SqliteConnection& connection_;
  std::chrono::milliseconds search_time_max_;
  SqliteStatement token_version_;
  SqliteStatement get_;
  SqliteStatement newest_;
  SqliteStatement oldest_;
  SqliteStatement search_newest_;
  SqliteStatement search_oldest_;
  SqliteStatement account_by_name_;
  SqliteStatement account_by_id_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_SQLITE_READ_H_
