// Health checks of endpoints as Route 53's checkers make them, from the lab's internet: a thread
// for each, so that one that hangs delays no other.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
#ifndef SCV_WORLD_LINUX_ENDPOINT_CHECK_H_
#define SCV_WORLD_LINUX_ENDPOINT_CHECK_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lab/parts.h"
#include "world/linux/network.h"

namespace scv::world {

// Thread-safe.
class EndpointChecks {
 public:
  static constexpr std::size_t kMost = 64;

  // Told of every probe that failed, that differs from the one before, or that is one of the first
  // ten after a failure, and of at least one a second. Called from the checks' threads: it must be
  // quick, and must not call this object.
  using Sink = std::function<void(const std::string& id, const lab::CheckSighting&)>;

  // `network` outlives this. `resolver`: the public name server's address.
  EndpointChecks(Network& network, std::string resolver, Sink sink);
  // Returns when no thread is left, as Remove() does for one: within a tenth of a second, or what
  // is left of a DNS query (a second at most).
  ~EndpointChecks();
  EndpointChecks(const EndpointChecks&) = delete;
  EndpointChecks& operator=(const EndpointChecks&) = delete;

  // Begins to probe at once and every `interval`, or goes on if it does so already. An endpoint of
  // several addresses is probed at one of them until that fails, then at the next. Any status from
  // 200 to 399 is healthy. kNotFound: there is no internet yet; kOverloaded: too many checks.
  Result<void> Ensure(const std::string& id, const lab::EndpointCheckSpec& spec);
  void Remove(const std::string& id);

 private:
  class Check;

  Network& network_;
  std::string resolver_;
  Sink sink_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Check>, std::less<>> checks_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_ENDPOINT_CHECK_H_
