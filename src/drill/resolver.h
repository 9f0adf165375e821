// A client's view of names: what the public name server says, kept for as long as it says and not a
// moment longer, as a browser behind an honest resolver sees it (RFC 1035 3.2.1, TTL).
#ifndef SCV_DRILL_RESOLVER_H_
#define SCV_DRILL_RESOLVER_H_

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "drill/history.h"

namespace scv::drill {

struct DnsAnswer {
  std::vector<std::string> addresses;  // in the server's order
  std::uint32_t ttl = 0;               // seconds: the least of the chain of CNAMEs
};

// One real query for A records, over UDP to port 53; libresolv writes and reads the messages.
// kTimeout, kUnavailable: no answer, or SERVFAIL. kNotFound: there is no such name or address.
// kInvalid: `name` or `server` is none, or the answer is broken.
Result<DnsAnswer> QueryAddresses(const std::string& server, const std::string& name,
                                 std::chrono::milliseconds timeout);

// The answer in a message; a pure function of its bytes.
Result<DnsAnswer> ReadAnswer(const unsigned char* message, std::size_t size);

// Thread-safe; one query at a time per name server, the others wait for its result. Negative
// answers are not kept.
class Resolver {
 public:
  using Query = std::function<Result<DnsAnswer>(const std::string& name)>;
  using Clock = std::function<Micros()>;
  Resolver(Query query, Clock clock) : query_(std::move(query)), clock_(std::move(clock)) {}

  Result<std::vector<std::string>> Addresses(const std::string& name);

 private:
  struct Entry {
    std::vector<std::string> addresses;
    Micros until = 0;
  };
  const Query query_;
  const Clock clock_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace scv::drill

#endif  // SCV_DRILL_RESOLVER_H_
