#include "daemon/api_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url.hpp>
#include <cerrno>
#include <cstring>

namespace scv::daemon {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Socket = asio::local::stream_protocol::socket;

constexpr std::size_t kConnectionsMax = 32;
constexpr std::size_t kBodyBytesMax = 1 << 20;
constexpr std::size_t kHeaderBytesMax = 16 << 10;
constexpr timeval kIoTimeout{.tv_sec = 30, .tv_usec = 0};

int StatusOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
      return 400;
    case ErrorKind::kDenied:
      return 403;
    case ErrorKind::kNotFound:
      return 404;
    case ErrorKind::kConflict:
      return 409;
    case ErrorKind::kOverloaded:
    case ErrorKind::kUnavailable:
    case ErrorKind::kReadOnly:
      return 503;
    case ErrorKind::kTimeout:
      return 504;
    case ErrorKind::kInternal:
      return 500;
  }
  return 500;
}

Error SystemError(std::string what) {
  return {ErrorKind::kUnavailable, std::move(what) + ": " + std::strerror(errno)};
}

bool IsOwner(int descriptor) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == geteuid() || peer.uid == 0);
}

Result<ApiRequest> Read(Socket& socket, boost::beast::flat_buffer& buffer, bool& keep_alive) {
  http::request_parser<http::string_body> parser;
  parser.body_limit(kBodyBytesMax);
  parser.header_limit(kHeaderBytesMax);
  boost::system::error_code code;
  http::read(socket, buffer, parser, code);
  if (code == http::error::end_of_stream) return Fail(ErrorKind::kNotFound, "");
  if (code) return Fail(ErrorKind::kInvalid, "not an HTTP request: " + code.message());
  const auto& message = parser.get();
  keep_alive = message.keep_alive();
  const auto url = boost::urls::parse_origin_form(
      boost::core::string_view(message.target().data(), message.target().size()));
  if (!url) return Fail(ErrorKind::kInvalid, "the request's target is not a path");
  ApiRequest request;
  request.method = std::string(message.method_string());
  request.path = url->path();
  for (const auto& parameter : url->params()) {
    request.query[std::string(parameter.key)] = std::string(parameter.value);
  }
  request.body = message.body();
  return request;
}

bool Write(Socket& socket, const ApiResponse& answer, bool keep_alive) {
  http::response<http::string_body> response(static_cast<http::status>(answer.status), 11);
  response.set(http::field::content_type, answer.content_type);
  response.keep_alive(keep_alive);
  response.body() = answer.body;
  response.prepare_payload();
  boost::system::error_code code;
  http::write(socket, response, code);
  return !code && keep_alive;
}

// Whether the reader hung up, without waiting.
bool HungUp(int descriptor) {
  pollfd look{.fd = descriptor, .events = POLLRDHUP, .revents = 0};
  return poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

void WriteStream(Socket& socket, const ApiResponse& answer, const std::atomic<bool>& stopping) {
  http::response<http::empty_body> head(http::status::ok, 11);
  head.set(http::field::content_type, answer.content_type);
  head.chunked(true);
  head.keep_alive(false);
  http::response_serializer<http::empty_body> serializer(head);
  boost::system::error_code code;
  http::write_header(socket, serializer, code);
  while (!code && !stopping && !HungUp(socket.native_handle())) {
    const auto piece = answer.stream();
    if (!piece) break;
    if (!piece->empty()) asio::write(socket, http::make_chunk(asio::buffer(*piece)), code);
  }
  if (!code) asio::write(socket, http::make_chunk_last(), code);
}

}  // namespace

ApiResponse JsonResponse(const boost::json::value& value, int status) {
  ApiResponse response;
  response.status = status;
  response.body = boost::json::serialize(value) + "\n";
  return response;
}

ApiResponse Problem(const Error& error) {
  const int status = StatusOf(error.kind);
  auto response = JsonResponse({{"type", "about:blank"},
                                {"title", std::string(Name(error.kind))},
                                {"status", status},
                                {"detail", error.message}},
                               status);
  response.content_type = "application/problem+json";
  return response;
}

Result<std::unique_ptr<ApiServer>> ApiServer::Listen(const std::filesystem::path& path,
                                                     ApiHandler handler) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof(address.sun_path)) {
    return Fail(ErrorKind::kInvalid, "the path of the API's socket is longer than " +
                                         std::to_string(sizeof(address.sun_path) - 1) +
                                         " bytes: " + text + "; use a shorter state directory");
  }
  std::memcpy(address.sun_path, text.data(), text.size());
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return std::unexpected(SystemError("socket"));
  std::unique_ptr<ApiServer> server(new ApiServer(descriptor, std::move(handler)));
  unlink(text.c_str());  // the lab's lock is held: whoever made it is gone
  const mode_t mask = umask(0177);
  const int bound = bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  umask(mask);
  if (bound != 0 || listen(descriptor, 64) != 0) {
    return std::unexpected(SystemError("listening on " + text));
  }
  server->acceptor_ = std::jthread([raw = server.get()] { raw->Accept(); });
  return server;
}

ApiServer::ApiServer(int listener, ApiHandler handler)
    : listener_(listener), handler_(std::move(handler)) {}

ApiServer::~ApiServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  if (acceptor_.joinable()) acceptor_.join();
  close(listener_);
  std::map<int, std::jthread> connections;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [descriptor, thread] : connections_) shutdown(descriptor, SHUT_RDWR);
    connections.swap(connections_);
  }
}

void ApiServer::Accept() {
  while (!stopping_) {
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      return;
    }
    const std::lock_guard lock(mutex_);
    ended_.clear();
    if (connections_.size() >= kConnectionsMax || !IsOwner(descriptor)) {
      close(descriptor);
      continue;
    }
    connections_[descriptor] = std::jthread([this, descriptor] { Serve(descriptor); });
  }
}

void ApiServer::Serve(int descriptor) {
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &kIoTimeout, sizeof(kIoTimeout));
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &kIoTimeout, sizeof(kIoTimeout));
  try {
    while (!stopping_ && Answer(descriptor)) {
    }
  } catch (const std::exception&) {
    // A library's exception ends this connection only.
  }
  const std::lock_guard lock(mutex_);
  const auto self = connections_.find(descriptor);
  if (self != connections_.end()) {
    ended_.push_back(std::move(self->second));
    connections_.erase(self);
  }
  close(descriptor);
}

bool ApiServer::Answer(int descriptor) {
  asio::io_context context;
  Socket socket(context, asio::local::stream_protocol(), descriptor);
  boost::beast::flat_buffer buffer;
  bool keep_alive = false;
  auto request = Read(socket, buffer, keep_alive);
  bool further = false;
  if (!request) {
    if (request.error().kind == ErrorKind::kInvalid) Write(socket, Problem(request.error()), false);
  } else {
    const ApiResponse answer = handler_(*request);
    if (answer.stream) {
      WriteStream(socket, answer, stopping_);
    } else {
      further = Write(socket, answer, keep_alive);
    }
  }
  socket.release();
  return further;
}

}  // namespace scv::daemon
