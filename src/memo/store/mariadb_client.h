// A connection to MariaDB over libmariadb, owned; its errors as ours. Used by one thread at a time.
#ifndef SCV_MEMO_STORE_MARIADB_CLIENT_H_
#define SCV_MEMO_STORE_MARIADB_CLIENT_H_

#include <mariadb/mysql.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "memo/store/mariadb_store.h"

namespace scv::memo {

// The kind of an error of the server or the client library. kInvalid: the data was refused
// (SQLSTATE classes 22 and 23); the statement left nothing behind, the transaction goes on.
ErrorKind MariadbErrorKind(unsigned code, std::string_view sqlstate);

// kReadOnly, found out by asking the server.
Error NotWritable();
// Whether a value of @@global.read_only lets writes through.
bool IsWritable(std::string_view read_only);

inline constexpr unsigned kMariadbDuplicate = 1062;
inline constexpr unsigned kMariadbNull = 1048;
inline constexpr unsigned kMariadbNoTable = 1146;
inline constexpr unsigned kMariadbDeadlock = 1213;
inline constexpr unsigned kMariadbStatementTime = 1969;

// The rows of one statement, held in memory. Numbers that are not there read as 0.
class MariadbRows {
 public:
  explicit MariadbRows(MYSQL_RES* result) : result_(result) {}

  // Goes to the next row; false: there is none. Must be called before the first row is read.
  bool Next();
  std::int64_t Int(unsigned column) const;
  // Valid as long as this object.
  std::string_view Bytes(unsigned column) const;

 private:
  struct Free {
    void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
  };
  std::unique_ptr<MYSQL_RES, Free> result_;
  MYSQL_ROW row_ = nullptr;
  unsigned long* lengths_ = nullptr;
};

class MariadbConnection {
 public:
  // Resolves, connects, verifies, signs in; the session's variables are set in the same go.
  static Result<std::unique_ptr<MariadbConnection>> Open(const MariadbOptions& options,
                                                         const Credentials& credentials,
                                                         std::chrono::milliseconds timeout);

  MariadbConnection(const MariadbConnection&) = delete;
  MariadbConnection& operator=(const MariadbConnection&) = delete;

  // Runs one or more statements, separated by ';', in one round trip. The server stops at the first
  // that fails, and so do the results. Every value in `sql` must have come from MariadbText.
  Result<std::vector<MariadbRows>> Query(std::string_view sql);
  Result<void> Execute(std::string_view sql);
  // Rows changed by the last statement of the last Query or Execute.
  std::uint64_t changes() const { return changes_; }

  // The server's number for the last error; 0 after a success.
  unsigned last_code() const { return last_code_; }
  const MariadbOptions& options() const { return options_; }

 private:
  friend class MariadbStatement;

  struct Close {
    void operator()(MYSQL* handle) const;
  };

  MariadbConnection(const MariadbOptions& options, MYSQL* handle);

  // Starts the clock of one round trip.
  void Begin();
  Error Failed(unsigned code, const char* sqlstate, const char* message);

  MariadbOptions options_;
  std::unique_ptr<MYSQL, Close> handle_;
  Addresses peer_;
  std::uint64_t changes_ = 0;
  unsigned last_code_ = 0;
};

// Asks the options for credentials, and once more for new ones when the server refuses the first.
Result<std::unique_ptr<MariadbConnection>> ConnectMariadb(const MariadbOptions& options,
                                                          std::chrono::milliseconds timeout);
// Checks the options and fills in what may be left out. kInvalid: one is missing, or the CA file
// cannot be read.
Result<void> FinishMariadbOptions(MariadbOptions& options);

// A server-side prepared statement, prepared at first use.
class MariadbStatement {
 public:
  // How a column of the result is read.
  enum class Column { kInt, kBytes };

  // The connection outlives this.
  MariadbStatement(MariadbConnection& connection, std::string sql, std::vector<Column> columns);
  ~MariadbStatement();
  MariadbStatement(const MariadbStatement&) = delete;
  MariadbStatement& operator=(const MariadbStatement&) = delete;

  // Parameters in order; bytes must stay until Execute() returns.
  void Bind(std::int64_t value);
  void Bind(std::string_view bytes);

  // Runs it with the parameters bound since the last time.
  Result<void> Execute();
  // The next row; false: no more. All rows must be read before the connection is used again, or
  // Finish() called.
  Result<bool> Fetch();
  void Finish();
  // Rows changed by the last Execute().
  std::uint64_t changes() const { return mysql_stmt_affected_rows(handle_.get()); }

  std::int64_t Int(std::size_t column) const { return cells_[column].number; }
  bool IsNull(std::size_t column) const { return cells_[column].is_null != 0; }
  // Valid until the next Fetch().
  std::string_view Bytes(std::size_t column) const;

 private:
  struct Cell {
    std::int64_t number = 0;
    std::string bytes;
    unsigned long length = 0;
    my_bool is_null = 0;
  };
  struct Close {
    void operator()(MYSQL_STMT* handle) const { mysql_stmt_close(handle); }
  };

  Result<void> Prepare();
  void BindResult();
  Result<void> FetchLongCells();
  Error Failed();

  MariadbConnection& connection_;
  std::string sql_;
  std::vector<Column> columns_;
  std::vector<Cell> cells_;
  std::vector<MYSQL_BIND> results_;
  std::vector<MYSQL_BIND> parameters_;
  std::vector<std::int64_t> numbers_;
  std::size_t bound_ = 0;
  std::unique_ptr<MYSQL_STMT, Close> handle_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_CLIENT_H_
