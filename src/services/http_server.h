// A bounded HTTP/1.1 server over descriptors that are listening already, with or without TLS. A few
// threads serve everything; a handler that blocks (on the disk) holds up one of them.
#ifndef SCV_SERVICES_HTTP_SERVER_H_
#define SCV_SERVICES_HTTP_SERVER_H_

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "services/http_message.h"

namespace scv::services {

// The context with the certificate for a name that a client asks for (SNI; "" when it does not
// say). nullptr: the handshake is refused. Called on the server's threads, must be quick.
using TlsContexts =
    std::function<std::shared_ptr<boost::asio::ssl::context>(std::string_view server_name)>;

struct HttpLimits {
  std::size_t connections_max = 512;  // of the whole server; more are closed at once
  std::uint32_t header_bytes_max = 32 << 10;
  std::uint64_t body_bytes_max = std::uint64_t{5} << 30;  // S3's for one put
  std::chrono::seconds idle{60};   // between requests; also for the header to arrive
  std::chrono::seconds piece{30};  // without any progress in a body or an answer
};

class HttpServer {
 public:
  HttpServer(HttpLimits limits, int threads);
  // Ends every connection and waits for the threads.
  ~HttpServer();

  using ListenerId = std::uint64_t;
  // Takes the descriptor, also when it fails. `tls` may be empty: plain HTTP. The handler is kept
  // as long as the listener and its connections. Thread-safe, at any time.
  Result<ListenerId> Listen(int descriptor, std::string region,
                            std::shared_ptr<HttpHandler> handler, TlsContexts tls);
  // Closes the listener and its connections, soon. Unknown ids are ignored.
  void Close(ListenerId id);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace scv::services

#endif  // SCV_SERVICES_HTTP_SERVER_H_
