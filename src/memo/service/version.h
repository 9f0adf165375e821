// The version of the program, from the build.
#ifndef SCV_MEMO_SERVICE_VERSION_H_
#define SCV_MEMO_SERVICE_VERSION_H_

#include <string_view>

namespace scv::memo {

inline constexpr std::string_view kVersion = SCV_VERSION;

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_VERSION_H_
