#include "memo/store/mariadb_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <mutex>

namespace scv::memo {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// A content is rarely longer; longer ones are fetched in a second step and the room is kept.
constexpr std::size_t kFirstRoom = 1024;

// libmariadb counts timeouts in seconds and gives its wait callback no context. Calls block, so the
// thread that waits is the one that set these.
struct IoWait {
  Clock::time_point begun, deadline;
  NameWatch* names = nullptr;
  const Addresses* peer = nullptr;

  bool Deserted() const { return names != nullptr && names->LeadsElsewhere(*peer, begun); }
};
thread_local IoWait io_wait;

int WaitForSocket(my_socket socket, my_bool is_read, int) {
  pollfd waited{socket, static_cast<short>(is_read ? POLLIN : POLLOUT), 0};
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(io_wait.deadline - Clock::now());
    const auto slice = io_wait.names != nullptr ? std::min(left, NameWatch::kPatience) : left;
    const int ready = ::poll(&waited, 1, std::max(static_cast<int>(slice.count()), 0));
    if (ready < 0 && errno == EINTR) continue;
    if (ready != 0) return ready;
    const bool late = Clock::now() >= io_wait.deadline;
    if (!late && !io_wait.Deserted()) continue;
    errno = late ? ETIMEDOUT : ECONNRESET;
    return 0;
  }
}

// Over TLS the library reads and writes a blocking socket and comes to WaitForSocket only when that
// is late itself.
void SetSocketTimeouts(int socket, milliseconds timeout) {
  timeval time{};
  time.tv_sec = static_cast<time_t>(timeout.count() / 1000);
  time.tv_usec = static_cast<suseconds_t>(timeout.count() % 1000 * 1000);
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
}

void SetTls(MYSQL* handle, const MariadbOptions& options) {
  if (options.tls == MariadbOptions::Tls::kOff) return;
  // Verification is what makes the library insist: with it, a server that offers no TLS is refused
  // before anything secret is sent.
  const my_bool on = 1;
  mysql_optionsv(handle, MYSQL_OPT_SSL_ENFORCE, &on);
  mysql_optionsv(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
  mysql_optionsv(handle, MARIADB_OPT_TLS_VERSION, "TLSv1.2,TLSv1.3");
  if (!options.ca_file.empty()) {
    mysql_optionsv(handle, MYSQL_OPT_SSL_CA, options.ca_file.c_str());
  }
}

// READ COMMITTED is enough: whatever a write decides on is read under lock, what must not exist is
// guarded by a primary key, and gap locks would only add deadlocks between batches.
std::string SessionVariables(const MariadbOptions& options) {
  const auto seconds = [](std::chrono::seconds time) {
    return std::to_string(std::max<std::int64_t>(time.count(), 1));
  };
  return "SET SESSION autocommit = 1, sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',"
         " tx_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = " +
         seconds(options.lock_wait) + ", lock_wait_timeout = " + seconds(options.lock_wait) +
         ", idle_transaction_timeout = " + seconds(options.idle_transaction_max);
}

void SetOptions(MYSQL* handle, const MariadbOptions& options, milliseconds timeout) {
  const unsigned zero = 0;
  const my_bool off = 0;
  const unsigned protocol = MYSQL_PROTOCOL_TCP;  // "localhost" is not a Unix socket
  const auto seconds =
      static_cast<unsigned>(std::chrono::ceil<std::chrono::seconds>(timeout).count());
  mysql_optionsv(handle, MYSQL_OPT_PROTOCOL, &protocol);
  mysql_optionsv(handle, MYSQL_OPT_RECONNECT, &off);
  mysql_optionsv(handle, MYSQL_OPT_LOCAL_INFILE, &zero);
  mysql_optionsv(handle, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
  mysql_optionsv(handle, MYSQL_OPT_READ_TIMEOUT, &seconds);
  mysql_optionsv(handle, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
  mysql_optionsv(handle, MARIADB_OPT_IO_WAIT, reinterpret_cast<void*>(&WaitForSocket));
  mysql_optionsv(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  mysql_optionsv(handle, MYSQL_INIT_COMMAND, SessionVariables(options).c_str());
  SetTls(handle, options);
}

bool IsLost(unsigned code) { return code >= 2000 && code < 3000; }

// A statement's own error text may quote what a user wrote, so only its number is passed on; the
// texts of the connection name hosts and users of the database and help the operator.
std::string Describe(unsigned code, const char* sqlstate, const char* message, bool connecting) {
  const std::string number = "error " + std::to_string(code) + ", SQLSTATE " + sqlstate;
  if (connecting || IsLost(code)) return "MariaDB: " + std::string(message) + " (" + number + ")";
  return "MariaDB refused a statement (" + number + ")";
}

}  // namespace

ErrorKind MariadbErrorKind(unsigned code, std::string_view sqlstate) {
  switch (code) {
    case 1290:  // --read-only
    case 1792:  // read-only transaction
    case 1836:  // read-only mode
      return ErrorKind::kReadOnly;
    case 1044:  // no access to the database
    case 1045:
    case 1698:
    case 1820:  // password must be changed
    case 1862:  // password has expired
    case 4151:  // account is locked
      return ErrorKind::kDenied;
    case 1049:
      return ErrorKind::kNotFound;
    case 1969:  // max_statement_time
      return ErrorKind::kTimeout;
    case 1021:  // disk full
    case 1040:  // too many connections
    case 1041:  // out of memory
    case 1053:  // shutting down
    case 1114:  // table space full
    case 1129:  // host blocked after errors
    case 1152:  // aborted connection
    case 1158:  // network errors
    case 1159:
    case 1160:
    case 1161:
    case 1203:  // too many connections of the user
    case 1205:  // lock wait
    case 1213:  // deadlock
    case 1226:  // resources of the user
    case 1317:  // query killed
    case 1927:  // connection killed
      return ErrorKind::kUnavailable;
    default:
      break;
  }
  if (IsLost(code)) return ErrorKind::kUnavailable;
  if (sqlstate.starts_with("22") || sqlstate.starts_with("23")) return ErrorKind::kInvalid;
  return ErrorKind::kInternal;
}

Error NotWritable() {
  return {ErrorKind::kReadOnly, "the database server is read-only: not the primary (any more)"};
}

bool IsWritable(std::string_view read_only) { return read_only == "0" || read_only == "OFF"; }

bool MariadbRows::Next() {
  row_ = mysql_fetch_row(result_.get());
  lengths_ = row_ == nullptr ? nullptr : mysql_fetch_lengths(result_.get());
  return row_ != nullptr;
}

std::string_view MariadbRows::Bytes(unsigned column) const {
  return row_[column] == nullptr ? std::string_view()
                                 : std::string_view(row_[column], lengths_[column]);
}

std::int64_t MariadbRows::Int(unsigned column) const {
  const std::string_view text = Bytes(column);
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void MariadbConnection::Close::operator()(MYSQL* handle) const {
  // The farewell to a server that hangs fits into the socket's buffer.
  io_wait = {};
  mysql_close(handle);
}

Result<std::unique_ptr<MariadbConnection>> MariadbConnection::Open(const MariadbOptions& options,
                                                                   const Credentials& credentials,
                                                                   milliseconds timeout) {
  static std::once_flag library;
  std::call_once(library, [] { mysql_library_init(0, nullptr, nullptr); });
  std::unique_ptr<MYSQL, Close> handle(mysql_init(nullptr));
  if (!handle) return Fail(ErrorKind::kInternal, "MariaDB: no memory for a connection");
  SetOptions(handle.get(), options, timeout);
  // Before it is connected, a socket does not tell to whom.
  const Addresses peer = options.name_watch ? options.name_watch->Now() : Addresses{};
  const auto now = Clock::now();
  io_wait = {now, now + timeout, options.name_watch.get(), &peer};
  if (mysql_real_connect(handle.get(), options.host.c_str(), credentials.user.c_str(),
                         credentials.password.c_str(), options.database.c_str(), options.port,
                         nullptr, CLIENT_MULTI_STATEMENTS) == nullptr) {
    const unsigned code = mysql_errno(handle.get());
    const char* sqlstate = mysql_sqlstate(handle.get());
    return Fail(MariadbErrorKind(code, sqlstate),
                Describe(code, sqlstate, mysql_error(handle.get()), true));
  }
  return std::unique_ptr<MariadbConnection>(new MariadbConnection(options, handle.release()));
}

MariadbConnection::MariadbConnection(const MariadbOptions& options, MYSQL* handle)
    : options_(options), handle_(handle), peer_(PeerOf(mysql_get_socket(handle))) {
  const auto most = options.name_watch ? NameWatch::kPatience : options.io_timeout;
  SetSocketTimeouts(mysql_get_socket(handle), std::min(most, options.io_timeout));
}

void MariadbConnection::Begin() {
  const auto now = Clock::now();
  io_wait = {now, now + options_.io_timeout, options_.name_watch.get(), &peer_};
  last_code_ = 0;
}

Error MariadbConnection::Failed(unsigned code, const char* sqlstate, const char* message) {
  last_code_ = code;
  ErrorKind kind = MariadbErrorKind(code, sqlstate);
  if (IsLost(code) && Clock::now() >= io_wait.deadline) kind = ErrorKind::kTimeout;
  return {kind, Describe(code, sqlstate, message, false)};
}

Result<std::vector<MariadbRows>> MariadbConnection::Query(std::string_view sql) {
  MYSQL* handle = handle_.get();
  const auto failed = [&] {
    return std::unexpected(
        Failed(mysql_errno(handle), mysql_sqlstate(handle), mysql_error(handle)));
  };
  Begin();
  if (mysql_real_query(handle, sql.data(), sql.size()) != 0) return failed();
  std::vector<MariadbRows> results;
  for (;;) {
    MYSQL_RES* result = mysql_store_result(handle);
    if (result != nullptr) {
      results.emplace_back(result);
    } else if (mysql_field_count(handle) != 0) {
      return failed();
    } else {
      changes_ = mysql_affected_rows(handle);
    }
    const int next = mysql_next_result(handle);
    if (next < 0) return results;
    if (next > 0) return failed();
  }
}

Result<void> MariadbConnection::Execute(std::string_view sql) {
  SCV_ASSIGN(const auto results, Query(sql));
  return {};
}

MariadbStatement::MariadbStatement(MariadbConnection& connection, std::string sql,
                                   std::vector<Column> columns)
    : connection_(connection),
      sql_(std::move(sql)),
      columns_(std::move(columns)),
      cells_(columns_.size()),
      results_(columns_.size()) {
  for (Cell& cell : cells_) cell.bytes.resize(kFirstRoom);
}

// Closing sends a message: bounded like everything else.
MariadbStatement::~MariadbStatement() { connection_.Begin(); }

Result<void> MariadbStatement::Prepare() {
  handle_.reset(mysql_stmt_init(connection_.handle_.get()));
  if (!handle_) return Fail(ErrorKind::kInternal, "MariaDB: no memory for a statement");
  if (mysql_stmt_prepare(handle_.get(), sql_.data(), sql_.size()) != 0) {
    Error error = Failed();
    handle_.reset();
    return std::unexpected(std::move(error));
  }
  const std::size_t parameters = mysql_stmt_param_count(handle_.get());
  if (parameters != bound_ || mysql_stmt_field_count(handle_.get()) != columns_.size()) {
    return Fail(ErrorKind::kInternal, "MariaDB: a statement has other parameters or columns");
  }
  BindResult();
  return {};
}

void MariadbStatement::BindResult() {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    MYSQL_BIND& result = results_[i] = {};
    Cell& cell = cells_[i];
    result.is_null = &cell.is_null;
    result.length = &cell.length;
    if (columns_[i] == Column::kInt) {
      result.buffer_type = MYSQL_TYPE_LONGLONG;
      result.buffer = &cell.number;
    } else {
      result.buffer_type = MYSQL_TYPE_STRING;
      result.buffer = cell.bytes.data();
      result.buffer_length = cell.bytes.size();
    }
  }
  mysql_stmt_bind_result(handle_.get(), results_.data());
}

void MariadbStatement::Bind(std::int64_t value) {
  if (bound_ == parameters_.size()) {
    parameters_.emplace_back();
    numbers_.emplace_back();
  }
  numbers_[bound_] = value;
  // Points to numbers_ once that no longer grows: Execute().
  parameters_[bound_] = {};
  parameters_[bound_].buffer_type = MYSQL_TYPE_LONGLONG;
  ++bound_;
}

void MariadbStatement::Bind(std::string_view bytes) {
  Bind(std::int64_t{0});
  MYSQL_BIND& parameter = parameters_[bound_ - 1];
  parameter.buffer_type = MYSQL_TYPE_STRING;
  parameter.buffer = const_cast<char*>(bytes.data());
  parameter.buffer_length = bytes.size();
}

Result<void> MariadbStatement::Execute() {
  connection_.Begin();
  if (!handle_) SCV_TRY(Prepare());
  for (std::size_t i = 0; i < bound_; ++i) {
    if (parameters_[i].buffer_type == MYSQL_TYPE_LONGLONG) parameters_[i].buffer = &numbers_[i];
  }
  bound_ = 0;
  if (mysql_stmt_bind_param(handle_.get(), parameters_.data()) != 0 ||
      mysql_stmt_execute(handle_.get()) != 0) {
    return std::unexpected(Failed());
  }
  return {};
}

Result<bool> MariadbStatement::Fetch() {
  switch (mysql_stmt_fetch(handle_.get())) {
    case 0:
      return true;
    case MYSQL_NO_DATA:
      Finish();
      return false;
    case MYSQL_DATA_TRUNCATED:
      SCV_TRY(FetchLongCells());
      return true;
    default:
      return std::unexpected(Failed());
  }
}

void MariadbStatement::Finish() { mysql_stmt_free_result(handle_.get()); }

Result<void> MariadbStatement::FetchLongCells() {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    Cell& cell = cells_[i];
    if (columns_[i] != Column::kBytes || cell.length <= cell.bytes.size()) continue;
    cell.bytes.resize(cell.length);
    MYSQL_BIND whole = results_[i];
    whole.buffer = cell.bytes.data();
    whole.buffer_length = cell.bytes.size();
    if (mysql_stmt_fetch_column(handle_.get(), &whole, static_cast<unsigned>(i), 0) != 0) {
      return std::unexpected(Failed());
    }
  }
  BindResult();
  return {};
}

std::string_view MariadbStatement::Bytes(std::size_t column) const {
  const Cell& cell = cells_[column];
  return cell.is_null ? std::string_view() : std::string_view(cell.bytes.data(), cell.length);
}

Error MariadbStatement::Failed() {
  bound_ = 0;
  if (const unsigned code = mysql_stmt_errno(handle_.get()); code != 0) {
    return connection_.Failed(code, mysql_stmt_sqlstate(handle_.get()),
                              mysql_stmt_error(handle_.get()));
  }
  // The library notes what ends a result half-way with the connection only.
  MYSQL* const handle = connection_.handle_.get();
  return connection_.Failed(mysql_errno(handle), mysql_sqlstate(handle), mysql_error(handle));
}

}  // namespace scv::memo
