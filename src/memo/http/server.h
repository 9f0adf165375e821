// The whole server: listeners, I/O threads, start and orderly end.
#ifndef SCV_MEMO_HTTP_SERVER_H_
#define SCV_MEMO_HTTP_SERVER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "memo/http/app.h"
#include "memo/http/io_thread.h"

namespace scv::memo {

// Listens at once, but takes the first connection when the first look at the database
// has ended, or after a second: a load balancer asks /livez, and what it then sends would meet an
// instance that cannot serve yet.
//
// Serves until SIGTERM or SIGINT, then: readiness turns red, after the drain delay the listener
// closes, running requests finish, idle connections end, at the drain timeout the rest is cut.
// Returns the process's exit code: 0 after an orderly end, 1 when it could not start (the log says
// why), 3 when the database's schema is newer than this program.
class Server {
 public:
  // `make_monitor_options` is completed by the server (on_fatal, on_check).
  Server(App& app, Store& store, Monitor::Options monitor_options);
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int Run();

 private:
  Result<void> Listen();
  Result<void> ListenMetrics();
  void EndFirstLook();
  Task<void> AcceptLoop();
  Task<void> MetricsLoop();
  Task<void> WaitForSignal();
  Task<void> Drain();
  void Refuse(Socket socket);
  void StartMonitor();
  void StopThreads();
  Result<void> WritePortFile(std::uint16_t port) const;

  App& app_;
  Store& store_;
  Monitor::Options monitor_options_;
  std::vector<std::unique_ptr<IoThread>> threads_;  // the first runs in Run()'s own thread
  std::unique_ptr<Timer> first_look_;               // only used in the first thread
  std::unique_ptr<Acceptor> acceptor_;
  std::unique_ptr<Acceptor> metrics_acceptor_;
  std::atomic<int> exit_code_{0};
};

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_SERVER_H_
