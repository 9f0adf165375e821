#include "drill/memo_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "drill/staggered_connect.h"

namespace scv::drill {
namespace {

constexpr std::size_t kBodyBytesMax = 64 << 20;
// Curl is told this address for the name, and given a connection to the one that was found
// (RFC 5737: documentation).
constexpr std::string_view kNowhere = "192.0.2.1";

std::size_t TakeBody(char* data, std::size_t size, std::size_t count, void* out) {
  auto& body = *static_cast<std::string*>(out);
  if (body.size() + size * count > kBodyBytesMax) return 0;
  body.append(data, size * count);
  return size * count;
}

class HeaderList {
 public:
  HeaderList() = default;
  ~HeaderList() { Clear(); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  void Clear() {
    curl_slist_free_all(list_);
    list_ = nullptr;
  }
  void Add(const std::string& line) { list_ = curl_slist_append(list_, line.c_str()); }
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

std::string HeaderOf(CURL* curl, const char* name) {
  curl_header* header = nullptr;
  const bool found = curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK;
  return found ? header->value : "";
}

void TakeHeaders(CURL* curl, Reply& reply) {
  reply.replayed = HeaderOf(curl, "Idempotency-Replayed") == "true";
  reply.global = HeaderOf(curl, "Preference-Applied") == "durability=global";
  reply.region = HeaderOf(curl, "X-Scv-Region");
  reply.instance = HeaderOf(curl, "X-Scv-Instance");
  const std::string retry_after = HeaderOf(curl, "Retry-After");
  unsigned seconds = 0;
  std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  reply.retry_after = std::chrono::seconds(std::min(seconds, 3600U));
}

std::string WhyNot(CURLcode code, bool sent) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return "no connection";
    case CURLE_OPERATION_TIMEDOUT:
      return sent ? "no answer in time" : "no connection in time";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
      return "the connection was lost";
    default:
      return curl_easy_strerror(code);
  }
}

}  // namespace

struct MemoClient::Handle {
  CURL* curl = curl_easy_init();
  HeaderList headers, nowhere;
  std::vector<std::string> addresses;  // where the name leads
  int port = 0;
  Handle() {
    if (curl == nullptr) std::abort();
  }
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  // Called when no connection stands: those that do are used on, as browsers do.
  static curl_socket_t Connect(void* self, curlsocktype, curl_sockaddr*) {
    const auto& handle = *static_cast<const Handle*>(self);
    Fd connected = ConnectStaggered(handle.addresses, handle.port, kConnectWithin);
    return connected.get() < 0 ? CURL_SOCKET_BAD : connected.Release();
  }
  static int IsConnected(void*, curl_socket_t, curlsocktype) {
    return CURL_SOCKOPT_ALREADY_CONNECTED;
  }
};

MemoClient::MemoClient(std::string host, int port, std::filesystem::path root, Resolver& resolver,
                       std::uint64_t seed)
    : host_(std::move(host)),
      port_(port),
      root_(std::move(root)),
      resolver_(resolver),
      random_(seed),
      handle_(std::make_unique<Handle>()) {}

MemoClient::~MemoClient() = default;

void MemoClient::Prepare(const Request& request, const std::string& url) {
  CURL* curl = handle_->curl;
  auto& headers = handle_->headers;
  headers.Clear();
  headers.Add("Expect:");
  headers.Add("Accept: application/json");
  if (!request.token.empty()) headers.Add("Authorization: Bearer " + request.token);
  if (!request.key.empty()) headers.Add("Idempotency-Key: " + request.key);
  if (request.expected != 0) headers.Add(fmt::format("If-Match: \"{}\"", request.expected));
  if (!request.body.empty()) headers.Add("Content-Type: application/json");
  if (request.global) headers.Add("Prefer: durability=global");
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_CAINFO, root_.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(kConnectWithin.count()));
  const bool hurry = answered_ && request.timeout == kAnswerWithin;
  const auto timeout = hurry ? kFirstAnswerWithin : request.timeout;
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &TakeBody);
  // The name is resolved here; curl connects to nowhere by itself.
  curl_easy_setopt(curl, CURLOPT_CONNECT_TO, handle_->nowhere.get());
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &Handle::Connect);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, handle_.get());
  curl_easy_setopt(curl, CURLOPT_SOCKOPTFUNCTION, &Handle::IsConnected);
  if (request.fresh) {
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
  }
  if (request.body.empty()) return;
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
}

Reply MemoClient::Send(const Request& request) {
  Reply reply;
  auto addresses = resolver_.Addresses(host_);
  if (!addresses) {
    reply.sent = false;
    reply.error = addresses.error().message;
    return reply;
  }
  // Browsers take them as the server orders them, which name servers rotate.
  std::rotate(addresses->begin(),
              addresses->begin() + static_cast<std::ptrdiff_t>(random_() % addresses->size()),
              addresses->end());
  handle_->addresses = *std::move(addresses);
  handle_->port = port_;
  if (handle_->nowhere.get() == nullptr)
    handle_->nowhere.Add(fmt::format("{}:{}:{}:{}", host_, port_, kNowhere, port_));
  const std::string url = fmt::format("https://{}:{}{}", host_, port_, request.path);
  Prepare(request, url);
  CURL* curl = handle_->curl;
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
  const CURLcode code = curl_easy_perform(curl);
  answered_ = false;
  const char* address = nullptr;
  curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address);
  if (address != nullptr) reply.address = address;
  if (code != CURLE_OK) {
    long bytes = 0;
    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &bytes);
    reply.sent = bytes > 0;
    reply.body.clear();
    reply.error = WhyNot(code, reply.sent);
    // A connection that answers nothing is not asked again: HTTP/2 would carry the next request
    // over it, too.
    if (code == CURLE_OPERATION_TIMEDOUT) handle_ = std::make_unique<Handle>();
    return reply;
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<unsigned>(status);
  answered_ = reply.status < 500;
  TakeHeaders(curl, reply);
  return reply;
}

}  // namespace scv::drill
