// The daemon's OpenAPI document, compiled in.
#ifndef SCV_DAEMON_OPENAPI_H_
#define SCV_DAEMON_OPENAPI_H_

#include <string_view>

namespace scv::daemon {

std::string_view OpenApiDocument();

}  // namespace scv::daemon

#endif  // SCV_DAEMON_OPENAPI_H_
