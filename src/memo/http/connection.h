// One client connection: reads requests (pipelined ones too, answered in order), runs the handler,
// writes responses. Lives on one I/O thread; owns itself through its coroutine.
#ifndef SCV_MEMO_HTTP_CONNECTION_H_
#define SCV_MEMO_HTTP_CONNECTION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "memo/http/handlers.h"

namespace scv::memo {

class Connection : public std::enable_shared_from_this<Connection>,
                   private Exchange,
                   private Watched {
 public:
  // kMetrics: a connection of the metrics listener, which knows only /metrics.
  enum class Role { kApi, kMetrics };

  Connection(App& app, IoThread& thread, Socket socket, Role role);
  ~Connection() override;

  // Serves until the client leaves, a limit is passed, or the service drains.
  Task<void> Run();

 private:
  enum class Phase { kIdle, kReceiving, kServing, kWriting };
  enum class Fed { kRequest, kNeedMore, kBroken };

  // Exchange
  Task<bool> ReadMore() override;
  bool failed() const override { return body_failed_; }
  Task<bool> BeginStream(const Response& head) override;
  Task<bool> WriteChunk(std::string_view data) override;
  Task<bool> EndStream() override;
  // Watched
  void OnSweep(SteadyTime now, bool draining) override;

  void BeginRequest();
  Fed Feed();
  Task<bool> Fill();
  Task<bool> ServeRequest();
  Task<void> RefuseAndClose();
  Task<void> Linger();
  Task<bool> Flush();
  void Enter(Phase phase, std::chrono::milliseconds limit);
  void Answer(const Response& response);
  ResponseContext ContextOf(const Response& response) const;
  Problem ProblemFromParser() const;
  std::string ChooseRequestId() const;
  std::string ClientAddress() const;
  std::string TraceHeaders() const;
  bool ReserveBody();
  void LogRequest(const Response& response, std::chrono::nanoseconds took) const;

  App& app_;
  IoThread& thread_;
  Socket socket_;
  const Role role_;
  std::string peer_;
  Phase phase_ = Phase::kIdle;
  SteadyTime phase_deadline_;
  std::vector<char> in_;
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  std::string out_;
  Request request_;
  std::optional<RequestParser> parser_;
  boost::system::error_code parse_error_;
  SteadyTime request_begin_;
  std::string request_id_;
  std::string trace_headers_;
  std::size_t reserved_ = 0;
  RouteMatch match_;
  bool body_failed_ = false;
  bool continue_sent_ = false;
  bool close_after_ = false;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_CONNECTION_H_
