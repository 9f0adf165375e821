// SQLite's C interface with owners and Results: a connection, a statement that is compiled once
// and run often, and a transaction that rolls back unless committed. One thread at a time.
#ifndef SCV_SQLITE_SQLITE_CONNECTION_H_
#define SCV_SQLITE_SQLITE_CONNECTION_H_

#include <sqlite3.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace scv {

class SqliteConnection {
 public:
  // Opens the file for reading and writing; with `create` it is made (mode 0600) when missing.
  // kUnavailable: it is missing or cannot be opened. kReadOnly: it may only be read.
  static Result<std::unique_ptr<SqliteConnection>> Open(const std::filesystem::path& path,
                                                        std::chrono::milliseconds busy_timeout,
                                                        bool create);

  void SetBusyTimeout(std::chrono::milliseconds timeout);

  // Runs statements without parameters or rows.
  Result<void> Execute(const char* sql);

  // kUnavailable when the file at the path is no longer the one this connection has open: what is
  // written here would be lost with it.
  Result<void> CheckInPlace();

  // What the last call on this connection failed with, as an Error: `code` is its result.
  //   kUnavailable  busy past the timeout, disk full, I/O error, no memory
  //   kReadOnly     the file or its directory may only be read
  //   kTimeout      interrupted
  //   kInvalid      this one statement is refused: constraint, too large
  //   kInternal     damaged, not a database, or another schema
  Error ErrorOf(int code) const;

  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };

  std::filesystem::path path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

// SQL compiled at its first use and kept; must not outlive the connection. `sql` must be a literal.
class SqliteStatement {
 public:
  SqliteStatement(SqliteConnection& connection, std::string_view sql)
      : connection_(connection), sql_(sql) {}

 private:
  friend class SqliteRun;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  int Compile();

  SqliteConnection& connection_;
  std::string_view sql_;
  std::unique_ptr<sqlite3_stmt, Finalize> compiled_;
};

// One run of a statement: bind the parameters in order, step, read the columns in order. Ends with
// the scope. What is bound must live until then. A failure of binding is reported by Step().
class SqliteRun {
 public:
  explicit SqliteRun(SqliteStatement& statement);
  ~SqliteRun();
  SqliteRun(const SqliteRun&) = delete;
  SqliteRun& operator=(const SqliteRun&) = delete;

  SqliteRun& Bind(std::int64_t value);
  SqliteRun& Bind(std::string_view text);
  SqliteRun& BindBlob(std::span<const std::uint8_t> bytes);
  SqliteRun& BindBlob(std::string_view bytes);

  // True: there is a row to read.
  Result<bool> Step();
  // Steps a statement that gives no rows to its end.
  Result<void> Finish();
  // Rows changed by a finished INSERT, UPDATE or DELETE.
  std::int64_t Changes() const;

  // The next column of the row.
  std::int64_t Int();
  template <typename T>
  T As() {
    return static_cast<T>(Int());
  }
  std::string Text();
  // Valid until the next step.
  std::string_view Blob();
  // Whether the next column is NULL; does not move on.
  bool IsNull() const;

 private:
  void Note(int code) {
    if (code_ == SQLITE_OK) code_ = code;
  }

  SqliteConnection& connection_;
  sqlite3_stmt* compiled_ = nullptr;
  int code_ = SQLITE_OK;
  int parameter_ = 0;
  int column_ = 0;
};

// The writers of one process, one at a time. SQLite itself makes writers wait by polling; here the
// next one is woken at once. Thread-safe.
class SqliteWriterQueue {
 public:
  // False: the turn did not come within `timeout`.
  bool Enter(std::chrono::milliseconds timeout);
  void Leave();

 private:
  std::mutex mutex_;
  std::condition_variable left_;
  bool busy_ = false;
};

// The transactions of one connection, their statements compiled once.
class SqliteTransactions {
 public:
  explicit SqliteTransactions(SqliteConnection& connection);

  SqliteStatement begin_read;
  SqliteStatement begin_write;
  SqliteStatement begin_exclusive;
  SqliteStatement commit;
  SqliteStatement rollback;
  SqliteConnection& connection;
};

// A transaction that is rolled back at the end of its scope unless it was committed.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(SqliteTransactions& statements) : statements_(statements) {}
  ~SqliteTransaction();
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

  // A consistent view for everything until Commit().
  Result<void> BeginRead();
  // Nobody else may even read, except through the log of WAL mode.
  Result<void> BeginExclusive();
  // Holds the write lock of the file from here to the end of the scope; waits up to `timeout` for
  // the writers of this process, then up to the busy timeout for those of others.
  Result<void> BeginWrite(SqliteWriterQueue& writers, std::chrono::milliseconds timeout);
  // Ok: on disk.
  Result<void> Commit();

 private:
  SqliteTransactions& statements_;
  SqliteWriterQueue* turn_ = nullptr;  // to be left at the end
};

}  // namespace scv

#endif  // SCV_SQLITE_SQLITE_CONNECTION_H_
