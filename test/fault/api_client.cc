#include "fault/api_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <string_view>

namespace scv::fault {
namespace {

namespace json = boost::json;

constexpr std::string_view kOriginWord = "origin ";
constexpr long kConnectTimeoutMs = 5'000;

std::size_t TakeBody(char* data, std::size_t size, std::size_t count, void* reply) {
  static_cast<Reply*>(reply)->body.append(data, size * count);
  return size * count;
}

std::size_t TakeHeader(char* data, std::size_t size, std::size_t count, void* out) {
  Reply& reply = *static_cast<Reply*>(out);
  std::string line(data, size * count);
  std::transform(line.begin(), line.end(), line.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (line.starts_with("http/")) reply.body.clear();
  if (line.starts_with("idempotency-replayed: true")) reply.replayed = true;
  constexpr std::string_view kRetryAfter = "retry-after: ";
  if (line.starts_with(kRetryAfter)) {
    int seconds = 0;
    std::from_chars(line.data() + kRetryAfter.size(), line.data() + line.size(), seconds);
    reply.retry_after = std::chrono::seconds(seconds);
  }
  return size * count;
}

class HeaderList {
 public:
  ~HeaderList() { curl_slist_free_all(list_); }
  void Add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

std::string_view TextOf(const json::object& object, std::string_view field) {
  const json::value* value = object.if_contains(field);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

std::uint64_t DigestOf(const json::object& memo) {
  std::string all;
  for (const std::string_view field : {"id", "title", "content", "pinned", "state", "version",
                                       "created_at", "updated_at", "deleted_at"}) {
    const json::value* value = memo.if_contains(field);
    all += value == nullptr ? "?" : json::serialize(*value);
    all += '\n';
  }
  return std::hash<std::string>()(all);
}

std::optional<Sight> SightOf(const json::value& value) {
  const json::object* memo = value.if_object();
  if (memo == nullptr) return std::nullopt;
  const json::value* version = memo->if_contains("version");
  Sight sight;
  sight.memo = TextOf(*memo, "id");
  sight.mark = TextOf(*memo, "title");
  if (sight.memo.empty() || version == nullptr || !version->is_int64()) return std::nullopt;
  sight.version = static_cast<std::uint32_t>(version->get_int64());
  sight.trashed = TextOf(*memo, "state") == "trashed";
  if (!memo->contains("content")) return sight;
  std::string_view content = TextOf(*memo, "content");
  if (content.starts_with(kOriginWord)) content.remove_prefix(kOriginWord.size());
  sight.origin = content.substr(0, content.find('\n'));
  sight.digest = DigestOf(*memo);
  return sight;
}

json::value Parse(std::string_view text) {
  json::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error);
  return error ? json::value() : value;
}

// The memos that an answer shows: itself, a page's items, or the current one of a conflict. False:
// it should show some and cannot be read.
bool TakeSights(const Reply& reply, Attempt& attempt) {
  if (reply.status == 204) return true;
  const json::value body = Parse(reply.body);
  const json::object* object = body.if_object();
  if (object == nullptr) return false;
  if (const json::value* items = object->if_contains("items"); items && items->is_array()) {
    for (const json::value& item : items->get_array()) {
      auto sight = SightOf(item);
      if (!sight) return false;
      attempt.sights.push_back(std::move(*sight));
    }
    return true;
  }
  const json::value* current = object->if_contains("current");
  auto sight = SightOf(current != nullptr ? *current : body);
  if (!sight) return reply.status != 412 && reply.status >= 300;
  attempt.sights.push_back(std::move(*sight));
  return true;
}

bool SaysNothingWasDone(const Reply& reply) {
  if (!reply.sent) return true;
  if (reply.status >= 400 && reply.status < 500) return true;
  if (reply.status != 503) return false;
  const json::value body = Parse(reply.body);
  const json::object* problem = body.if_object();
  if (problem == nullptr) return false;
  const std::string_view type = TextOf(*problem, "type");
  return type == "/problems/overloaded" || type == "/problems/draining";
}

bool IsOrdinary(unsigned status) {
  return (status >= 200 && status < 300) || status == 404 || status == 409 || status == 412;
}

}  // namespace

HttpClient::HttpClient() : handle_(curl_easy_init()) {
  if (!handle_) std::abort();
}

HttpClient::~HttpClient() = default;

void HttpClient::Close::operator()(void* handle) const { curl_easy_cleanup(handle); }

Reply HttpClient::Send(std::uint16_t port, const Request& request) {
  CURL* curl = handle_.get();
  Reply reply;
  HeaderList headers;
  headers.Add("Expect:");
  if (!request.token.empty()) headers.Add("Authorization: Bearer " + request.token);
  if (!request.key.empty()) headers.Add("Idempotency-Key: " + request.key);
  if (!request.if_match.empty()) headers.Add("If-Match: " + request.if_match);
  if (!request.body.empty()) headers.Add("Content-Type: application/json");
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + request.path;
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &TakeHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply);
  if (!request.body.empty()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
  }
  const CURLcode code = port == 0 ? CURLE_COULDNT_CONNECT : curl_easy_perform(curl);
  if (code != CURLE_OK) {
    reply = {};
    // Refused may be only the second try, of a request that an old connection took with it.
    long sent_bytes = 0;
    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent_bytes);
    reply.sent = code != CURLE_COULDNT_CONNECT || (port != 0 && sent_bytes > 0);
    reply.timed_out = code == CURLE_OPERATION_TIMEDOUT;
    reply.failure = curl_easy_strerror(code);
    return reply;
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<unsigned>(status);
  return reply;
}

std::string TitleOf(const std::string& key) { return key; }

std::string ContentOf(const std::string& origin, std::size_t size) {
  return std::string(kOriginWord) + origin + "\n" + std::string(size, '.');
}

void Judge(const Reply& reply, bool patient, Attempt& attempt) {
  attempt.status = reply.status;
  attempt.replayed = reply.replayed;
  attempt.body_digest = std::hash<std::string>()(reply.body);
  const bool readable = reply.status == 0 || TakeSights(reply, attempt);
  if (reply.status >= 200 && reply.status < 300 && readable) {
    attempt.outcome = Outcome::kOk;
  } else if (SaysNothingWasDone(reply)) {
    attempt.outcome = Outcome::kRefused;
  }
  if (!patient && reply.timed_out) return;
  if (IsOrdinary(reply.status) && readable) return;
  attempt.fault =
      std::string(Name(attempt.action)) + " " + attempt.key + ": " +
      (reply.status == 0 ? reply.failure
                         : std::to_string(reply.status) + " " + reply.body.substr(0, 300));
}

Result<std::string> SignUp(HttpClient& client, std::uint16_t port, const std::string& username) {
  Request request;
  request.method = "POST";
  request.path = "/api/v1/accounts";
  request.body = json::serialize(json::object{{"username", username}, {"password", "long enough"}});
  const Reply reply = client.Send(port, request);
  const json::value body = Parse(reply.body);
  if (reply.status != 201 || !body.is_object()) {
    return Fail(ErrorKind::kUnavailable, "sign-up was answered " + std::to_string(reply.status) +
                                             " " + reply.failure + reply.body);
  }
  return std::string(TextOf(body.get_object(), "token"));
}

Result<FinalState> ReadEverything(HttpClient& client, std::uint16_t port,
                                  const std::string& token) {
  Request request;
  request.path = "/api/v1/export";
  request.token = token;
  request.timeout = std::chrono::seconds(30);
  const Reply reply = client.Send(port, request);
  if (reply.status != 200) {
    return Fail(ErrorKind::kUnavailable,
                "the export was answered " + std::to_string(reply.status) + " " + reply.failure);
  }
  FinalState state;
  std::string_view rest = reply.body;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    auto sight = SightOf(Parse(line));
    if (!sight) return Fail(ErrorKind::kInternal, "a line of the export cannot be read");
    state.push_back(std::move(*sight));
  }
  return state;
}

}  // namespace scv::fault
