// Connecting to a name with several addresses as RFC 8305 ("Happy Eyeballs") has it: the next
// address is tried while the one before has not answered yet, and the first that does is taken.
#ifndef SCV_DRILL_STAGGERED_CONNECT_H_
#define SCV_DRILL_STAGGERED_CONNECT_H_

#include <chrono>
#include <string>
#include <vector>

#include "drill/lab_entry.h"

namespace scv::drill {

// RFC 8305, section 8: the recommended connection attempt delay.
inline constexpr std::chrono::milliseconds kAttemptDelay{250};

// A connected, non-blocking TCP socket to one of the IPv4 `addresses`, tried in their order; an
// address that refuses makes room for the next at once. None: nobody answered within `timeout`.
Fd ConnectStaggered(const std::vector<std::string>& addresses, int port,
                    std::chrono::milliseconds timeout);

}  // namespace scv::drill

#endif  // SCV_DRILL_STAGGERED_CONNECT_H_
