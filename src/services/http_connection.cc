// One connection: requests one after the other, each handed to its exchange.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cctype>

#include "base/time.h"
#include "services/http_server_state.h"

namespace scv::services {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Parser = http::request_parser<http::buffer_body>;

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
// So much of a body nobody wants is still read, so that the client gets to see the answer.
constexpr std::int64_t kDiscardBytesMax = std::int64_t{8} << 20;

struct Connection {
  HttpServer::State& state;
  HttpListener& listener;
  beast::tcp_stream& lowest;
  std::string peer;
};

std::string Lower(beast::string_view text) {
  std::string out(text.data(), text.size());
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

HttpHead HeadOf(const Parser& parser, const Connection& connection) {
  HttpHead head;
  const auto& message = parser.get();
  head.method = std::string(message.method_string());
  head.target = std::string(message.target());
  for (const auto& field : message) {
    head.headers.emplace_back(Lower(field.name_string()), std::string(field.value()));
  }
  head.tls = static_cast<bool>(connection.listener.tls);
  head.region = connection.listener.region;
  head.peer = connection.peer;
  return head;
}

std::string HeaderText(const HttpResponse& response, bool keep_alive) {
  const auto status = static_cast<http::status>(response.status);
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     std::string(http::obsolete_reason(status)) + "\r\n";
  for (const auto& [name, value] : response.headers) {
    text.append(name).append(": ");
    // A value that a client chose (metadata) must not begin a header of its own.
    for (const char c : value) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    text += "\r\n";
  }
  const bool has_body = response.status != 204 && response.status != 304;
  if (has_body) {
    const std::int64_t length = response.length_only.value_or(
        response.file ? response.file_bytes : static_cast<std::int64_t>(response.body.size()));
    text += "Content-Length: " + std::to_string(length) + "\r\n";
  }
  text += "Date: " + FormatHttpDate(WallClockMillis()) + "\r\nConnection: ";
  return text.append(keep_alive ? "keep-alive" : "close").append("\r\n\r\n");
}

// A file as it is sent: read piece by piece.
template <typename Stream>
Task<bool> SendFile(Stream& stream, Connection& connection, const HttpResponse& response) {
  std::vector<char> piece(kPieceBytes);
  std::int64_t sent = 0;
  while (sent < response.file_bytes) {
    const auto wanted = std::min<std::int64_t>(kPieceBytes, response.file_bytes - sent);
    const auto count = ::pread(response.file.get(), piece.data(), static_cast<std::size_t>(wanted),
                               response.file_offset + sent);
    if (count <= 0) co_return false;
    ErrorCode error;
    connection.lowest.expires_after(connection.state.limits.piece);
    const auto buffer = asio::buffer(piece.data(), static_cast<std::size_t>(count));
    co_await asio::async_write(stream, buffer, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return false;
    sent += count;
  }
  co_return true;
}

template <typename Stream>
Task<bool> Send(Stream& stream, Connection& connection, const HttpResponse& response,
                bool keep_alive) {
  std::string text = HeaderText(response, keep_alive);
  const bool bare = response.length_only || response.status == 204 || response.status == 304;
  if (!bare && !response.file) text += response.body;
  ErrorCode error;
  connection.lowest.expires_after(connection.state.limits.piece);
  const auto buffer = asio::buffer(text);
  co_await asio::async_write(stream, buffer, asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return false;
  if (bare || !response.file) co_return true;
  co_return co_await SendFile(stream, connection, response);
}

// The body goes to the exchange as it arrives. False: the connection cannot go on.
template <typename Stream>
Task<bool> ReceiveBody(Stream& stream, Connection& connection, beast::flat_buffer& buffer,
                       Parser& parser, Exchange& exchange) {
  std::vector<char> piece(kPieceBytes);
  bool wanted = true;
  std::int64_t discarded = 0;
  while (!parser.is_done()) {
    parser.get().body().data = piece.data();
    parser.get().body().size = piece.size();
    ErrorCode error;
    connection.lowest.expires_after(connection.state.limits.piece);
    co_await http::async_read_some(stream, buffer, parser,
                                   asio::redirect_error(asio::use_awaitable, error));
    if (error == http::error::need_buffer) error = {};
    if (error) co_return false;
    const std::size_t count = piece.size() - parser.get().body().size;
    if (wanted && count > 0) wanted = exchange.Write({piece.data(), count});
    if (!wanted) discarded += static_cast<std::int64_t>(count);
    if (discarded > kDiscardBytesMax) co_return true;
  }
  co_return true;
}

// One request and its answer. False: the connection ends.
template <typename Stream>
Task<bool> ServeOne(Stream& stream, Connection& connection, beast::flat_buffer& buffer) {
  Parser parser;
  parser.header_limit(connection.state.limits.header_bytes_max);
  parser.body_limit(connection.state.limits.body_bytes_max);
  ErrorCode error;
  connection.lowest.expires_after(connection.state.limits.idle);
  co_await http::async_read_header(stream, buffer, parser,
                                   asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    const bool spoke =
        error.category() == http::make_error_code(http::error::bad_method).category();
    if (spoke && error != http::error::end_of_stream && error != http::error::partial_message) {
      HttpResponse refusal;
      refusal.status = error == http::error::header_limit ? 431 : 400;
      co_await Send(stream, connection, refusal, false);
    }
    co_return false;
  }
  const HttpHead head = HeadOf(parser, connection);
  const auto exchange = connection.listener.handler->Begin(head);
  const bool expects = Lower(parser.get()[http::field::expect]) == "100-continue";
  bool keep_alive = parser.keep_alive();
  if (exchange->WantsBody() || !expects) {
    if (expects && !parser.is_done()) {
      const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto line = asio::buffer(go_on);
      co_await asio::async_write(stream, line, asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return false;
    }
    const bool received = co_await ReceiveBody(stream, connection, buffer, parser, *exchange);
    if (!received) co_return false;
  }
  keep_alive = keep_alive && parser.is_done() && !connection.listener.closed;
  const HttpResponse response = exchange->Finish();
  const bool sent = co_await Send(stream, connection, response, keep_alive);
  co_return sent&& keep_alive;
}

template <typename Stream>
Task<void> ServeRequests(Stream& stream, Connection& connection) {
  beast::flat_buffer buffer(std::size_t{128} << 10);
  bool more = true;
  while (more) more = co_await ServeOne(stream, connection, buffer);
}

// Counted in and out of the listener.
class Registration {
 public:
  Registration(HttpServer::State& state, HttpListener& listener,
               const std::shared_ptr<beast::tcp_stream>& stream)
      : state_(state), listener_(listener), id_(state.next_id.fetch_add(1)) {
    const std::scoped_lock lock(listener_.mutex);
    listener_.connections[id_] = stream;
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  ~Registration() {
    state_.connections.fetch_sub(1);
    const std::scoped_lock lock(listener_.mutex);
    listener_.connections.erase(id_);
  }

 private:
  HttpServer::State& state_;
  HttpListener& listener_;
  const std::uint64_t id_;
};

}  // namespace

Task<void> ServeConnection(HttpServer::State* state, std::shared_ptr<HttpListener> listener,
                           tcp::socket socket) {
  ErrorCode error;
  socket.set_option(tcp::no_delay(true), error);
  const auto endpoint = socket.remote_endpoint(error);
  const auto stream = std::make_shared<beast::tcp_stream>(std::move(socket));
  const Registration registration(*state, *listener, stream);
  Connection connection{*state, *listener, *stream, error ? "" : endpoint.address().to_string()};
  if (listener->closed) co_return;
  if (!listener->tls) {
    co_await ServeRequests(*stream, connection);
  } else {
    asio::ssl::stream<beast::tcp_stream&> secure(*stream, *listener->handshakes);
    stream->expires_after(state->limits.piece);
    co_await secure.async_handshake(asio::ssl::stream_base::server,
                                    asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    co_await ServeRequests(secure, connection);
    stream->expires_after(std::chrono::seconds(1));
    co_await secure.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
  }
  stream->socket().shutdown(tcp::socket::shutdown_send, error);
}

}  // namespace scv::services
