// Serves a Provider to Terraform: protocol 5 over gRPC over a Unix socket.
#ifndef SCV_PROVIDER_SERVER_H_
#define SCV_PROVIDER_SERVER_H_

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "provider/provider.h"

namespace scv::provider {

// Accepts connections itself and hands each to gRPC by its descriptor, so that each connection is
// told from the others. Idle it costs a few wake-ups a minute. At most kConnectionsMax connections
// and kCallsMax calls at a time, messages up to 16 MiB.
class Server {
 public:
  // `terraform test` keeps one for every run of every file.
  static constexpr int kConnectionsMax = 256;
  static constexpr int kCallsMax = 256;

  // `listener`: a listening socket, owned from now on. `provider` outlives the server.
  static Result<std::unique_ptr<Server>> Start(int listener, const Provider& provider);

  virtual ~Server() = default;  // ends every call and connection
  // Calls under way are given up at once; what they were making stays as it is, and the next daemon
  // drops it. Idempotent.
  virtual void Stop() = 0;
};

// A listening Unix socket of mode 0600, in place of what was there: the protocol has no password,
// so that the file system says who may use it. Only its owner (and root) can connect; the directory
// should be its owner's alone, too. kInvalid: the path is longer than a socket's may be.
Result<int> ListenAt(const std::filesystem::path& path);

// The value of TF_REATTACH_PROVIDERS: one line of JSON. `pid` is a process that Terraform can see;
// `socket` is absolute.
std::string ReattachJson(int pid, const std::filesystem::path& socket);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_SERVER_H_
