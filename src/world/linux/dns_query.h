// One DNS query as a client makes it: over UDP, with libresolv's encoding and decoding.
#ifndef SCV_WORLD_LINUX_DNS_QUERY_H_
#define SCV_WORLD_LINUX_DNS_QUERY_H_

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::world {

// Asks `server` (IPv4) for records of `type` ("A", "CNAME", "TXT", "SOA", …), from within the
// network namespace with this descriptor (-1: the caller's own). The values as in a zone file;
// names end without a dot; only records of that type, but behind CNAMEs, too. An answer without any
// is an empty list; kNotFound: the name does not exist; kTimeout; kUnavailable: there is no way to
// it, or it answers with another code than NOERROR and NXDOMAIN, which the message names and
// explains.
Result<std::vector<std::string>> QueryDns(int network_namespace, const std::string& server,
                                          const std::string& name, std::string_view type,
                                          std::chrono::milliseconds timeout);

// Whether a name server said so, and nobody on the way to it.
bool IsNameServersAnswer(const Error& error);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DNS_QUERY_H_
