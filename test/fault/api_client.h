// The memo API as a client uses it: one keep-alive connection per instance, one request at a time,
// and what each answer means for the history.
#ifndef SCV_FAULT_API_CLIENT_H_
#define SCV_FAULT_API_CLIENT_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "fault/history.h"

namespace scv::fault {

// Where an instance listens, on loopback; it moves when the instance is started anew. 0: nowhere.
struct Endpoint {
  std::atomic<std::uint16_t> port{0};
};

struct Request {
  std::string method = "GET";
  std::string path;
  std::string body;  // JSON; empty: none
  std::string token;
  std::string key;       // Idempotency-Key; empty: none
  std::string if_match;  // empty: none
  std::chrono::milliseconds timeout{15'000};
};

struct Reply {
  unsigned status = 0;  // 0: no answer
  std::string body;
  bool replayed = false;
  std::chrono::milliseconds retry_after{0};
  bool sent = true;  // false: there was nobody to send it to
  bool timed_out = false;
  std::string failure;  // why there is no answer
};

// One thread at a time. A request over a connection that turns out to have been closed while idle
// is sent once more over a new one, as browsers do.
class HttpClient {
 public:
  HttpClient();
  ~HttpClient();
  HttpClient(HttpClient&&) = default;

  Reply Send(std::uint16_t port, const Request& request);

 private:
  struct Close {
    void operator()(void* handle) const;
  };
  std::unique_ptr<void, Close> handle_;
};

// The title and content that carry a write's key and its memo's origin (history.h).
std::string TitleOf(const std::string& key);
std::string ContentOf(const std::string& origin, std::size_t size);

// Fills in what the answer says: outcome, status, sights, fault. `patient`: the client waited for
// the answer longer than the service may take, so its absence is a fault.
void Judge(const Reply& reply, bool patient, Attempt& attempt);

// Makes an account; its bearer token.
Result<std::string> SignUp(HttpClient& client, std::uint16_t port, const std::string& username);

// Every memo of the account, trash included.
Result<FinalState> ReadEverything(HttpClient& client, std::uint16_t port, const std::string& token);

}  // namespace scv::fault

#endif  // SCV_FAULT_API_CLIENT_H_
