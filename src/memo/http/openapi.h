// The OpenAPI document, made part of the program by the build (src/memo/openapi.json).
#ifndef SCV_MEMO_HTTP_OPENAPI_H_
#define SCV_MEMO_HTTP_OPENAPI_H_

#include <string_view>

namespace scv::memo {

std::string_view OpenApiDocument();

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_OPENAPI_H_
