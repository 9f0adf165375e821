#include "services/http_server.h"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "services/http_server_state.h"

namespace scv::services {
namespace {

using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::chrono::milliseconds kPauseWhenExhausted{50};

int ChooseCertificate(SSL* ssl, int* /*alert*/, void* argument) {
  const auto* listener = static_cast<HttpListener*>(argument);
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  const auto chosen = listener->tls(name == nullptr ? "" : name);
  if (!chosen) return SSL_TLSEXT_ERR_ALERT_FATAL;
  SSL_set_SSL_CTX(ssl, chosen->native_handle());
  return SSL_TLSEXT_ERR_OK;
}

// The client hello's callback comes for every handshake, with a name or without.
std::shared_ptr<asio::ssl::context> MakeHandshakes(HttpListener* listener) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_tlsext_servername_callback(context->native_handle(), ChooseCertificate);
  SSL_CTX_set_tlsext_servername_arg(context->native_handle(), listener);
  return context;
}

Task<void> AcceptLoop(HttpServer::State* state, std::shared_ptr<HttpListener> listener) {
  asio::steady_timer pause(listener->acceptor.get_executor());
  while (!listener->closed) {
    ErrorCode error;
    const auto strand = asio::make_strand(state->io);
    tcp::socket socket(strand);
    co_await listener->acceptor.async_accept(socket,
                                             asio::redirect_error(asio::use_awaitable, error));
    if (listener->closed || error == asio::error::operation_aborted) break;
    if (error) {
      // Out of descriptors, most likely: wait for some to be closed instead of spinning.
      pause.expires_after(kPauseWhenExhausted);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    if (state->connections.fetch_add(1) >= state->limits.connections_max) {
      state->connections.fetch_sub(1);
      continue;
    }
    asio::co_spawn(strand, ServeConnection(state, listener, std::move(socket)), asio::detached);
  }
}

void CloseListener(const std::shared_ptr<HttpListener>& listener) {
  listener->closed = true;
  asio::post(listener->acceptor.get_executor(), [listener] {
    ErrorCode ignored;
    listener->acceptor.close(ignored);
  });
  const std::scoped_lock lock(listener->mutex);
  for (const auto& [id, weak] : listener->connections) {
    const auto connection = weak.lock();
    if (!connection) continue;
    asio::post(connection->get_executor(), [connection] { connection->close(); });
  }
}

}  // namespace

HttpServer::HttpServer(HttpLimits limits, int threads) : state_(std::make_unique<State>(limits)) {
  for (int i = 0; i < threads; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->io.run(); });
  }
}

HttpServer::~HttpServer() {
  // Without running handlers nothing is left that could wait; what is suspended ends with the
  // io_context.
  state_->io.stop();
  state_->threads.clear();
  const std::scoped_lock lock(state_->mutex);
  state_->listeners.clear();
}

Result<HttpServer::ListenerId> HttpServer::Listen(int descriptor, std::string region,
                                                  std::shared_ptr<HttpHandler> handler,
                                                  TlsContexts tls) {
  Fd fd(descriptor);
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return Fail(ErrorKind::kInvalid, "the services were given a descriptor that is no socket");
  }
  auto listener = std::make_shared<HttpListener>(state_->io);
  listener->region = std::move(region);
  listener->handler = std::move(handler);
  listener->tls = std::move(tls);
  if (listener->tls) listener->handshakes = MakeHandshakes(listener.get());
  ErrorCode error;
  listener->acceptor.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), fd.get(), error);
  if (error) return Fail(ErrorKind::kInvalid, "cannot listen: " + error.message());
  (void)fd.Release();
  const ListenerId id = state_->next_id.fetch_add(1);
  {
    const std::scoped_lock lock(state_->mutex);
    state_->listeners[id] = listener;
  }
  const auto executor = listener->acceptor.get_executor();
  asio::co_spawn(executor, AcceptLoop(state_.get(), std::move(listener)), asio::detached);
  return id;
}

void HttpServer::Close(ListenerId id) {
  std::shared_ptr<HttpListener> listener;
  {
    const std::scoped_lock lock(state_->mutex);
    const auto found = state_->listeners.find(id);
    if (found == state_->listeners.end()) return;
    listener = found->second;
    state_->listeners.erase(found);
  }
  CloseListener(listener);
}

}  // namespace scv::services
