#include "memo/http/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>

#include "memo/domain/memo_limits.h"
#include "memo/service/log.h"

namespace scv::memo {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;

constexpr std::size_t kFirstBuffer = 4096;
constexpr std::size_t kLargestBuffer = 2 * kHeaderBytesMax;
constexpr std::size_t kFlushAt = 64 * 1024;
constexpr std::size_t kRequestIdMax = 64;
constexpr std::size_t kTraceMax = 256;
constexpr std::chrono::milliseconds kWriteTimeout{30'000};
constexpr std::chrono::milliseconds kLingerTimeout{1'000};
constexpr std::size_t kLingerBytes = 256 * 1024;
constexpr std::chrono::seconds kSlow{1};

bool IsTokenText(std::string_view text, std::size_t max) {
  return !text.empty() && text.size() <= max && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool IsPlainHeaderText(std::string_view text) {
  return text.size() <= kTraceMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string_view Plain(std::string_view text) {
  return IsPlainHeaderText(text) ? text : std::string_view();
}

}  // namespace

Connection::Connection(App& app, IoThread& thread, Socket socket, Role role)
    : app_(app), thread_(thread), socket_(std::move(socket)), role_(role), in_(kFirstBuffer) {
  ErrorCode error;
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
  const auto endpoint = socket_.remote_endpoint(error);
  if (!error) peer_ = endpoint.address().to_string();
  thread_.Watch(this);
  app_.metrics.connections().Increment();
}

Connection::~Connection() {
  thread_.Unwatch(this);
  if (reserved_ > 0) app_.upload_budget.Give(reserved_);
  app_.metrics.connections().Decrement();
  app_.connections.fetch_sub(1);
}

Task<void> Connection::Run() {
  const auto self = shared_from_this();
  Enter(Phase::kIdle, app_.config.idle_timeout);
  BeginRequest();
  while (true) {
    const Fed fed = Feed();
    if (fed == Fed::kBroken) {
      co_await RefuseAndClose();
      co_return;
    }
    if (fed == Fed::kRequest) {
      const bool go_on = co_await ServeRequest();
      if (!go_on) co_return;
      continue;
    }
    const bool filled = co_await Fill();
    if (!filled) co_return;
  }
}

void Connection::BeginRequest() {
  request_.Clear();
  parser_.emplace(request_);
  body_failed_ = false;
  continue_sent_ = false;
  if (reserved_ > 0) app_.upload_budget.Give(std::exchange(reserved_, 0));
}

// Gives the parser what has arrived.
Connection::Fed Connection::Feed() {
  while (in_begin_ < in_end_) {
    if (phase_ == Phase::kIdle) Enter(Phase::kReceiving, app_.config.header_timeout);
    const bool had_header = parser_->is_header_done();
    ErrorCode error;
    const std::size_t used =
        parser_->put(asio::const_buffer(in_.data() + in_begin_, in_end_ - in_begin_), error);
    in_begin_ += used;
    if (error && error != http::error::need_more) {
      parse_error_ = error;
      return Fed::kBroken;
    }
    if (!had_header && parser_->is_header_done()) {
      Enter(Phase::kReceiving, app_.config.body_timeout);
      if (!ReserveBody()) return Fed::kBroken;
      if (parser_->streaming()) return Fed::kRequest;
    }
    if (parser_->is_done()) return Fed::kRequest;
    if (error == http::error::need_more || used == 0) break;
  }
  if (in_begin_ == in_end_) in_begin_ = in_end_ = 0;
  return Fed::kNeedMore;
}

// Large bodies are counted over all connections before they are received.
bool Connection::ReserveBody() {
  if (parser_->streaming()) return true;
  const auto length = parser_->content_length();
  const bool chunked = parser_->chunked();
  if (!chunked && (!length || *length == 0)) return true;
  const std::size_t bytes = chunked ? kBodyBytesMax : static_cast<std::size_t>(*length);
  if (!app_.upload_budget.Take(bytes)) {
    parse_error_ = boost::asio::error::no_buffer_space;
    return false;
  }
  reserved_ = bytes;
  return true;
}

// Reads once from the socket; what is written so far goes out first. False: no more.
Task<bool> Connection::Fill() {
  const bool flushed = co_await Flush();
  if (!flushed) co_return false;
  const bool wants_continue = parser_->is_header_done() && !continue_sent_ &&
                              request_.header(Header::kExpect) == "100-continue";
  if (wants_continue) {
    continue_sent_ = true;
    out_ = "HTTP/1.1 100 Continue\r\n\r\n";
    const bool sent = co_await Flush();
    if (!sent) co_return false;
  }
  if (in_begin_ > 0) {
    std::memmove(in_.data(), in_.data() + in_begin_, in_end_ - in_begin_);
    in_end_ -= in_begin_;
    in_begin_ = 0;
  }
  if (in_end_ == in_.size() && in_.size() < kLargestBuffer) in_.resize(in_.size() * 2);
  if (in_end_ == in_.size()) co_return false;
  ErrorCode error;
  const std::size_t count =
      co_await socket_.async_read_some(asio::buffer(in_.data() + in_end_, in_.size() - in_end_),
                                       boost::asio::redirect_error(kUseTask, error));
  in_end_ += count;
  co_return !error;
}

Task<bool> Connection::ServeRequest() {
  phase_ = Phase::kServing;
  phase_deadline_ = SteadyTime::max();
  request_.keep_alive = parser_->keep_alive();
  request_begin_ = std::chrono::steady_clock::now();
  request_id_ = ChooseRequestId();
  trace_headers_ = TraceHeaders();
  match_ = role_ == Role::kMetrics ? MatchMetricsRoute(request_.method, request_.path())
                                   : MatchRoute(request_.method, request_.path());
  close_after_ = !request_.keep_alive || app_.draining;
  Call call{app_,
            thread_,
            request_,
            *this,
            match_,
            request_id_,
            ClientAddress(),
            request_begin_ + app_.config.request_timeout,
            WallClockMillis()};
  app_.metrics.in_flight().Increment();
  const Response response = co_await Handle(call);
  app_.metrics.in_flight().Decrement();
  const auto took = std::chrono::steady_clock::now() - request_begin_;
  app_.metrics.OnRequest(static_cast<std::size_t>(match_.route), response.status, took);
  LogRequest(response, took);
  // A body that was not taken in full cannot be told from the next request.
  const bool unread = !parser_->is_done();
  close_after_ = close_after_ || response.close || unread;
  if (!response.streamed) Answer(response);
  if (close_after_) {
    const bool flushed = co_await Flush();
    if (flushed) co_await Linger();
    co_return false;
  }
  BeginRequest();
  Enter(Phase::kIdle, app_.config.idle_timeout);
  // Pipelined requests wait already: their responses go out together.
  if (in_begin_ < in_end_ && out_.size() < kFlushAt) co_return true;
  co_return co_await Flush();
}

Task<bool> Connection::ReadMore() {
  if (parser_->is_done()) co_return false;
  Enter(Phase::kReceiving, app_.config.body_timeout);
  Fed fed = Feed();
  if (fed == Fed::kNeedMore && request_.body.empty()) {
    const bool filled = co_await Fill();
    fed = filled ? Feed() : Fed::kBroken;
  }
  phase_ = Phase::kServing;
  phase_deadline_ = SteadyTime::max();
  body_failed_ = fed == Fed::kBroken;
  co_return !body_failed_ && !parser_->is_done();
}

Task<bool> Connection::BeginStream(const Response& head) {
  // HTTP/1.0 knows no chunks; such a client gets the bytes and the end of the connection.
  close_after_ = close_after_ || request_.http_1_0;
  const StreamForm form = request_.http_1_0 ? StreamForm::kUntilClose : StreamForm::kChunked;
  AppendStreamHead(head, form, app_.frame, ContextOf(head), out_);
  co_return co_await Flush();
}

Task<bool> Connection::WriteChunk(std::string_view data) {
  if (request_.http_1_0) {
    out_ += data;
  } else if (request_.method != http::verb::head) {
    AppendChunk(data, out_);
  }
  const bool flushed = co_await Flush();
  phase_ = Phase::kServing;
  phase_deadline_ = SteadyTime::max();
  co_return flushed;
}

Task<bool> Connection::EndStream() {
  if (request_.method != http::verb::head && !request_.http_1_0) out_ += kLastChunk;
  co_return co_await Flush();
}

// What cannot be parsed is answered once, and the connection ends.
Task<void> Connection::RefuseAndClose() {
  request_id_ = ChooseRequestId();
  trace_headers_.clear();
  request_begin_ = std::chrono::steady_clock::now();
  close_after_ = true;
  const Problem problem = ProblemFromParser();
  app_.metrics.OnRequest(static_cast<std::size_t>(Route::kNotFound), StatusOf(problem.kind), {});
  Answer(ToResponse(problem, request_id_));
  const bool flushed = co_await Flush();
  if (flushed) co_await Linger();
}

Problem Connection::ProblemFromParser() const {
  Problem problem;
  if (parse_error_ == http::error::header_limit || parse_error_ == http::error::buffer_overflow) {
    problem.kind = ProblemKind::kHeadersTooLarge;
    problem.detail = "The request line and header fields may take 16 KiB and 100 fields.";
  } else if (parse_error_ == http::error::body_limit) {
    problem.kind = ProblemKind::kTooLarge;
    problem.detail = "A request body may take 64 KiB.";
  } else if (parse_error_ == boost::asio::error::no_buffer_space) {
    problem.kind = ProblemKind::kOverloaded;
    problem.detail = "Too much is being uploaded at this moment.";
    problem.retry_after = 1;
    app_.metrics.OnShed("upload bytes");
  } else {
    problem.kind = ProblemKind::kBadRequest;
    problem.detail = "The request is not valid HTTP/1.1.";
  }
  return problem;
}

// Closing with unread data makes the kernel reset the connection, and the client may lose the
// answer: read a little further first (RFC 9112 9.6).
Task<void> Connection::Linger() {
  ErrorCode error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  Enter(Phase::kWriting, kLingerTimeout);
  std::size_t dropped = 0;
  while (!error && dropped < kLingerBytes) {
    dropped += co_await socket_.async_read_some(asio::buffer(in_.data(), in_.size()),
                                                boost::asio::redirect_error(kUseTask, error));
  }
}

Task<bool> Connection::Flush() {
  if (out_.empty()) co_return true;
  const Phase before = phase_;
  const SteadyTime deadline_before = phase_deadline_;
  Enter(Phase::kWriting, kWriteTimeout);
  ErrorCode error;
  co_await asio::async_write(socket_, asio::buffer(out_),
                             boost::asio::redirect_error(kUseTask, error));
  out_.clear();
  if (out_.capacity() > 4 * kFlushAt) std::string().swap(out_);
  phase_ = before;
  phase_deadline_ = deadline_before;
  co_return !error;
}

void Connection::Enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  phase_deadline_ = std::chrono::steady_clock::now() + limit;
}

void Connection::OnSweep(SteadyTime now, bool draining) {
  const bool late = now > phase_deadline_;
  const bool leaving = draining && phase_ == Phase::kIdle;
  if (!late && !leaving) return;
  ErrorCode error;
  socket_.close(error);
}

void Connection::Answer(const Response& response) {
  AppendResponse(response, app_.frame, ContextOf(response), out_);
}

ResponseContext Connection::ContextOf(const Response&) const {
  ResponseContext context;
  context.request_id = request_id_;
  context.trace_headers = trace_headers_;
  context.date = thread_.HttpDate();
  context.took = std::chrono::steady_clock::now() - request_begin_;
  context.keep_alive = !close_after_;
  context.head = request_.method == http::verb::head;
  return context;
}

std::string Connection::ChooseRequestId() const {
  const std::string_view given = request_.header(Header::kRequestId);
  if (IsTokenText(given, kRequestIdMax)) return std::string(given);
  return thread_.NewRequestId();
}

std::string Connection::TraceHeaders() const {
  std::string lines;
  for (const auto& [header, name] : {std::pair{Header::kTraceparent, "traceparent"},
                                     std::pair{Header::kAmznTraceId, "X-Amzn-Trace-Id"}}) {
    const std::string_view value = request_.header(header);
    if (value.empty() || !IsPlainHeaderText(value)) continue;
    lines += name;
    lines += ": ";
    lines += value;
    lines += "\r\n";
  }
  return lines;
}

// Each trusted proxy appends the address it saw: the client is that many entries from the right.
std::string Connection::ClientAddress() const {
  if (app_.config.proxy_hops == 0) return peer_;
  std::string_view list = request_.header(Header::kXForwardedFor);
  for (std::size_t hop = 1; hop < app_.config.proxy_hops; ++hop) {
    const std::size_t comma = list.rfind(',');
    if (comma == std::string_view::npos) return peer_;
    list = list.substr(0, comma);
  }
  const std::size_t comma = list.rfind(',');
  if (comma != std::string_view::npos) list.remove_prefix(comma + 1);
  while (list.starts_with(' ')) list.remove_prefix(1);
  if (list.empty() || list.size() > 45 || !IsPlainHeaderText(list)) return peer_;
  return std::string(list);
}

void Connection::LogRequest(const Response& response, std::chrono::nanoseconds took) const {
  const std::string& mode = app_.config.access_log;
  const bool noteworthy = response.status >= 500 || took > kSlow;
  if (mode == "off" || (mode == "errors" && !noteworthy)) return;
  const auto method = http::to_string(request_.method);
  Log(noteworthy ? LogLevel::kWarning : LogLevel::kInfo, "request", "request answered",
      {{"method", std::string_view(method.data(), method.size())},
       {"route", RouteName(match_.route)},
       {"status", static_cast<std::int64_t>(response.status)},
       {"ms", std::chrono::duration<double, std::milli>(took).count()},
       {"request_id", std::string_view(request_id_)},
       {"trace", Plain(request_.header(Header::kTraceparent))},
       {"amzn_trace", Plain(request_.header(Header::kAmznTraceId))},
       {"client", std::string_view(peer_)}});
}

}  // namespace scv::memo
