#include "memo/http/request.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>
#include <utility>

#include "memo/domain/memo_limits.h"
#include "memo/http/routes.h"

namespace scv::memo {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kFieldsMax = 100;
// 10,000 lines of 64 KiB would be 640 MB; what a phone or a script sends is far below this.
constexpr std::uint64_t kImportBytesMax = std::uint64_t{256} << 20;

constexpr std::array<std::pair<std::string_view, Header>, 6> kUnlistedNames = {{
    {"X-Amzn-Trace-Id", Header::kAmznTraceId},
    {"X-CSRF-Token", Header::kCsrfToken},
    {"Idempotency-Key", Header::kIdempotencyKey},
    {"X-Request-Id", Header::kRequestId},
    {"Sec-Fetch-Site", Header::kSecFetchSite},
    {"traceparent", Header::kTraceparent},
}};

// The fields that Beast does not number.
std::optional<Header> FindByText(std::string_view text) {
  for (const auto& [name, header] : kUnlistedNames) {
    if (boost::beast::iequals(name, text)) return header;
  }
  if (boost::beast::iequals(text, "X-Forwarded-For")) return Header::kXForwardedFor;
  return std::nullopt;
}

std::optional<Header> Find(http::field field, std::string_view text) {
  switch (field) {
    case http::field::accept:
      return Header::kAccept;
    case http::field::accept_encoding:
      return Header::kAcceptEncoding;
    case http::field::authorization:
      return Header::kAuthorization;
    case http::field::content_type:
      return Header::kContentType;
    case http::field::cookie:
      return Header::kCookie;
    case http::field::expect:
      return Header::kExpect;
    case http::field::host:
      return Header::kHost;
    case http::field::if_match:
      return Header::kIfMatch;
    case http::field::if_none_match:
      return Header::kIfNoneMatch;
    case http::field::origin:
      return Header::kOrigin;
    case http::field::prefer:
      return Header::kPrefer;
    case http::field::unknown:
      return FindByText(text);
    default:
      return FindByText(text);
  }
}

// Origin-form as it is, absolute-form without scheme and authority (RFC 9112 3.2.2).
bool TakeTarget(std::string_view target, std::string& out) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!boost::beast::iequals(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    target = path == std::string_view::npos ? "/" : target.substr(path);
  }
  out = target;
  return target.starts_with('/');
}

bool IsList(Header name) {
  return name == Header::kAccept || name == Header::kAcceptEncoding || name == Header::kPrefer ||
         name == Header::kXForwardedFor || name == Header::kIfNoneMatch;
}

}  // namespace

std::string_view Request::path() const {
  const std::string_view all = target;
  return all.substr(0, all.find('?'));
}

std::string_view Request::query() const {
  const std::size_t mark = target.find('?');
  if (mark == std::string::npos) return {};
  return std::string_view(target).substr(mark + 1);
}

bool Request::AddHeader(Header name, std::string_view value) {
  std::string& kept = headers_[static_cast<std::size_t>(name)];
  if (!has(name)) {
    present_ |= 1U << static_cast<unsigned>(name);
    kept = value;
    return true;
  }
  // RFC 9110 5.3: only list-valued fields may be repeated; RFC 6265 5.4 and RFC 9113 8.2.3 allow a
  // proxy to split Cookie.
  if (name == Header::kCookie) {
    kept += "; ";
  } else if (IsList(name)) {
    kept += ", ";
  } else {
    return false;
  }
  kept += value;
  return true;
}

void Request::Clear() {
  method = http::verb::unknown;
  target.clear();
  // A large body is not kept for the life of an idle connection.
  if (body.capacity() > 16 * 1024) {
    std::string().swap(body);
  } else {
    body.clear();
  }
  keep_alive = true;
  http_1_0 = false;
  present_ = 0;
  for (std::string& value : headers_) value.clear();
}

RequestParser::RequestParser(Request& request) : request_(request) {
  header_limit(static_cast<std::uint32_t>(kHeaderBytesMax));
  body_limit(kBodyBytesMax);
  eager(true);
}

void RequestParser::on_request_impl(http::verb method, string_view, string_view target, int version,
                                    error_code& error) {
  if (version < 10) {
    error = http::error::bad_version;
    return;
  }
  request_.method = method;
  request_.http_1_0 = version == 10;
  if (!TakeTarget({target.data(), target.size()}, request_.target)) {
    error = http::error::bad_target;
    return;
  }
  streaming_ = method == http::verb::post && IsStreamedUpload(request_.path());
  if (streaming_) body_limit(kImportBytesMax);
}

void RequestParser::on_field_impl(http::field name, string_view name_text, string_view value,
                                  error_code& error) {
  // A trailer must not change what was decided on by the header (RFC 9110 6.5.1).
  if (is_header_done()) return;
  if (++fields_ > kFieldsMax) {
    error = http::error::header_limit;
    return;
  }
  // Beast takes a coding that it does not know for "no body", and the body would be read as the
  // next request (RFC 9112 6.1, 6.3). Only a single "chunked" is known here.
  if (name == http::field::transfer_encoding &&
      (std::exchange(transfer_coded_, true) || !boost::beast::iequals(value, "chunked"))) {
    error = http::error::bad_transfer_encoding;
    return;
  }
  const auto header = Find(name, {name_text.data(), name_text.size()});
  if (header && !request_.AddHeader(*header, {value.data(), value.size()})) {
    error = http::error::bad_field;
  }
}

void RequestParser::on_header_impl(error_code& error) {
  // RFC 9112 3.2.
  if (!request_.http_1_0 && !request_.has(Header::kHost)) error = http::error::bad_field;
}

void RequestParser::on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code&) {
  if (length && !streaming_) request_.body.reserve(static_cast<std::size_t>(*length));
}

std::size_t RequestParser::on_body_impl(string_view body, error_code&) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& error) {
  return on_body_impl(body, error);
}

}  // namespace scv::memo
