// Bytes from the network: the HTTP parser, in pieces as they might arrive, then routing.
#include <boost/asio/buffer.hpp>
#include <cstdint>
#include <cstdlib>

#include "memo/domain/memo_limits.h"
#include "memo/http/request.h"
#include "memo/http/routes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace scv::memo;
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] * 16U;
  const char* begin = reinterpret_cast<const char*>(data) + 1;
  const char* const end = begin + size - 1;
  const char* arrived = begin;
  Request request;
  RequestParser parser(request);
  while (!parser.is_done()) {
    arrived = static_cast<std::size_t>(end - arrived) < piece ? end : arrived + piece;
    boost::system::error_code error;
    const std::size_t used = parser.put(
        boost::asio::const_buffer(begin, static_cast<std::size_t>(arrived - begin)), error);
    begin += used;
    if (error && error != boost::beast::http::error::need_more) return 0;
    if (arrived == end && used == 0) return 0;
  }
  if (!parser.streaming() && request.body.size() > kBodyBytesMax) std::abort();
  const RouteMatch match = MatchRoute(request.method, request.path());
  if (RouteName(match.route).empty()) std::abort();
  if (request.target.empty() || request.target.front() != '/') std::abort();
  return 0;
}
