#include "world/linux/endpoint_probe.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "world/linux/fd_store.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Nobody reads what an endpoint answers: one that answers more than this is hung up on.
constexpr std::size_t kBodyMost = 64 << 10;
constexpr const char* kUserAgent = "Amazon-Route53-Health-Check-Service";

int MillisLeft(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

struct CloseUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// What may not stand in a request line is written as %xx.
std::string Escaped(std::string_view path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte < 0x7f && c != '#') {
      escaped += c;
    } else {
      escaped += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return escaped;
}

Result<std::string> UrlOf(const lab::EndpointCheckSpec& spec) {
  const std::unique_ptr<CURLU, CloseUrl> url(curl_url());
  const auto& host = !spec.host.empty() ? spec.host : spec.name.empty() ? spec.address : spec.name;
  const auto path = Escaped(spec.path);
  const auto question = path.find('?');
  const auto set = [&](CURLUPart part, const std::string& value) {
    return curl_url_set(url.get(), part, value.c_str(), 0) == CURLUE_OK;
  };
  bool right = url && set(CURLUPART_SCHEME, spec.protocol == "HTTPS" ? "https" : "http") &&
               set(CURLUPART_HOST, host) && set(CURLUPART_PORT, std::to_string(spec.port)) &&
               set(CURLUPART_PATH, path.substr(0, question));
  if (question != std::string::npos) {
    right = right && set(CURLUPART_QUERY, path.substr(question + 1));
  }
  char* text = nullptr;
  if (!right || curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) {
    return Fail(ErrorKind::kInvalid, "a health check's name, port or path makes no URL");
  }
  std::string made(text);
  curl_free(text);
  return made;
}

std::size_t CountBody(char*, std::size_t size, std::size_t count, void* total) {
  auto& bytes = *static_cast<std::size_t*>(total);
  bytes += size * count;
  return bytes > kBodyMost ? 0 : size * count;
}

std::string Reason(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return "refused or unreachable";
    case CURLE_SSL_CONNECT_ERROR:
      return "no TLS";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return "hung up";
    default:
      return curl_easy_strerror(code);
  }
}

}  // namespace

class EndpointProbe::Curl {
 public:
  explicit Curl(std::string url) : url_(std::move(url)) {
    static std::once_flag initialized;
    std::call_once(initialized, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    multi_.reset(curl_multi_init());
    easy_.reset(curl_easy_init());
    if (easy_) SetUp();
  }
  ~Curl() {
    if (easy_ && multi_) curl_multi_remove_handle(multi_.get(), easy_.get());
  }

  // The status, or why there is none; nothing: told to stop.
  std::optional<ProbeResult> Get(const std::string& address, Clock::time_point deadline, int stop,
                                 const std::string& timed_out) {
    if (!easy_ || !multi_) return ProbeResult{false, "libcurl does not start"};
    body_ = 0;
    const std::string to = "::" + address + ":";
    const std::unique_ptr<curl_slist, FreeList> connect_to(curl_slist_append(nullptr, to.c_str()));
    curl_easy_setopt(easy_.get(), CURLOPT_CONNECT_TO, connect_to.get());
    curl_easy_setopt(easy_.get(), CURLOPT_TIMEOUT_MS, std::max<long>(1, MillisLeft(deadline)));
    curl_multi_add_handle(multi_.get(), easy_.get());
    auto result = Perform(deadline, stop, timed_out);
    curl_multi_remove_handle(multi_.get(), easy_.get());
    curl_easy_setopt(easy_.get(), CURLOPT_CONNECT_TO, nullptr);
    return result;
  }

 private:
  struct CloseEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  struct CloseMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  void SetUp() {
    auto* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, kUserAgent);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, CountBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body_);
    curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, 1L);
  }

  std::optional<ProbeResult> Perform(Clock::time_point deadline, int stop,
                                     const std::string& timed_out) {
    for (int running = 1; running > 0;) {
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) {
        return ProbeResult{false, "libcurl fails"};
      }
      if (running == 0) break;
      if (Clock::now() >= deadline) return ProbeResult{false, timed_out};
      curl_waitfd told{.fd = stop, .events = CURL_WAIT_POLLIN, .revents = 0};
      curl_multi_poll(multi_.get(), &told, 1, std::max(1, MillisLeft(deadline)), nullptr);
      if (told.revents != 0) return std::nullopt;
    }
    return Outcome(timed_out);
  }

  ProbeResult Outcome(const std::string& timed_out) {
    int queued = 0;
    const auto* message = curl_multi_info_read(multi_.get(), &queued);
    const auto code = message == nullptr ? CURLE_FAILED_INIT : message->data.result;
    if (code == CURLE_OPERATION_TIMEDOUT) return {false, timed_out};
    const bool answered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && body_ > kBodyMost);
    if (!answered) return {false, Reason(code)};
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    const bool ok = status >= 200 && status < 400;
    return {ok, (ok ? "" : "status ") + std::to_string(status)};
  }

  std::string url_;
  std::size_t body_ = 0;
  std::unique_ptr<CURLM, CloseMulti> multi_;  // keeps the connection
  std::unique_ptr<CURL, CloseEasy> easy_;
};

EndpointProbe::EndpointProbe(const lab::EndpointCheckSpec& spec, std::unique_ptr<Curl> curl)
    : spec_(spec), curl_(std::move(curl)) {}
EndpointProbe::~EndpointProbe() = default;

Result<std::unique_ptr<EndpointProbe>> EndpointProbe::Make(const lab::EndpointCheckSpec& spec) {
  std::unique_ptr<Curl> curl;
  if (spec.protocol != "TCP") {
    SCV_ASSIGN(auto url, UrlOf(spec));
    curl = std::make_unique<Curl>(std::move(url));
  }
  return std::unique_ptr<EndpointProbe>(new EndpointProbe(spec, std::move(curl)));
}

std::string EndpointProbe::TimedOut() const {
  return "no answer in " + std::to_string(spec_.timeout.count()) + " ms";
}

std::optional<ProbeResult> EndpointProbe::Run(const std::string& address,
                                              Clock::time_point deadline, int stop) {
  if (curl_) return curl_->Get(address, deadline, stop, TimedOut());
  return Connect(address, deadline, stop);
}

std::optional<ProbeResult> EndpointProbe::Connect(const std::string& address,
                                                  Clock::time_point deadline, int stop) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(spec_.port));
  if (inet_pton(AF_INET, address.c_str(), &to.sin_addr) != 1) {
    return ProbeResult{false, "its address is no IPv4 address"};
  }
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return ProbeResult{false, std::strerror(errno)};
  int failed = connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0 ? 0 : errno;
  if (failed == EINPROGRESS) {
    std::array<pollfd, 2> wait{pollfd{.fd = socket.get(), .events = POLLOUT, .revents = 0},
                               pollfd{.fd = stop, .events = POLLIN, .revents = 0}};
    const int ready = poll(wait.data(), wait.size(), MillisLeft(deadline));
    if (wait[1].revents != 0) return std::nullopt;
    if (ready <= 0) return ProbeResult{false, TimedOut()};
    socklen_t size = sizeof(failed);
    if (getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &failed, &size) != 0) failed = errno;
  }
  if (failed == 0) return ProbeResult{true, "connected"};
  return ProbeResult{false, failed == ECONNREFUSED ? "refused" : std::strerror(failed)};
}

}  // namespace scv::world
