// Serves a Provider to Terraform: protocol 5 over gRPC over TCP.
#ifndef SCV_PROVIDER_SERVER_H_
#define SCV_PROVIDER_SERVER_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "provider/provider.h"

namespace scv::provider {

// Accepts connections itself and hands each to gRPC by its descriptor, so that the socket may have
// been made in another network namespace, and so that each connection is told from the others. Idle
// it costs a few wake-ups a minute. At most kConnectionsMax connections and kCallsMax calls at a
// time, messages up to 16 MiB.
class Server {
 public:
  static constexpr int kConnectionsMax = 64;
  static constexpr int kCallsMax = 256;

  // `listener`: a listening TCP socket, owned from now on. `provider` outlives the server.
  static Result<std::unique_ptr<Server>> Start(int listener, const Provider& provider);

  virtual ~Server() = default;  // ends every call and connection
  virtual int port() const = 0;
  // Calls under way end soon, as if Ctrl-C had been pressed on every Terraform. Idempotent.
  virtual void Stop() = 0;
};

// A listening socket on 127.0.0.1, at a free port (0) or the given one.
Result<int> ListenOnLoopback(int port = 0);

// The value of TF_REATTACH_PROVIDERS: one line of JSON. `pid` is a process that Terraform can see;
// `address` is "127.0.0.1:4711".
std::string ReattachJson(int pid, const std::string& address);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_SERVER_H_
