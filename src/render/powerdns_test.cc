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
            "edns-subnet-processing=yes\n"
            "enable-lua-records=yes\n"
            "receiver-threads=1\n"
            "distributor-threads=1\n"
            "retrieval-threads=1\n"
            "security-poll-suffix=\n"
            "version-string=anonymous\n"
            "api=no\n"
            "webserver=no\n");
}

TEST(LocatedRecord, IsAProgram) {
  lab::RecordSpec record{.name = "api.test", .type = "A", .ttl = 1, .values = {"203.0.113.1"}};
  EXPECT_EQ(LocatedRecord(record), std::nullopt);
  record.by_location = {{"JP", {"203.0.113.2", "203.0.113.3"}}, {"continent:EU", {"203.0.113.4"}}};
  EXPECT_EQ(LocatedRecord(record),
            "A \";if netmask({'198.51.100.128/25','2001:db8:81::/48'}) then return "
            "{'203.0.113.2','203.0.113.3'} end if netmask({'2001:db8:49::/48'}) then return "
            "{'203.0.113.4'} end return {'203.0.113.1'}\"");
  record.by_location["continent:AS"] = {"'} os.exit() --"};
  EXPECT_EQ(LocatedRecord(record), std::nullopt);
  record.by_location.erase("continent:AS");
  record.type = "TXT";
  EXPECT_EQ(LocatedRecord(record), std::nullopt);
}

}  // namespace
}  // namespace scv::render
