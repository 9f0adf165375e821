// One probe of an endpoint by its address: HTTP or HTTPS with libcurl, or a TCP connection.
#ifndef SCV_WORLD_LINUX_ENDPOINT_PROBE_H_
#define SCV_WORLD_LINUX_ENDPOINT_PROBE_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "lab/parts.h"

namespace scv::world {

struct ProbeResult {
  bool ok = false;
  std::string detail;  // "200", "status 503", "refused", "no answer in 400 ms"
};

// Belongs to one thread and to the network namespace that this is in. An HTTP connection stays open
// between probes while they succeed.
class EndpointProbe {
 public:
  // kInvalid: there is no such URL.
  static Result<std::unique_ptr<EndpointProbe>> Make(const lab::EndpointCheckSpec& spec);
  ~EndpointProbe();

  // Nothing: `stop` (borrowed, a descriptor) became readable. The certificate is not verified.
  std::optional<ProbeResult> Run(const std::string& address,
                                 std::chrono::steady_clock::time_point deadline, int stop);

 private:
  class Curl;
  EndpointProbe(const lab::EndpointCheckSpec& spec, std::unique_ptr<Curl> curl);
  std::optional<ProbeResult> Connect(const std::string& address,
                                     std::chrono::steady_clock::time_point deadline, int stop);
  std::string TimedOut() const;

  lab::EndpointCheckSpec spec_;
  std::unique_ptr<Curl> curl_;  // null: TCP
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_ENDPOINT_PROBE_H_
