#include "memo/aws/http_fetch.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>

namespace scv::memo {
namespace {

using std::chrono::milliseconds;

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

// Reserved whole, so that growing leaves no copy of a secret behind.
struct Body {
  Body() { bytes.reserve(HttpResponse::kBodyBytesMax); }
  ~Body() { Wipe(bytes); }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  std::string bytes;
  bool overflow = false;
};

std::size_t OnBody(char* data, std::size_t, std::size_t size, void* user) {
  Body& body = *static_cast<Body*>(user);
  if (body.bytes.size() + size > HttpResponse::kBodyBytesMax) {
    body.overflow = true;
    return 0;
  }
  body.bytes.append(data, size);
  return size;
}

std::size_t NoUpload(char*, std::size_t, std::size_t, void*) { return 0; }

int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const CallLimits*>(user)->stop.stop_requested() ? 1 : 0;
}

bool InitCurlOnce() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

bool IsHeaderText(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

Result<HeaderList> MakeHeaders(const HttpRequest& request) {
  HeaderList list;
  for (const auto& [name, value] : request.headers) {
    if (!IsHeaderText(name) || !IsHeaderText(value)) {
      return Fail(ErrorKind::kInvalid, request.what + ": header " + name + " cannot be sent");
    }
    std::string line = name + ": " + value;
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    Wipe(line);
    if (longer == nullptr) {
      return Fail(ErrorKind::kInternal, request.what + ": out of memory");
    }
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

void SetMethod(CURL* easy, const HttpRequest& request) {
  switch (request.method) {
    case HttpMethod::kGet:
      curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
      return;
    case HttpMethod::kPut:  // an empty body, with Content-Length: 0
      curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(easy, CURLOPT_INFILESIZE, 0L);
      curl_easy_setopt(easy, CURLOPT_READFUNCTION, &NoUpload);
      return;
    case HttpMethod::kPost:
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
      return;
  }
}

void SetSafety(CURL* easy, const HttpRequest& request) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!request.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, request.ca_file.c_str());
  }
  if (request.direct) {
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
  }
}

void SetTimeouts(CURL* easy, const HttpRequest& request, const CallLimits& limits) {
  const milliseconds timeout = std::min(request.timeout, limits.Remaining());
  // 0 would mean libcurl's own, endless default.
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, std::max<long>(1, timeout.count()));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(request.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &OnProgress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &limits);
}

void SetSigning(CURL* easy, const HttpSigning& signing) {
  const std::string scope = "aws:amz:" + signing.region + ":" + signing.service;
  curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, scope.c_str());
  curl_easy_setopt(easy, CURLOPT_USERNAME, signing.access_key_id.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, signing.secret_access_key.Reveal().c_str());
}

ErrorKind KindOf(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_ABORTED_BY_CALLBACK:
      return ErrorKind::kTimeout;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_LOGIN_DENIED:  // a user name in the URL
    case CURLE_SSL_CACERT_BADFILE:
      return ErrorKind::kInvalid;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_PROXY:
      return ErrorKind::kUnavailable;
    default:
      return ErrorKind::kInternal;
  }
}

}  // namespace

Result<HttpResponse> HttpFetch(const HttpRequest& request, const CallLimits& limits) {
  if (limits.Remaining() == milliseconds(0)) {
    return Fail(ErrorKind::kTimeout, request.what + ": no time is left to ask");
  }
  const Easy easy(InitCurlOnce() ? curl_easy_init() : nullptr);
  if (!easy) {
    return Fail(ErrorKind::kInternal, request.what + ": libcurl cannot be initialised");
  }
  SCV_ASSIGN(const HeaderList headers, MakeHeaders(request));
  std::array<char, CURL_ERROR_SIZE> detail{};
  Body body;
  curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(easy.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_USERAGENT, "working-scv-memo");
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &body);
  SetMethod(easy.get(), request);
  SetSafety(easy.get(), request);
  SetTimeouts(easy.get(), request, limits);
  if (request.signing) {
    SetSigning(easy.get(), *request.signing);
  }

  const CURLcode code = curl_easy_perform(easy.get());
  if (body.overflow) {
    return Fail(ErrorKind::kInternal, request.what + " answered more than 64 KiB");
  }
  if (code != CURLE_OK) {
    const char* reason = detail[0] != '\0' ? detail.data() : curl_easy_strerror(code);
    return Fail(KindOf(code), request.what + ": " + reason);
  }
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  return HttpResponse{static_cast<int>(status), Secret(body.bytes)};
}

}  // namespace scv::memo
