// One HTTP exchange as the services see it, whatever carries it.
#ifndef SCV_SERVICES_HTTP_MESSAGE_H_
#define SCV_SERVICES_HTTP_MESSAGE_H_

#include <unistd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scv::services {

// A file descriptor with an owner.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpHead {
  std::string method;
  std::string target;  // as sent: path and query, still encoded
  Headers headers;     // names in lower case, in the order sent
  bool tls = false;
  std::string region;  // of the descriptor that the connection was accepted on
  std::string peer;    // the client's address

  // The first of a name (lower case); "" when there is none.
  std::string_view Header(std::string_view name) const;
  bool Has(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
  // Instead of `body`: a part of a file.
  Fd file;
  std::int64_t file_offset = 0;
  std::int64_t file_bytes = 0;
  // The answer to HEAD: what Content-Length says; the body is not sent.
  std::optional<std::int64_t> length_only;
};

// What a service does with one request, from its header on.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // The next bytes of the body. False: the answer is known already; the rest is not wanted.
  virtual bool Write(std::string_view bytes) = 0;
  // After the body, or after Write gave false.
  virtual HttpResponse Finish() = 0;
  // Asked before the body: whether it is wanted. False: Finish() has the answer.
  virtual bool WantsBody() const { return true; }
};

// Thread-safe: connections on several threads.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // `head` lives as long as the exchange.
  virtual std::unique_ptr<Exchange> Begin(const HttpHead& head) = 0;
};

// A body that is small enough to be kept in memory: calls `answer` with it.
template <typename Answer>
class WholeBody final : public Exchange {
 public:
  WholeBody(std::size_t bytes_max, HttpResponse too_large, Answer answer)
      : bytes_max_(bytes_max), too_large_(std::move(too_large)), answer_(std::move(answer)) {}
  bool Write(std::string_view bytes) override {
    overflow_ = overflow_ || bytes.size() > bytes_max_ - body_.size();
    if (!overflow_) body_ += bytes;
    return !overflow_;
  }
  HttpResponse Finish() override { return overflow_ ? std::move(too_large_) : answer_(body_); }

 private:
  const std::size_t bytes_max_;
  HttpResponse too_large_;
  Answer answer_;
  std::string body_;
  bool overflow_ = false;
};

// An answer that does not depend on the body.
class ReadyAnswer final : public Exchange {
 public:
  explicit ReadyAnswer(HttpResponse response) : response_(std::move(response)) {}
  bool Write(std::string_view) override { return false; }
  HttpResponse Finish() override { return std::move(response_); }
  bool WantsBody() const override { return false; }

 private:
  HttpResponse response_;
};

inline bool HttpHead::Has(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return true;
  }
  return false;
}
inline std::string_view HttpHead::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace scv::services

#endif  // SCV_SERVICES_HTTP_MESSAGE_H_
