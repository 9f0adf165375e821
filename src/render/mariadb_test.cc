#include "render/mariadb.h"

#include <gtest/gtest.h>

namespace scv::render {
namespace {

MariadbSettings Settings() {
  return {.data_directory = "/lab/db/data",
          .temporary_directory = "/lab/db/tmp",
          .run_directory = "/lab/db",
          .address = "10.10.5.4",
          .port = 3306,
          .server_id = 7,
          .certificate = "/ca/db.crt",
          .key = "/ca/db.key",
          .authority = "/ca/root.crt",
          .parameters = {}};
}

TEST(MariadbConfiguration, IsExact) {
  EXPECT_EQ(MariadbConfiguration(Settings()),
            "[mariadbd]\n"
            "user=root\n"
            "datadir=/lab/db/data\n"
            "tmpdir=/lab/db/tmp\n"
            "socket=/lab/db/mariadbd.sock\n"
            "pid-file=/lab/db/mariadbd.pid\n"
            "secure-file-priv=/lab/db/tmp\n"
            "bind-address=10.10.5.4\n"
            "port=3306\n"
            "ssl-cert=/ca/db.crt\n"
            "ssl-key=/ca/db.key\n"
            "ssl-ca=/ca/root.crt\n"
            "skip-name-resolve=1\n"
            "log-bin=binlog\n"
            "binlog-format=ROW\n"
            "sync-binlog=1\n"
            "innodb-flush-log-at-trx-commit=1\n"
            "log-slave-updates=1\n"
            "gtid-strict-mode=1\n"
            "relay-log=relay\n"
            "relay-log-recovery=1\n"
            "skip-slave-start=1\n"
            "server-id=7\n"
            "gtid-domain-id=0\n"
            "read-only=1\n"
            "slave-parallel-threads=8\n"
            "slave-parallel-mode=conservative\n"
            "slave-net-timeout=1\n"
            "rpl-semi-sync-master-wait-point=AFTER_SYNC\n"
            "rpl-semi-sync-master-wait-no-slave=1\n"
            "rpl-semi-sync-master-timeout=4294967295\n"
            "rpl-semi-sync-slave-kill-conn-timeout=1\n"
            "character-set-server=utf8mb4\n"
            "performance-schema=0\n"
            "log-warnings=1\n"
            "innodb-buffer-pool-size=16M\n"
            "innodb-log-file-size=8M\n"
            "innodb-data-file-path=ibdata1:4M:autoextend\n"
            "innodb-autoextend-increment=1\n"
            "innodb-temp-data-file-path=ibtmp1:1M:autoextend\n"
            "key-buffer-size=1M\n"
            "aria-pagecache-buffer-size=1M\n");
}

TEST(MariadbConfiguration, ParametersOfTheGroupComeLastAndAreHeldToTheirPlace) {
  auto settings = Settings();
  settings.parameters = {{"require_secure_transport", "1"},
                         {"max_connections", "100"},
                         {"datadir", "/etc"},
                         {"skip-grant-tables", "1"},
                         {"read_only", "0"},
                         {"rpl_semi_sync_master_timeout", "10"},
                         {"gtid-strict-mode", "0"},
                         {"init_connect", "x\nskip-grant-tables"},
                         {"bad name", "1"}};
  const auto text = MariadbConfiguration(settings);
  EXPECT_NE(text.find("\nloose-require_secure_transport=1\n"), std::string::npos);
  EXPECT_NE(text.find("\nloose-max_connections=100\n"), std::string::npos);
  EXPECT_EQ(text.find("/etc"), std::string::npos);
  EXPECT_EQ(text.find("grant-tables"), std::string::npos);
  EXPECT_EQ(text.find("bad name"), std::string::npos);
  EXPECT_EQ(text.find("loose-read_only"), std::string::npos);
  EXPECT_EQ(text.find("loose-rpl"), std::string::npos);
  EXPECT_EQ(text.find("loose-gtid"), std::string::npos);
}

}  // namespace
}  // namespace scv::render
