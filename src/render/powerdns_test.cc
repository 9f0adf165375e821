#include "render/powerdns.h"

#include <gtest/gtest.h>

namespace scv::render {
namespace {

TEST(PowerDnsConfiguration, IsExact) {
  EXPECT_EQ(PowerDnsConfiguration({.addresses = {"10.0.0.2", "169.254.169.253"},
                                   .database = "/lab/names.db",
                                   .run_directory = "/lab/dns"}),
            "launch=gsqlite3\n"
            "gsqlite3-database=/lab/names.db\n"
            "gsqlite3-dnssec=no\n"
            "local-address=10.0.0.2,169.254.169.253\n"
            "local-port=53\n"
            "socket-dir=/lab/dns\n"
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
            "webserver=no\n");
}

}  // namespace
}  // namespace scv::render
