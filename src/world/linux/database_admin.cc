#include "world/linux/database_admin.h"

#include <errmsg.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "world/linux/fd_store.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// The events that came of those that libmariadb waits for; 0: the deadline passed.
int Await(int socket, int pending, Clock::time_point deadline) {
  pollfd waiting{.fd = socket, .events = 0, .revents = 0};
  if ((pending & MYSQL_WAIT_READ) != 0) waiting.events |= POLLIN;
  if ((pending & MYSQL_WAIT_WRITE) != 0) waiting.events |= POLLOUT;
  if ((pending & MYSQL_WAIT_EXCEPT) != 0) waiting.events |= POLLPRI;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return 0;
    break;
  }
  // A closed connection shows as readable: the call itself then says so.
  int came = 0;
  if ((waiting.revents & (POLLIN | POLLHUP | POLLERR)) != 0) came |= pending & MYSQL_WAIT_READ;
  if ((waiting.revents & (POLLOUT | POLLHUP | POLLERR)) != 0) came |= pending & MYSQL_WAIT_WRITE;
  if ((waiting.revents & POLLPRI) != 0) came |= MYSQL_WAIT_EXCEPT;
  return came != 0 ? came : pending;
}

// Where a connection that libmariadb does not wait for is refused, it closes the descriptor twice
// (3.3.20): the second time it may be another thread's. It is let try where somebody listens only.
bool Listens(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& name = path.native();
  if (name.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, name.data(), name.size());
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return probe &&
         ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

struct FreeResult {
  void operator()(MYSQL_RES* result) const { mysql_free_result(result); }
};

DatabaseTable TableOf(MYSQL_RES* result) {
  DatabaseTable table;
  const unsigned int columns = mysql_num_fields(result);
  for (unsigned int i = 0; i < columns; ++i) {
    table.columns.emplace_back(mysql_fetch_field_direct(result, i)->name);
  }
  // The whole result is here already: no waiting.
  while (MYSQL_ROW row = mysql_fetch_row(result)) {
    const unsigned long* sizes = mysql_fetch_lengths(result);
    auto& values = table.rows.emplace_back();
    for (unsigned int i = 0; i < columns; ++i) {
      values.emplace_back(row[i] == nullptr ? std::string() : std::string(row[i], sizes[i]));
    }
  }
  return table;
}

}  // namespace

std::string DatabaseTable::At(std::string_view column) const {
  if (rows.empty()) return "";
  const auto found = std::find(columns.begin(), columns.end(), column);
  if (found == columns.end()) return "";
  return rows.front()[static_cast<std::size_t>(found - columns.begin())];
}

Result<DatabaseAdmin> DatabaseAdmin::Connect(const std::filesystem::path& socket,
                                             milliseconds limit) {
  if (!Listens(socket)) {
    return Fail(ErrorKind::kUnavailable, "the database at " + socket.string() + " does not listen");
  }
  DatabaseAdmin admin(mysql_init(nullptr), limit);
  MYSQL* handle = admin.handle_.get();
  if (handle == nullptr) return Fail(ErrorKind::kInternal, "no memory for a database connection");
  mysql_optionsv(handle, MYSQL_OPT_NONBLOCK, nullptr);
  mysql_optionsv(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  MYSQL* connected = nullptr;
  const int pending = mysql_real_connect_start(&connected, handle, nullptr, "root", nullptr,
                                               nullptr, 0, socket.c_str(), CLIENT_MULTI_STATEMENTS);
  const auto outcome = admin.Drive(pending, Clock::now() + limit, [&](int events) {
    return mysql_real_connect_cont(&connected, handle, events);
  });
  if (!outcome.has_value() || connected == nullptr) {
    return Fail(outcome.has_value() ? ErrorKind::kUnavailable : outcome.error().kind,
                "the database at " + socket.string() + ": " +
                    (outcome.has_value() ? mysql_error(handle) : outcome.error().message));
  }
  return admin;
}

Result<void> DatabaseAdmin::Drive(int pending, Deadline deadline,
                                  const std::function<int(int)>& go_on) {
  while (pending != 0) {
    const int socket = static_cast<int>(mysql_get_socket(handle_.get()));
    const int came = Await(socket, pending, deadline);
    if (came == 0) {
      broken_ = true;
      // Closing must not wait for a server that does not read.
      if (socket >= 0) ::shutdown(socket, SHUT_RDWR);
      return Fail(ErrorKind::kTimeout, "the database did not answer in time");
    }
    pending = go_on(came);
  }
  return {};
}

std::unexpected<Error> DatabaseAdmin::Refusal() {
  const unsigned int code = mysql_errno(handle_.get());
  const bool lost = code == CR_SERVER_GONE_ERROR || code == CR_SERVER_LOST;
  if (lost) broken_ = true;
  return Fail(
      lost ? ErrorKind::kUnavailable : ErrorKind::kConflict,
      "the database refuses (error " + std::to_string(code) + "): " + mysql_error(handle_.get()));
}

Result<DatabaseTable> DatabaseAdmin::ReadTable(Deadline deadline) {
  MYSQL_RES* raw = nullptr;
  MYSQL* handle = handle_.get();
  SCV_TRY(Drive(mysql_store_result_start(&raw, handle), deadline,
                [&](int events) { return mysql_store_result_cont(&raw, handle, events); }));
  const std::unique_ptr<MYSQL_RES, FreeResult> result(raw);
  if (result) return TableOf(result.get());
  if (mysql_errno(handle) != 0) return Refusal();
  return DatabaseTable{};
}

Result<std::vector<DatabaseTable>> DatabaseAdmin::Query(std::string_view sql, milliseconds limit) {
  if (broken_) return Fail(ErrorKind::kUnavailable, "the connection to the database is lost");
  const auto deadline = Clock::now() + limit;
  MYSQL* handle = handle_.get();
  int failed = 0;
  SCV_TRY(Drive(mysql_real_query_start(&failed, handle, sql.data(), sql.size()), deadline,
                [&](int events) { return mysql_real_query_cont(&failed, handle, events); }));
  std::vector<DatabaseTable> tables;
  for (;;) {
    if (failed > 0) return Refusal();
    SCV_ASSIGN(auto table, ReadTable(deadline));
    tables.push_back(std::move(table));
    if (mysql_more_results(handle) == 0) return tables;
    SCV_TRY(Drive(mysql_next_result_start(&failed, handle), deadline,
                  [&](int events) { return mysql_next_result_cont(&failed, handle, events); }));
  }
}

Result<void> DatabaseAdmin::Execute(std::string_view sql, milliseconds limit) {
  if (auto done = Query(sql, limit); !done.has_value()) {
    return std::unexpected(std::move(done).error());
  }
  return {};
}

std::string DatabaseAdmin::Quoted(std::string_view text) {
  std::string escaped(text.size() * 2 + 1, '\0');
  const unsigned long size =
      mysql_real_escape_string(handle_.get(), escaped.data(), text.data(), text.size());
  escaped.resize(size);
  return "'" + escaped + "'";
}

}  // namespace scv::world
