// One HTTP exchange with AWS or with the instance metadata service, by libcurl.
#ifndef SCV_MEMO_AWS_HTTP_FETCH_H_
#define SCV_MEMO_AWS_HTTP_FETCH_H_

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "memo/aws/call_limits.h"
#include "memo/aws/secret.h"

namespace scv::memo {

enum class HttpMethod { kGet, kPut, kPost };

// AWS Signature Version 4, made by libcurl. It signs Host, X-Amz-Date, the body, and every header
// of HttpRequest::headers, hence X-Amz-Security-Token and X-Amz-Target, too (verified against
// botocore for libcurl 7.88; before 7.87 libcurl left custom headers out).
struct HttpSigning {
  std::string region;   // without ':'
  std::string service;  // without ':'
  std::string access_key_id;
  Secret secret_access_key;
};

struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  std::string url;
  // Values are not empty: libcurl would sign an empty header and then not send it.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // of a POST only
  std::optional<HttpSigning> signing;
  std::chrono::milliseconds connect_timeout{1000};
  std::chrono::milliseconds timeout{3000};  // of the whole exchange
  bool direct = false;                      // ignore proxies named in the environment
  std::string ca_file;                      // PEM; empty: the system's
  std::string what;                         // names the other side in error messages
};

struct HttpResponse {
  static constexpr std::size_t kBodyBytesMax = 64 * 1024;

  int status = 0;
  Secret body;
};

// Thread-safe. http and https only, TLS 1.2 or later with certificate and host name verified; no
// redirects, no cookies, no user name in the URL. Any status is a response. Does not take longer
// than `limits` nor request.timeout.
// kTimeout; kUnavailable: no connection, or it broke; kInvalid: an unusable URL or header;
// kInternal: a body above kBodyBytesMax, or no HTTP.
Result<HttpResponse> HttpFetch(const HttpRequest& request, const CallLimits& limits);

}  // namespace scv::memo

#endif  // SCV_MEMO_AWS_HTTP_FETCH_H_
