// What a handler answers, and its form on the wire. Rendering is pure.
#ifndef SCV_MEMO_HTTP_RESPONSE_H_
#define SCV_MEMO_HTTP_RESPONSE_H_

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "memo/http/problem.h"

namespace scv::memo {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kProblemJson = "application/problem+json";
inline constexpr std::string_view kJsonLines = "application/jsonl";

struct Response {
  unsigned status = 200;
  std::string_view content_type;  // static storage; empty: no body
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // used in place of `body` when set
  std::string headers;                             // complete lines, each ending in CRLF
  bool close = false;
  bool streamed = false;  // the handler has written everything itself

  // `value` must not contain CR or LF: every caller passes text made or checked by us.
  void Add(std::string_view name, std::string_view value);
};

// A problem as a response, with Retry-After, Allow and ETag as its kind wants them.
Response ToResponse(const Problem& problem, std::string_view request_id);

// What is the same for every response of this process.
struct ResponseFrame {
  std::string region;
  std::string instance;
  std::string fixed_headers;  // made from the two
};
ResponseFrame MakeFrame(std::string_view region, std::string_view instance);

struct ResponseContext {
  std::string_view request_id;
  std::string_view trace_headers;  // complete lines
  std::string_view date;
  std::chrono::nanoseconds took{};
  bool keep_alive = true;
  bool head = false;  // the body is described, not sent
};

// Appends the whole response to `out`.
void AppendResponse(const Response& response, const ResponseFrame& frame,
                    const ResponseContext& context, std::string& out);
// Only the head, for a body that follows: in chunks (RFC 9112 7.1), or until the connection closes.
enum class StreamForm { kChunked, kUntilClose };
void AppendStreamHead(const Response& response, StreamForm form, const ResponseFrame& frame,
                      const ResponseContext& context, std::string& out);
void AppendChunk(std::string_view data, std::string& out);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

std::string_view ReasonPhrase(unsigned status);

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_RESPONSE_H_
