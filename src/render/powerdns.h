// PowerDNS configuration, as text.
#ifndef SCV_RENDER_POWERDNS_H_
#define SCV_RENDER_POWERDNS_H_

#include <optional>
#include <string>
#include <vector>

#include "lab/parts.h"

namespace scv::render {

struct PowerDnsSettings {
  std::vector<std::string> addresses;  // where it listens, port 53
  std::string database;                // the SQLite file with the zones
  std::string run_directory;           // for its control socket
};

// pdns.conf: authoritative only, no caches (a change is visible at the next query), no polling of
// anything outside; EDNS client subnets (RFC 7871) and Lua records. (PowerDNS Authoritative
// Server 4.7, "Authoritative Server Settings".)
std::string PowerDnsConfiguration(const PowerDnsSettings& settings);

// A record whose answer depends on where the client is, as the content of a record of type "LUA":
// a program that compares the client's subnet with the networks of lab/geography.h.
// (PowerDNS Authoritative Server 4.7, "Lua Records".)
// Nothing: the record depends on nothing, or its type or values cannot be written so; what is
// served then is RecordSpec::values.
std::optional<std::string> LocatedRecord(const lab::RecordSpec& record);

}  // namespace scv::render

#endif  // SCV_RENDER_POWERDNS_H_
