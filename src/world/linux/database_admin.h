// The lab's own way into a database server: its Unix socket, as root (authenticated by the kernel).
#ifndef SCV_WORLD_LINUX_DATABASE_ADMIN_H_
#define SCV_WORLD_LINUX_DATABASE_ADMIN_H_

#include <mysql.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::world {

// What one statement answered. NULL is "".
struct DatabaseTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  // The first row's value of a column; "": there is no such row or column.
  std::string At(std::string_view column) const;
};

// One connection; one thread at a time. Every call ends within its limit even when the server is
// stopped (SIGSTOP): libmariadb's non-blocking calls under a deadline of milliseconds. After a
// limit has passed the connection is of no further use; what was under way may yet take effect.
class DatabaseAdmin {
 public:
  // kUnavailable: nobody answers there (yet). kTimeout: not in time. `limit` is also that of every
  // call that names none.
  static Result<DatabaseAdmin> Connect(const std::filesystem::path& socket,
                                       std::chrono::milliseconds limit);

  // One or several statements, separated by ";", in one round trip. The first that is refused ends
  // it. kConflict: the server refuses. kUnavailable: the connection is lost.
  Result<std::vector<DatabaseTable>> Query(std::string_view sql, std::chrono::milliseconds limit);
  Result<std::vector<DatabaseTable>> Query(std::string_view sql) { return Query(sql, limit_); }
  Result<void> Execute(std::string_view sql, std::chrono::milliseconds limit);
  Result<void> Execute(std::string_view sql) { return Execute(sql, limit_); }

  // 'text' with quotes, for a place where SQL wants a string.
  std::string Quoted(std::string_view text);

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  struct Close {
    void operator()(MYSQL* handle) const { mysql_close(handle); }
  };
  DatabaseAdmin(MYSQL* handle, std::chrono::milliseconds limit) : handle_(handle), limit_(limit) {}

  // Drives a call of libmariadb that began with `pending` events until it is done.
  Result<void> Drive(int pending, Deadline deadline, const std::function<int(int)>& go_on);
  Result<DatabaseTable> ReadTable(Deadline deadline);
  std::unexpected<Error> Refusal();

  std::unique_ptr<MYSQL, Close> handle_;
  std::chrono::milliseconds limit_;
  bool broken_ = false;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_ADMIN_H_
