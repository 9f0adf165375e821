// What a server's listeners and connections share. Private to http_server.cc and
// http_connection.cc.
#ifndef SCV_SERVICES_HTTP_SERVER_STATE_H_
#define SCV_SERVICES_HTTP_SERVER_STATE_H_

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "services/http_server.h"

namespace scv::services {

namespace asio = boost::asio;

template <typename T>
using Task = asio::awaitable<T>;

struct HttpListener {
  explicit HttpListener(asio::io_context& io) : acceptor(asio::make_strand(io)) {}
  asio::ip::tcp::acceptor acceptor;  // used on its strand only
  std::string region;
  std::shared_ptr<HttpHandler> handler;
  TlsContexts tls;
  std::shared_ptr<asio::ssl::context> handshakes;  // where TLS begins, before the name is known
  std::atomic<bool> closed = false;
  std::mutex mutex;
  std::map<std::uint64_t, std::weak_ptr<boost::beast::tcp_stream>> connections;
};

struct HttpServer::State {
  explicit State(HttpLimits given) : limits(given) {}
  const HttpLimits limits;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::uint64_t> next_id = 1;
  std::mutex mutex;
  std::map<HttpServer::ListenerId, std::shared_ptr<HttpListener>> listeners;
  // Coroutines that are suspended end with their io_context, and use what is above.
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::vector<std::jthread> threads;
};

// Serves one connection to its end. The state outlives every coroutine.
Task<void> ServeConnection(HttpServer::State* state, std::shared_ptr<HttpListener> listener,
                           asio::ip::tcp::socket socket);

}  // namespace scv::services

#endif  // SCV_SERVICES_HTTP_SERVER_STATE_H_
