#include "render/powerdns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace scv::render {

std::string PowerDnsConfiguration(const PowerDnsSettings& settings) {
  return fmt::format(
      "launch=gsqlite3\n"
      "gsqlite3-database={}\n"
      "gsqlite3-dnssec=no\n"
      "local-address={}\n"
      "local-port=53\n"
      "socket-dir={}\n"
      "daemon=no\n"
      "guardian=no\n"
      "disable-syslog=yes\n"
      "log-timestamp=yes\n"
      "loglevel=4\n"
      "cache-ttl=0\n"
      "query-cache-ttl=0\n"
      "negquery-cache-ttl=0\n"
      "zone-cache-refresh-interval=0\n"
      "receiver-threads=1\n"
      "distributor-threads=1\n"
      "retrieval-threads=1\n"
      "security-poll-suffix=\n"
      "version-string=anonymous\n"
      "api=no\n"
      "webserver=no\n",
      settings.database, fmt::join(settings.addresses, ","), settings.run_directory);
}

}  // namespace scv::render
