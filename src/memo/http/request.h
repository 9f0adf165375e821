// One HTTP/1.1 request as the handlers see it. Beast's parser does the parsing; only the header
// fields that this service acts on are kept. Views and strings live until the next request on the
// same connection.
#ifndef SCV_MEMO_HTTP_REQUEST_H_
#define SCV_MEMO_HTTP_REQUEST_H_

#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/verb.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace scv::memo {

// The header fields that matter, in the order of kHeaderNames.
enum class Header : std::uint8_t {
  kAccept,
  kAcceptEncoding,
  kAmznTraceId,
  kAuthorization,
  kContentType,
  kCookie,
  kCsrfToken,
  kExpect,
  kHost,
  kIdempotencyKey,
  kIfMatch,
  kIfNoneMatch,
  kOrigin,
  kPrefer,
  kRequestId,
  kSecFetchSite,
  kTraceparent,
  kXForwardedFor,
  kCount,
};

class Request {
 public:
  boost::beast::http::verb method = boost::beast::http::verb::unknown;
  std::string target;  // as sent, at most kHeaderBytesMax
  std::string body;
  bool keep_alive = true;
  bool http_1_0 = false;

  std::string_view path() const;
  std::string_view query() const;  // without the '?'
  std::string_view header(Header name) const { return headers_[static_cast<std::size_t>(name)]; }
  bool has(Header name) const { return (present_ >> static_cast<unsigned>(name) & 1U) != 0; }

  // For the parser. False: the field may stand only once and stood before.
  bool AddHeader(Header name, std::string_view value);
  void Clear();

 private:
  std::array<std::string, static_cast<std::size_t>(Header::kCount)> headers_;
  std::uint32_t present_ = 0;
};

// Feeds a Request. One per connection, Reset() between requests.
class RequestParser : public boost::beast::http::basic_parser<true> {
 public:
  // `import_body_max`: bytes allowed for the body of the streaming import; other bodies are held to
  // kBodyBytesMax.
  explicit RequestParser(Request& request);

  // The streamed route was asked for: the body is to be taken piece by piece from request.body.
  bool streaming() const { return streaming_; }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  void on_request_impl(boost::beast::http::verb method, string_view method_text, string_view target,
                       int version, error_code& error) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field name, string_view name_text, string_view value,
                     error_code& error) override;
  void on_header_impl(error_code& error) override;
  void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code& error) override;
  std::size_t on_body_impl(string_view body, error_code& error) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) override;
  void on_finish_impl(error_code&) override {}

  Request& request_;
  std::size_t fields_ = 0;
  bool streaming_ = false;
  bool transfer_coded_ = false;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_REQUEST_H_
