// PowerDNS configuration, as text.
#ifndef SCV_RENDER_POWERDNS_H_
#define SCV_RENDER_POWERDNS_H_

#include <string>
#include <vector>

namespace scv::render {

struct PowerDnsSettings {
  std::vector<std::string> addresses;  // where it listens, port 53
  std::string database;                // the SQLite file with the zones
  std::string run_directory;           // for its control socket
};

// pdns.conf: authoritative only, no caches (a change is visible at the next query), no polling of
// anything outside. (PowerDNS Authoritative Server 4.7, "Authoritative Server Settings".)
std::string PowerDnsConfiguration(const PowerDnsSettings& settings);

}  // namespace scv::render

#endif  // SCV_RENDER_POWERDNS_H_
