#include "cli/api_client.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace scv::cli {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Socket = asio::local::stream_protocol::socket;

constexpr std::uint64_t kAnswerBytesMax = 64 << 20;
constexpr timeval kAnswerWithin{.tv_sec = 60, .tv_usec = 0};

ErrorKind KindOf(unsigned status) {
  switch (status) {
    case 400:
      return ErrorKind::kInvalid;
    case 403:
      return ErrorKind::kDenied;
    case 404:
      return ErrorKind::kNotFound;
    case 409:
      return ErrorKind::kConflict;
    case 503:
      return ErrorKind::kUnavailable;
    case 504:
      return ErrorKind::kTimeout;
    default:
      return ErrorKind::kInternal;
  }
}

Error FromProblem(unsigned status, std::string_view body) {
  boost::system::error_code code;
  const auto value = boost::json::parse(body, code);
  std::string detail = "the daemon answered with status " + std::to_string(status);
  if (!code && value.is_object()) {
    if (const auto* text = value.get_object().if_contains("detail");
        text != nullptr && text->is_string()) {
      detail = std::string(text->get_string());
    }
  }
  return {KindOf(status), detail};
}

Result<void> Connect(Socket& socket, const std::filesystem::path& path) {
  boost::system::error_code code;
  socket.connect(asio::local::stream_protocol::endpoint(path.string()), code);
  if (code) {
    return Fail(ErrorKind::kUnavailable,
                "no lab is running here (" + path.string() + ": " + code.message() +
                    "); start it with `./scv up`, or name its state directory with --state");
  }
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &kAnswerWithin,
             sizeof(kAnswerWithin));
  return {};
}

http::request<http::string_body> Request(http::verb method, std::string_view target,
                                         std::string body) {
  http::request<http::string_body> request(method, std::string(target), 11);
  request.set(http::field::host, "scvd");
  request.set(http::field::content_type, "application/json");
  request.keep_alive(false);
  request.body() = std::move(body);
  request.prepare_payload();
  return request;
}

Result<std::string> Exchange(const std::filesystem::path& path, http::verb method,
                             std::string_view target, std::string body) {
  asio::io_context context;
  Socket socket(context);
  SCV_TRY(Connect(socket, path));
  const auto request = Request(method, target, std::move(body));
  boost::system::error_code code;
  http::write(socket, request, code);
  if (code) return Fail(ErrorKind::kUnavailable, "the daemon hung up: " + code.message());
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kAnswerBytesMax);
  http::read(socket, buffer, parser, code);
  if (code) return Fail(ErrorKind::kUnavailable, "no answer from the daemon: " + code.message());
  auto& response = parser.get();
  if (response.result_int() >= 400) {
    return std::unexpected(FromProblem(response.result_int(), response.body()));
  }
  return std::move(response.body());
}

Result<boost::json::value> Parse(const std::string& text) {
  boost::system::error_code code;
  auto value = boost::json::parse(text, code);
  if (code) return Fail(ErrorKind::kInternal, "the daemon's answer is no JSON: " + code.message());
  return value;
}

// Hands over the complete lines in `text` and keeps the rest.
bool TakeLines(std::string& text, const std::function<bool(std::string_view)>& line) {
  std::size_t start = 0;
  for (;;) {
    const auto end = text.find('\n', start);
    if (end == std::string::npos) break;
    if (!line(std::string_view(text).substr(start, end - start))) return false;
    start = end + 1;
  }
  text.erase(0, start);
  return true;
}

Result<void> FollowAnswer(const std::filesystem::path& path,
                          const http::request<http::string_body>& request,
                          const std::function<bool(std::string_view)>& line) {
  asio::io_context context;
  Socket socket(context);
  SCV_TRY(Connect(socket, path));
  const timeval forever{.tv_sec = 0, .tv_usec = 0};
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof(forever));
  boost::system::error_code code;
  http::write(socket, request, code);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);
  if (!code) http::read_header(socket, buffer, parser, code);
  if (code) return Fail(ErrorKind::kUnavailable, "no answer from the daemon: " + code.message());
  std::string pending;
  std::array<char, 16384> piece{};
  while (!parser.is_done()) {
    parser.get().body().data = piece.data();
    parser.get().body().size = piece.size();
    http::read_some(socket, buffer, parser, code);
    if (code == http::error::need_buffer) code = {};
    if (code) break;
    pending.append(piece.data(), piece.size() - parser.get().body().size);
    if (parser.get().result_int() < 400 && !TakeLines(pending, line)) return {};
  }
  if (parser.get().result_int() >= 400) {
    return std::unexpected(FromProblem(parser.get().result_int(), pending));
  }
  if (!pending.empty()) line(pending);
  if (code && code != http::error::end_of_stream) {
    return Fail(ErrorKind::kUnavailable, "the daemon hung up: " + code.message());
  }
  return {};
}

}  // namespace

Result<boost::json::value> ApiClient::Get(std::string_view target) const {
  SCV_ASSIGN(const auto text, Exchange(socket_, http::verb::get, target, ""));
  return Parse(text);
}

Result<boost::json::value> ApiClient::Post(std::string_view target,
                                           const boost::json::value& body) const {
  SCV_ASSIGN(const auto text,
             Exchange(socket_, http::verb::post, target, boost::json::serialize(body)));
  return Parse(text);
}

Result<std::string> ApiClient::Text(std::string_view target) const {
  return Exchange(socket_, http::verb::get, target, "");
}

Result<void> ApiClient::Follow(std::string_view target,
                               const std::function<bool(std::string_view)>& line) const {
  return FollowAnswer(socket_, Request(http::verb::get, target, ""), line);
}

Result<void> ApiClient::FollowPost(std::string_view target, const boost::json::value& body,
                                   const std::function<bool(std::string_view)>& line) const {
  return FollowAnswer(socket_, Request(http::verb::post, target, boost::json::serialize(body)),
                      line);
}

std::string PercentEncode(std::string_view text) {
  return boost::urls::encode(boost::core::string_view(text.data(), text.size()),
                             boost::urls::unreserved_chars);
}

}  // namespace scv::cli
