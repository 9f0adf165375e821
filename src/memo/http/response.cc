#include "memo/http/response.h"

#include <fmt/format.h>

#include <boost/beast/http/status.hpp>
#include <iterator>

#include "memo/http/json_out.h"

namespace scv::memo {
namespace {

void AppendHead(const Response& response, const ResponseFrame& frame,
                const ResponseContext& context, std::string& out) {
  auto to = std::back_inserter(out);
  const std::string_view reason = ReasonPhrase(response.status);
  fmt::format_to(to, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, reason, context.date);
  if (!response.content_type.empty()) {
    fmt::format_to(to, "Content-Type: {}\r\n", response.content_type);
  }
  out += response.headers;
  fmt::format_to(to, "X-Request-Id: {}\r\n", context.request_id);
  out += context.trace_headers;
  out += frame.fixed_headers;
  fmt::format_to(to, "Server-Timing: app;dur={:.3f}, region;desc=\"{}\", instance;desc=\"{}\"\r\n",
                 static_cast<double>(context.took.count()) / 1e6, frame.region, frame.instance);
  if (!context.keep_alive || response.close) out += "Connection: close\r\n";
}

}  // namespace

void Response::Add(std::string_view name, std::string_view value) {
  headers += name;
  headers += ": ";
  headers += value;
  headers += "\r\n";
}

Response ToResponse(const Problem& problem, std::string_view request_id) {
  Response response;
  response.status = StatusOf(problem.kind);
  response.content_type = kProblemJson;
  response.body = RenderProblem(problem, request_id);
  response.Add("Cache-Control", "no-store");
  if (problem.retry_after > 0) response.Add("Retry-After", std::to_string(problem.retry_after));
  if (!problem.allow.empty()) response.Add("Allow", problem.allow);
  if (problem.current) response.Add("ETag", fmt::format("\"{}\"", problem.current->version));
  if (response.status == 401) response.Add("WWW-Authenticate", "Bearer realm=\"memo\"");
  return response;
}

ResponseFrame MakeFrame(std::string_view region, std::string_view instance) {
  ResponseFrame frame;
  frame.region = region;
  frame.instance = instance;
  frame.fixed_headers =
      fmt::format("X-Scv-Region: {}\r\nX-Scv-Instance: {}\r\nX-Content-Type-Options: nosniff\r\n",
                  region, instance);
  return frame;
}

void AppendResponse(const Response& response, const ResponseFrame& frame,
                    const ResponseContext& context, std::string& out) {
  const std::string& body = response.shared_body ? *response.shared_body : response.body;
  AppendHead(response, frame, context, out);
  // RFC 9110 8.6: no Content-Length with 204; with 304 it would have to be that of the 200.
  if (response.status != 204 && response.status != 304) {
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", body.size());
  }
  out += "\r\n";
  if (!context.head && response.status != 204 && response.status != 304) out += body;
}

void AppendStreamHead(const Response& response, StreamForm form, const ResponseFrame& frame,
                      const ResponseContext& context, std::string& out) {
  AppendHead(response, frame, context, out);
  out += form == StreamForm::kChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n";
}

void AppendChunk(std::string_view data, std::string& out) {
  if (data.empty()) return;  // an empty chunk would end the body
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", data.size());
  out += data;
  out += "\r\n";
}

std::string_view ReasonPhrase(unsigned status) {
  if (status == 413) return "Content Too Large";
  const auto text =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {text.data(), text.size()};
}

}  // namespace scv::memo
