// Search in SQLite: the SQL function that compares folded text, and the bound on its time.
#ifndef SCV_MEMO_STORE_SQLITE_SEARCH_H_
#define SCV_MEMO_STORE_SQLITE_SEARCH_H_

#include <chrono>
#include <string>
#include <string_view>

#include "sqlite/sqlite_connection.h"

namespace scv::memo {

// scv::FoldCase of `text`, which must be NFC: without its tables when every code point is ASCII,
// a Hangul syllable, kana or a CJK ideograph. `room` is reused from call to call; the result
// points into it.
std::string_view FoldNfc(std::string_view text, std::string& room);

// Adds the function memo_matches(needle, title, content): whether the needle, folded already, is a
// substring of the folded title or content.
Result<void> RegisterSearch(SqliteConnection& connection);

// While one of these lives, statements of the connection are interrupted (kTimeout) once the time
// is up.
class SqliteTimeBound {
 public:
  SqliteTimeBound(SqliteConnection& connection, std::chrono::milliseconds time_max);
  ~SqliteTimeBound();
  SqliteTimeBound(const SqliteTimeBound&) = delete;
  SqliteTimeBound& operator=(const SqliteTimeBound&) = delete;

 private:
  static int IsOver(void* self);

  SqliteConnection& connection_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_SQLITE_SEARCH_H_
