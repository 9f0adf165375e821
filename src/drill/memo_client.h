// The memo API as a client on the internet uses it: HTTPS to the service's name with the
// certificate verified, keep-alive connections, every address of the name tried before giving up.
#ifndef SCV_DRILL_MEMO_CLIENT_H_
#define SCV_DRILL_MEMO_CLIENT_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/result.h"
#include "drill/history.h"
#include "drill/resolver.h"

namespace scv::drill {

// How long the web app waits for an answer (web/src/api/client.ts): the service answers within 10 s
// whatever happens. Sooner it gives up when the request before was answered, and not with a 5xx:
// then a connection that says nothing is rather dead than slow, and the next one may work.
inline constexpr std::chrono::milliseconds kAnswerWithin{15'000};
inline constexpr std::chrono::milliseconds kFirstAnswerWithin{4'000};
// For a connection to any of the addresses.
inline constexpr std::chrono::milliseconds kConnectWithin{2'000};

struct Request {
  std::string method = "GET";
  std::string path;
  std::string body;  // JSON; "": none
  std::string token;
  std::string key;             // Idempotency-Key; "": none
  std::uint32_t expected = 0;  // If-Match; 0: none
  bool global = false;         // Prefer: durability=global
  bool fresh = false;          // over a new connection that is closed afterwards
  std::chrono::milliseconds timeout = kAnswerWithin;
};

struct Reply {
  unsigned status = 0;  // 0: no answer
  std::string body;
  bool sent = true;  // false: no byte of it left, nothing can have happened
  bool replayed = false;
  bool global = false;  // says that the other region has it, too
  std::chrono::milliseconds retry_after{0};
  std::string region, instance;
  std::string address;
  std::string error;  // why there is no answer
};

// One thread at a time.
class MemoClient {
 public:
  // `resolver` outlives it. `root` is the certificate authority's file.
  MemoClient(std::string host, int port, std::filesystem::path root, Resolver& resolver,
             std::uint64_t seed);
  ~MemoClient();
  MemoClient(const MemoClient&) = delete;
  MemoClient& operator=(const MemoClient&) = delete;

  Reply Send(const Request& request);

 private:
  void Prepare(const Request& request, const std::string& url);

  const std::string host_;
  const int port_;
  const std::filesystem::path root_;
  Resolver& resolver_;
  std::mt19937_64 random_;
  bool answered_ = true;  // the request before was
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

// Fills in what the answer says: outcome, status, sights, error.
void Judge(const Reply& reply, Attempt& attempt);

// The bearer token of a new account.
Result<std::string> SignUp(MemoClient& client, const std::string& username,
                           const std::string& password);

// Every memo of the account, trash included; the region that answered in `region`.
Result<std::vector<Sight>> Export(MemoClient& client, const std::string& token,
                                  std::string& region);

}  // namespace scv::drill

#endif  // SCV_DRILL_MEMO_CLIENT_H_
