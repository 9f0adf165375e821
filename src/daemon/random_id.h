// Identifiers as AWS gives them out: a prefix and 17 hexadecimal digits.
#ifndef SCV_DAEMON_RANDOM_ID_H_
#define SCV_DAEMON_RANDOM_ID_H_

#include <string>
#include <string_view>

namespace scv::daemon {

// Unguessable and never the same twice. Thread-safe.
std::string RandomId(std::string_view prefix);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_RANDOM_ID_H_
