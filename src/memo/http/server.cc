#include "memo/http/server.h"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <thread>

#include "memo/http/connection.h"
#include "memo/service/log.h"

namespace scv::memo {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr int kBacklog = 1024;
constexpr std::size_t kThreadsMax = 16;
constexpr int kExitSchemaNewer = 3;
// Below the timeout of every health check; connections wait in the backlog.
constexpr std::chrono::seconds kFirstLookMax{1};

Result<std::unique_ptr<Acceptor>> OpenAcceptor(asio::io_context& io, const std::string& address) {
  SCV_ASSIGN(const HostPort where, ParseHostPort(address));
  ErrorCode error;
  tcp::resolver resolver(io);
  const auto found =
      resolver.resolve(where.host, std::to_string(where.port), tcp::resolver::passive, error);
  if (error || found.empty()) {
    return Fail(ErrorKind::kInvalid, "cannot resolve the listen address " + address);
  }
  auto acceptor = std::make_unique<Acceptor>(io.get_executor());
  const tcp::endpoint endpoint = found.begin()->endpoint();
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(kBacklog, error);
  if (error) {
    return Fail(ErrorKind::kInvalid, "cannot listen on " + address + ": " + error.message() +
                                         "; choose another address with --listen");
  }
  return acceptor;
}

std::size_t ThreadCount(const ServeConfig& config) {
  if (config.threads > 0) return config.threads;
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kThreadsMax);
}

}  // namespace

Server::Server(App& app, Store& store, Monitor::Options monitor_options)
    : app_(app), store_(store), monitor_options_(std::move(monitor_options)) {
  const std::size_t count = ThreadCount(app.config);
  for (std::size_t i = 0; i < count; ++i) threads_.push_back(std::make_unique<IoThread>());
  first_look_ = std::make_unique<Timer>(threads_.front()->io(), kFirstLookMax);
}

Server::~Server() = default;

int Server::Run() {
  std::signal(SIGPIPE, SIG_IGN);
  for (const auto& listen : {Listen(), ListenMetrics()}) {
    if (listen) continue;
    Log(LogLevel::kError, "start_failed", listen.error().message);
    return 1;
  }
  asio::io_context& io = threads_.front()->io();
  asio::co_spawn(io, AcceptLoop(), asio::detached);
  if (metrics_acceptor_) asio::co_spawn(io, MetricsLoop(), asio::detached);
  asio::co_spawn(io, WaitForSignal(), asio::detached);
  StartMonitor();
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads_.size(); ++i) {
    others.emplace_back([thread = threads_[i].get()] {
      const auto work = asio::make_work_guard(thread->io());
      thread->StartSweeping();
      thread->io().run();
    });
  }
  threads_.front()->StartSweeping();
  io.run();
  StopThreads();
  others.clear();
  app_.StopWork();
  Log(LogLevel::kInfo, "stopped", "stopped");
  return exit_code_;
}

Result<void> Server::Listen() {
  SCV_ASSIGN(acceptor_, OpenAcceptor(threads_.front()->io(), app_.config.listen));
  const auto endpoint = acceptor_->local_endpoint();
  SCV_TRY(WritePortFile(endpoint.port()));
  const std::string address = endpoint.address().to_string();
  Log(LogLevel::kInfo, "listening", "serving the API",
      {{"address", std::string_view(address)},
       {"port", static_cast<std::int64_t>(endpoint.port())},
       {"store", store_.kind()}});
  return {};
}

// The file appears whole or not at all: whoever waits for it may read it at once.
Result<void> Server::WritePortFile(std::uint16_t port) const {
  const std::string& path = app_.config.port_file;
  if (path.empty()) return {};
  const std::string draft = path + ".tmp";
  std::ofstream file(draft);
  file << port << '\n';
  file.close();
  if (!file || std::rename(draft.c_str(), path.c_str()) != 0) {
    return Fail(ErrorKind::kInvalid, "cannot write the port file " + path);
  }
  return {};
}

Result<void> Server::ListenMetrics() {
  if (app_.config.metrics_listen == "off") return {};
  SCV_ASSIGN(metrics_acceptor_, OpenAcceptor(threads_.front()->io(), app_.config.metrics_listen));
  const auto endpoint = metrics_acceptor_->local_endpoint();
  Log(LogLevel::kInfo, "metrics_listening", "serving /metrics",
      {{"port", static_cast<std::int64_t>(endpoint.port())}});
  return {};
}

void Server::StartMonitor() {
  Monitor::Options options = monitor_options_;
  options.on_check = [this, was_ready = -1](const Readiness& readiness,
                                            const Error* error) mutable {
    app_.metrics.ready().Set(readiness.ready() && !app_.draining ? 1 : 0);
    if (was_ready < 0) asio::post(threads_.front()->io(), [this] { EndFirstLook(); });
    if (was_ready == static_cast<int>(readiness.ready())) return;
    was_ready = static_cast<int>(readiness.ready());
    if (readiness.ready()) {
      Log(LogLevel::kInfo, "ready", "the database is reachable, this region can serve");
    } else {
      Log(LogLevel::kWarning, "not_ready",
          error != nullptr ? std::string_view(error->message) : std::string_view("not ready"));
    }
  };
  options.on_fatal = [this](const Error& error) {
    Log(LogLevel::kError, "start_failed", error.message);
    exit_code_ = kExitSchemaNewer;
    threads_.front()->io().stop();
  };
  app_.monitor = std::make_unique<Monitor>(store_, app_.gate, app_.keys, std::move(options));
}

void Server::EndFirstLook() { first_look_->expires_at(SteadyTime{}); }

Task<void> Server::AcceptLoop() {
  ErrorCode looked;
  co_await first_look_->async_wait(asio::redirect_error(kUseTask, looked));
  std::size_t next = 0;
  while (acceptor_->is_open()) {
    IoThread& thread = *threads_[next++ % threads_.size()];
    Socket socket(thread.io().get_executor());
    ErrorCode error;
    co_await acceptor_->async_accept(socket, asio::redirect_error(kUseTask, error));
    if (error == asio::error::operation_aborted || !acceptor_->is_open()) co_return;
    if (error) {
      // Out of descriptors, most likely: wait for some to be closed instead of spinning.
      app_.metrics.OnShed("accept failed");
      Timer pause(threads_.front()->io(), std::chrono::milliseconds(50));
      co_await pause.async_wait(asio::redirect_error(kUseTask, error));
      continue;
    }
    if (app_.connections.fetch_add(1) >= app_.config.connections_max) {
      app_.connections.fetch_sub(1);
      Refuse(std::move(socket));
      continue;
    }
    asio::post(thread.io(), [this, &thread, socket = std::move(socket)]() mutable {
      auto connection =
          std::make_shared<Connection>(app_, thread, std::move(socket), Connection::Role::kApi);
      asio::co_spawn(
          thread.io(), [connection] { return connection->Run(); }, asio::detached);
    });
  }
}

// Too many connections: a short answer that fits any socket buffer, without waiting for anything.
void Server::Refuse(Socket socket) {
  app_.metrics.OnShed("connections");
  IoThread& thread = *threads_.front();
  Problem problem;
  problem.kind = ProblemKind::kOverloaded;
  problem.detail = "This instance has all the connections it can serve.";
  problem.retry_after = 1;
  ResponseContext context;
  const std::string request_id = thread.NewRequestId();
  context.request_id = request_id;
  context.date = thread.HttpDate();
  context.keep_alive = false;
  std::string answer;
  AppendResponse(ToResponse(problem, request_id), app_.frame, context, answer);
  ErrorCode error;
  socket.non_blocking(true, error);
  socket.write_some(asio::buffer(answer), error);
  socket.shutdown(tcp::socket::shutdown_send, error);
}

Task<void> Server::MetricsLoop() {
  while (metrics_acceptor_->is_open()) {
    ErrorCode error;
    Socket socket(threads_.front()->io().get_executor());
    co_await metrics_acceptor_->async_accept(socket, asio::redirect_error(kUseTask, error));
    if (error == asio::error::operation_aborted) co_return;
    if (error) continue;
    app_.connections.fetch_add(1);
    IoThread& thread = *threads_.front();
    auto connection =
        std::make_shared<Connection>(app_, thread, std::move(socket), Connection::Role::kMetrics);
    asio::co_spawn(
        thread.io(), [connection] { return connection->Run(); }, asio::detached);
  }
}

Task<void> Server::WaitForSignal() {
  asio::signal_set signals(threads_.front()->io(), SIGTERM, SIGINT);
  ErrorCode error;
  const int number = co_await signals.async_wait(asio::redirect_error(kUseTask, error));
  if (error) co_return;
  Log(LogLevel::kInfo, "draining", "asked to stop, finishing what is under way",
      {{"signal", static_cast<std::int64_t>(number)}});
  // Asked a second time: at once.
  signals.async_wait([](ErrorCode again, int) {
    if (!again) ::_exit(130);
  });
  co_await Drain();
}

Task<void> Server::Drain() {
  app_.draining = true;
  app_.metrics.ready().Set(0);
  Timer timer(threads_.front()->io());
  ErrorCode error;
  timer.expires_after(app_.config.drain_delay);
  co_await timer.async_wait(asio::redirect_error(kUseTask, error));
  acceptor_->close(error);
  for (const auto& thread : threads_) {
    asio::post(thread->io(), [t = thread.get()] { t->StartDraining(); });
  }
  const SteadyTime end = std::chrono::steady_clock::now() + app_.config.drain_timeout;
  while (app_.connections > 0 && std::chrono::steady_clock::now() < end) {
    timer.expires_after(std::chrono::milliseconds(20));
    co_await timer.async_wait(asio::redirect_error(kUseTask, error));
  }
  if (app_.connections > 0) {
    Log(LogLevel::kWarning, "drain_timeout", "some connections did not end in time and are cut",
        {{"connections", static_cast<std::int64_t>(app_.connections.load())}});
  }
  threads_.front()->io().stop();
}

void Server::StopThreads() {
  for (const auto& thread : threads_) thread->io().stop();
}

}  // namespace scv::memo
