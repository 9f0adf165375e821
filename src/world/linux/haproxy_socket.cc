#include "world/linux/haproxy_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <map>

#include "world/linux/fd_store.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kAnswerWithin{2000};
constexpr std::size_t kAnswerMax = std::size_t{16} << 20;

bool Wait(int fd, short events, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    pollfd wanted{.fd = fd, .events = events, .revents = 0};
    const int ready = ::poll(&wanted, 1, static_cast<int>(std::max<long>(left.count(), 0)));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// Fields between quotes may hold commas; a doubled quote is one.
std::vector<std::string> SplitCsv(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[i++];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  return fields;
}

std::int64_t Number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Result<UniqueFd> Connect(const std::filesystem::path& socket) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string path = socket.string();
  if (path.size() >= sizeof(name.sun_path)) {
    return Fail(ErrorKind::kInvalid, path + " is too long for a socket's name");
  }
  std::memcpy(name.sun_path, path.c_str(), path.size());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd || ::connect(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) != 0) {
    return Fail(ErrorKind::kUnavailable, "HAProxy at " + path + ": " + std::strerror(errno));
  }
  return fd;
}

}  // namespace

Result<std::string> AskHaproxy(const std::filesystem::path& socket, std::string_view commands) {
  const auto deadline = Clock::now() + kAnswerWithin;
  SCV_ASSIGN(const UniqueFd fd, Connect(socket));
  std::string request = std::string(commands) + "\n";
  std::string_view left = request;
  while (!left.empty()) {
    const ssize_t sent = ::send(fd.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      left.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN || !Wait(fd.get(), POLLOUT, deadline)) {
      return Fail(ErrorKind::kUnavailable, "HAProxy does not take commands");
    }
  }
  std::string answer;
  std::array<char, 16'384> buffer;
  for (;;) {
    const ssize_t count = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (count == 0) return answer;
    if (count > 0) {
      answer.append(buffer.data(), static_cast<std::size_t>(count));
      if (answer.size() > kAnswerMax) break;
    } else if (errno != EINTR && (errno != EAGAIN || !Wait(fd.get(), POLLIN, deadline))) {
      break;
    }
  }
  return Fail(ErrorKind::kTimeout, "HAProxy does not answer at " + socket.string());
}

Result<std::string> HaproxyRevision(const std::filesystem::path& socket) {
  SCV_ASSIGN(const auto info, AskHaproxy(socket, "show info"));
  constexpr std::string_view kLabel = "\ndescription: ";
  const auto at = info.find(kLabel);
  if (at == std::string::npos) return std::string();
  const auto begin = at + kLabel.size();
  return info.substr(begin, info.find('\n', begin) - begin);
}

std::vector<HaproxyServerState> ParseServersState(std::string_view text) {
  constexpr std::size_t kFields = 19;  // up to the port
  std::vector<HaproxyServerState> servers;
  for (const auto line : Split(text, '\n')) {
    const auto fields = Split(line, ' ');
    if (fields.size() < kFields || line.starts_with('#')) continue;
    servers.push_back({.backend = std::string(fields[1]),
                       .server = std::string(fields[3]),
                       .address = std::string(fields[4]),
                       .port = static_cast<int>(Number(fields[18])),
                       .admin = static_cast<int>(Number(fields[6]))});
  }
  return servers;
}

std::vector<HaproxyServerStat> ParseStat(std::string_view csv) {
  std::vector<HaproxyServerStat> servers;
  std::map<std::string, std::size_t, std::less<>> columns;
  for (auto line : Split(csv, '\n')) {
    if (line.starts_with("# ")) {
      line.remove_prefix(2);
      const auto names = SplitCsv(line);
      for (std::size_t i = 0; i < names.size(); ++i) columns[names[i]] = i;
      continue;
    }
    const auto fields = SplitCsv(line);
    const auto field = [&](std::string_view name) {
      const auto column = columns.find(name);
      return column != columns.end() && column->second < fields.size() ? fields[column->second]
                                                                       : std::string();
    };
    const std::string server = field("svname");
    if (server.empty() || server == "FRONTEND" || server == "BACKEND") continue;
    const std::string code = field("check_code");
    const std::string text = field("last_chk");
    servers.push_back({.backend = field("pxname"),
                       .server = server,
                       .status = field("status"),
                       .check = field("check_status"),
                       .check_text = code.empty() || code == "0" ? text : code + " " + text,
                       .sessions = Number(field("scur")),
                       .sessions_total = Number(field("stot")),
                       .errors_5xx_total = Number(field("hrsp_5xx"))});
  }
  return servers;
}

}  // namespace scv::world
