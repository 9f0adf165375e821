#include "drill/daemon_api.h"

#include <curl/curl.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <memory>

#include "drill/json_read.h"

namespace scv::drill {
namespace {

namespace json = boost::json;

constexpr std::size_t kAnswerBytesMax = 64 << 20;
constexpr long kAnswerWithinMs = 60'000;

struct Cleanup {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::unique_ptr<CURL, Cleanup> Prepare(const std::filesystem::path& socket,
                                       const std::string& url) {
  std::unique_ptr<CURL, Cleanup> curl(curl_easy_init());
  if (!curl) std::abort();
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  return curl;
}

std::size_t TakeAnswer(char* data, std::size_t size, std::size_t count, void* out) {
  auto& text = *static_cast<std::string*>(out);
  if (text.size() + size * count > kAnswerBytesMax) return 0;
  text.append(data, size * count);
  return size * count;
}

ErrorKind KindOf(long status) {
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
    default:
      return ErrorKind::kInternal;
  }
}

Result<json::object> Read(long status, const std::string& text) {
  boost::system::error_code code;
  const auto value = json::parse(text, code);
  const bool object = !code && value.is_object();
  if (status >= 400) {
    const std::string detail = object ? Text(value.get_object(), "detail") : "";
    return Fail(KindOf(status), detail.empty()
                                    ? "the daemon answered with status " + std::to_string(status)
                                    : detail);
  }
  if (!object) return Fail(ErrorKind::kInternal, "the daemon's answer is no JSON object");
  return value.get_object();
}

struct Follower {
  const std::function<void(std::string_view)>& line;
  const std::function<bool()>& go_on;
  std::string pending;
};

std::size_t TakeLines(char* data, std::size_t size, std::size_t count, void* out) {
  auto& follower = *static_cast<Follower*>(out);
  follower.pending.append(data, size * count);
  if (follower.pending.size() > kAnswerBytesMax) return 0;
  std::size_t start = 0;
  for (auto end = follower.pending.find('\n'); end != std::string::npos;
       end = follower.pending.find('\n', start)) {
    follower.line(std::string_view(follower.pending).substr(start, end - start));
    start = end + 1;
  }
  follower.pending.erase(0, start);
  return size * count;
}

int AskWhetherToGoOn(void* follower, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Follower*>(follower)->go_on() ? 0 : 1;
}

}  // namespace

Result<json::object> DaemonApi::Call(const char* method, std::string_view target,
                                     const std::string& body) const {
  const std::string url = "http://scvd" + std::string(target);
  const auto curl = Prepare(socket_, url);
  std::string text;
  std::unique_ptr<curl_slist, Cleanup> headers(
      curl_slist_append(nullptr, "Content-Type: application/json"));
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, kAnswerWithinMs);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &TakeAnswer);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &text);
  if (!body.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  }
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) {
    return Fail(ErrorKind::kUnavailable,
                "no lab answers at " + socket_.string() + " (" + curl_easy_strerror(code) +
                    "); start it with `./scv up`, or name its state directory with --state");
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return Read(status, text);
}

Result<json::object> DaemonApi::Get(std::string_view target) const {
  return Call("GET", target, "");
}

Result<json::object> DaemonApi::Post(std::string_view target, const json::object& body) const {
  return Call("POST", target, json::serialize(body));
}

Result<json::object> DaemonApi::Delete(std::string_view target) const {
  return Call("DELETE", target, "");
}

void DaemonApi::Follow(std::string_view target, const std::function<void(std::string_view)>& line,
                       const std::function<bool()>& go_on) const {
  const std::string url = "http://scvd" + std::string(target);
  const auto curl = Prepare(socket_, url);
  Follower follower{line, go_on, {}};
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &TakeLines);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &follower);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &AskWhetherToGoOn);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &follower);
  curl_easy_perform(curl.get());
}

std::string PercentEncode(std::string_view text) {
  std::unique_ptr<char, decltype(&curl_free)> encoded(
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), &curl_free);
  return encoded ? encoded.get() : "";
}

}  // namespace scv::drill
