#include "world/linux/instance_init_metadata.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <string_view>
#include <utility>

#include "world/linux/fd_store.h"
#include "world/linux/lab_init_packets.h"

namespace scv::world {
namespace {

namespace http = boost::beast::http;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr const char* kAddress = "169.254.169.254";
constexpr std::uint16_t kPort = 80;
constexpr milliseconds kRequestWithin{5'000};
constexpr milliseconds kRetryFirst{2};
constexpr milliseconds kRetryMax{200};
constexpr std::size_t kBodyMax = 64 * 1024;  // AWS: 16 KB of user data

struct Answer {
  unsigned status = 0;
  std::string body;
};

Result<void> Await(int fd, short events, Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return Fail(ErrorKind::kTimeout, "the metadata service takes too long");
    pollfd waited{.fd = fd, .events = events, .revents = 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(left.count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return FailErrno(ErrorKind::kInternal, "waiting", errno);
  }
}

Result<UniqueFd> Connect(Deadline deadline) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kPort);
  ::inet_pton(AF_INET, kAddress, &address.sin_addr);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    if (errno != EINPROGRESS) {
      return FailErrno(ErrorKind::kUnavailable, "connecting to the metadata service", errno);
    }
    SCV_TRY(Await(fd.get(), POLLOUT, deadline));
    int failed = 0;
    socklen_t size = sizeof(failed);
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &failed, &size);
    if (failed != 0) {
      return FailErrno(ErrorKind::kUnavailable, "connecting to the metadata service", failed);
    }
  }
  return fd;
}

Result<void> Send(int fd, std::string_view text, Deadline deadline) {
  while (!text.empty()) {
    const ssize_t size = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (size >= 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno == EAGAIN) {
      SCV_TRY(Await(fd, POLLOUT, deadline));
    } else if (errno != EINTR) {
      return FailErrno(ErrorKind::kUnavailable, "asking the metadata service", errno);
    }
  }
  return {};
}

Result<Answer> Receive(int fd, Deadline deadline) {
  http::response_parser<http::string_body> parser;
  parser.body_limit(kBodyMax);
  parser.eager(true);
  std::string pending;
  std::array<char, 4096> bytes{};
  while (!parser.is_done()) {
    SCV_TRY(Await(fd, POLLIN, deadline));
    const ssize_t size = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size < 0) return FailErrno(ErrorKind::kUnavailable, "reading metadata", errno);
    boost::beast::error_code failed;
    if (size == 0) {
      parser.put_eof(failed);
      if (failed || !parser.is_done()) {
        return Fail(ErrorKind::kUnavailable, "the metadata service broke off its answer");
      }
      break;
    }
    pending.append(bytes.data(), static_cast<std::size_t>(size));
    const auto used = parser.put(boost::asio::buffer(pending), failed);
    pending.erase(0, used);
    if (failed && failed != http::error::need_more) {
      return Fail(ErrorKind::kUnavailable,
                  "the metadata service's answer is no HTTP: " + failed.message());
    }
  }
  return Answer{.status = parser.get().result_int(), .body = std::move(parser.get().body())};
}

Result<Answer> Ask(std::string_view method, std::string_view path, std::string_view header,
                   Deadline deadline) {
  SCV_ASSIGN(const UniqueFd fd, Connect(deadline));
  std::string request;
  request.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: ").append(kAddress);
  request.append("\r\n").append(header).append(
      "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  SCV_TRY(Send(fd.get(), request, deadline));
  return Receive(fd.get(), deadline);
}

Error Refused(const Answer& answer) {
  const bool passing = answer.status >= 500 || answer.status == 429;
  return {passing ? ErrorKind::kUnavailable : ErrorKind::kDenied,
          "the metadata service answered " + std::to_string(answer.status)};
}

Result<std::optional<std::string>> FetchOnce(Deadline deadline) {
  SCV_ASSIGN(const Answer token, Ask("PUT", "/latest/api/token",
                                     "X-aws-ec2-metadata-token-ttl-seconds: 300", deadline));
  if (token.status != 200) return std::unexpected(Refused(token));
  const bool printable = std::ranges::all_of(token.body, [](char c) { return c > ' ' && c < 127; });
  if (!printable) return Fail(ErrorKind::kUnavailable, "the metadata service gave no usable token");
  SCV_ASSIGN(Answer data,
             Ask("GET", "/latest/user-data", "X-aws-ec2-metadata-token: " + token.body, deadline));
  if (data.status == 404) return std::nullopt;
  if (data.status != 200) return std::unexpected(Refused(data));
  return std::move(data.body);
}

}  // namespace

Result<std::optional<std::string>> FetchUserData(milliseconds within, int interrupt) {
  const auto deadline = Clock::now() + within;
  auto pause = kRetryFirst;
  for (;;) {
    auto fetched = FetchOnce(std::min(deadline, Clock::now() + kRequestWithin));
    if (fetched || fetched.error().kind == ErrorKind::kDenied || Clock::now() + pause >= deadline) {
      return fetched;
    }
    // The network or the service behind it comes up without telling this side.
    pollfd waited{.fd = interrupt, .events = POLLIN, .revents = 0};
    if (::poll(&waited, 1, static_cast<int>(pause.count())) > 0) {
      return Fail(ErrorKind::kConflict, "asked to end before the metadata service answered");
    }
    pause = std::min(pause * 2, kRetryMax);
  }
}

}  // namespace scv::world
