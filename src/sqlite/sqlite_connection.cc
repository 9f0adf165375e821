#include "sqlite/sqlite_connection.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace scv {
namespace {

// Closing any descriptor of a file gives up every POSIX lock that this process has on it, SQLite's
// included. So the file is created, and the descriptor closed, while no connection can be opened.
std::mutex& OpeningMutex() {
  static std::mutex mutex;
  return mutex;
}

// FULL: the log is synced at every commit. Savepoints are kept in memory. The log is copied into
// the database every 16 MB instead of 4: pages that many commits change are copied once, which
// halves the cost of a small write. Should readers have kept it from being copied, it is cut back
// later.
constexpr char kSettings[] =
    "PRAGMA synchronous = FULL;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA wal_autocheckpoint = 4000;"
    "PRAGMA journal_size_limit = 67108864";

// The new name must survive a power cut as surely as what will be committed under it.
void SyncDirectoryOf(const std::filesystem::path& path) {
  const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

Result<void> CreateWhenMissing(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) {
    ::close(fd);
    SyncDirectoryOf(path);
    return {};
  }
  if (errno == EEXIST) return {};
  const ErrorKind kind = errno == EROFS ? ErrorKind::kReadOnly : ErrorKind::kUnavailable;
  return Fail(kind, "cannot create the database " + path.string() + ": " + std::strerror(errno) +
                        "; its directory must exist and be writable");
}

ErrorKind KindOf(int primary_code) {
  switch (primary_code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return ErrorKind::kUnavailable;
    case SQLITE_READONLY:
      return ErrorKind::kReadOnly;
    case SQLITE_INTERRUPT:
      return ErrorKind::kTimeout;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
      return ErrorKind::kInvalid;
    default:
      return ErrorKind::kInternal;
  }
}

const char* RemedyFor(int primary_code) {
  switch (primary_code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return "another process kept the write lock; repeat, or find out who holds it";
    case SQLITE_FULL:
      return "free space on its file system";
    case SQLITE_IOERR:
      return "check its disk and its file system";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return "does it exist, and may this user read and write it and its directory? A new database "
             "is made by migrating";
    case SQLITE_READONLY:
      return "this user must be able to write it and its directory";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the file is damaged or not a database; restore it from a backup";
    case SQLITE_ERROR:
      return "has the schema been migrated?";
    default:
      return "see the log";
  }
}

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(
    const std::filesystem::path& path, std::chrono::milliseconds busy_timeout, bool create) {
  auto connection = std::make_unique<SqliteConnection>();
  connection->path_ = path;
  sqlite3* handle = nullptr;
  int code = SQLITE_OK;
  {
    const std::lock_guard lock(OpeningMutex());
    if (create) SCV_TRY(CreateWhenMissing(path));
    code = sqlite3_open_v2(path.c_str(), &handle,
                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                           nullptr);
  }
  connection->handle_.reset(handle);
  if (code != SQLITE_OK) return std::unexpected(connection->ErrorOf(code));
  // SQLite falls back to reading silently when it may not write.
  if (sqlite3_db_readonly(handle, "main") == 1) {
    return std::unexpected(connection->ErrorOf(SQLITE_READONLY));
  }
  connection->SetBusyTimeout(busy_timeout);
  SCV_TRY(connection->Execute(kSettings));
  return connection;
}

void SqliteConnection::SetBusyTimeout(std::chrono::milliseconds timeout) {
  sqlite3_busy_timeout(handle(), static_cast<int>(timeout.count()));
}

Result<void> SqliteConnection::Execute(const char* sql) {
  const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(ErrorOf(code));
  return {};
}

Result<void> SqliteConnection::CheckInPlace() {
  int moved = 0;
  sqlite3_file_control(handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved == 0) return {};
  return Fail(ErrorKind::kUnavailable, "the database " + path_.string() +
                                           " was moved or deleted while it was in use; put it back "
                                           "or restore it from a backup");
}

Error SqliteConnection::ErrorOf(int code) const {
  const int primary = code & 0xff;
  std::string message = "SQLite, " + path_.string() + ": " + sqlite3_errstr(code);
  // The names of tables and columns, never their values.
  if (primary == SQLITE_CONSTRAINT || primary == SQLITE_ERROR) {
    message += std::string(" (") + sqlite3_errmsg(handle()) + ")";
  }
  if (KindOf(primary) == ErrorKind::kUnavailable && sqlite3_system_errno(handle()) != 0 &&
      primary != SQLITE_BUSY) {
    message += std::string(" (") + std::strerror(sqlite3_system_errno(handle())) + ")";
  }
  return {KindOf(primary), message + "; " + RemedyFor(primary)};
}

int SqliteStatement::Compile() {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(connection_.handle(), sql_.data(), static_cast<int>(sql_.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  compiled_.reset(statement);
  return code;
}

SqliteRun::SqliteRun(SqliteStatement& statement) : connection_(statement.connection_) {
  if (!statement.compiled_) Note(statement.Compile());
  compiled_ = statement.compiled_.get();
}

SqliteRun::~SqliteRun() { sqlite3_reset(compiled_); }

SqliteRun& SqliteRun::Bind(std::int64_t value) {
  if (compiled_ != nullptr) Note(sqlite3_bind_int64(compiled_, ++parameter_, value));
  return *this;
}

SqliteRun& SqliteRun::Bind(std::string_view text) {
  if (compiled_ == nullptr) return *this;
  // A null pointer would bind NULL instead of the empty text.
  Note(sqlite3_bind_text64(compiled_, ++parameter_, text.data() == nullptr ? "" : text.data(),
                           text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

SqliteRun& SqliteRun::BindBlob(std::span<const std::uint8_t> bytes) {
  if (compiled_ == nullptr) return *this;
  Note(sqlite3_bind_blob64(compiled_, ++parameter_, bytes.data(), bytes.size(), SQLITE_STATIC));
  return *this;
}

SqliteRun& SqliteRun::BindBlob(std::string_view bytes) {
  return BindBlob({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

Result<bool> SqliteRun::Step() {
  if (code_ == SQLITE_OK) {
    column_ = 0;
    const int code = sqlite3_step(compiled_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    code_ = code;
  }
  return std::unexpected(connection_.ErrorOf(code_));
}

Result<void> SqliteRun::Finish() {
  if (auto row = Step(); !row) return std::unexpected(std::move(row).error());
  return {};
}

std::int64_t SqliteRun::Changes() const { return sqlite3_changes64(connection_.handle()); }

std::int64_t SqliteRun::Int() { return sqlite3_column_int64(compiled_, column_++); }

std::string SqliteRun::Text() {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(compiled_, column_));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(compiled_, column_++));
  return text == nullptr ? std::string() : std::string(text, size);
}

std::string_view SqliteRun::Blob() {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(compiled_, column_));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(compiled_, column_++));
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, size);
}

bool SqliteRun::IsNull() const { return sqlite3_column_type(compiled_, column_) == SQLITE_NULL; }

bool SqliteWriterQueue::Enter(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  if (!left_.wait_for(lock, timeout, [this] { return !busy_; })) return false;
  busy_ = true;
  return true;
}

void SqliteWriterQueue::Leave() {
  {
    const std::lock_guard lock(mutex_);
    busy_ = false;
  }
  left_.notify_one();
}

SqliteTransactions::SqliteTransactions(SqliteConnection& owner)
    : begin_read(owner, "BEGIN"),
      begin_write(owner, "BEGIN IMMEDIATE"),
      begin_exclusive(owner, "BEGIN EXCLUSIVE"),
      commit(owner, "COMMIT"),
      rollback(owner, "ROLLBACK"),
      connection(owner) {}

SqliteTransaction::~SqliteTransaction() {
  // SQLite has rolled back by itself after some errors (disk full, I/O).
  if (sqlite3_get_autocommit(statements_.connection.handle()) == 0) {
    (void)SqliteRun(statements_.rollback).Step();
  }
  if (turn_ != nullptr) turn_->Leave();
}

Result<void> SqliteTransaction::BeginRead() { return SqliteRun(statements_.begin_read).Finish(); }

Result<void> SqliteTransaction::BeginExclusive() {
  return SqliteRun(statements_.begin_exclusive).Finish();
}

Result<void> SqliteTransaction::BeginWrite(SqliteWriterQueue& writers,
                                           std::chrono::milliseconds timeout) {
  if (!writers.Enter(timeout)) return std::unexpected(statements_.connection.ErrorOf(SQLITE_BUSY));
  turn_ = &writers;
  SCV_TRY(statements_.connection.CheckInPlace());
  return SqliteRun(statements_.begin_write).Finish();
}

Result<void> SqliteTransaction::Commit() { return SqliteRun(statements_.commit).Finish(); }

}  // namespace scv
