#include "world/linux/database_setup.h"

#include <chrono>
#include <string>
#include <string_view>

#include "world/linux/database_role.h"

namespace scv::world {
namespace {

// A standby that is away keeps a change from ending; the next role must not wait for it.
constexpr std::chrono::milliseconds kChangeWithin{2000};

// What RDS grants the master user of MariaDB: everything but SUPER, FILE and SHUTDOWN.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
constexpr std::string_view kMasterPrivileges =
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER,"
    " SHOW DATABASES, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE,"
    " REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER,"
    " EVENT, TRIGGER";

std::string HasAccount(DatabaseAdmin& admin, std::string_view user) {
  return "(SELECT COUNT(*) FROM mysql.global_priv WHERE Host = '%' AND User = " +
         admin.Quoted(user);
}

}  // namespace

Result<void> SetUpDatabase(DatabaseAdmin& admin, const lab::DatabaseSpec& spec) {
  const std::string hash = admin.Quoted(spec.master_password_hash);
  SCV_ASSIGN(const auto tables,
             admin.Query("SELECT " + HasAccount(admin, spec.master_username) +
                         " AND JSON_VALUE(Priv, '$.authentication_string') = " + hash +
                         ") AS master, " + HasAccount(admin, kReplicationAccount) +
                         ") AS replication, (SELECT COUNT(*) FROM information_schema.SCHEMATA"
                         " WHERE SCHEMA_NAME = " +
                         admin.Quoted(spec.database) + ") AS has_schema"));
  if (tables.empty()) return Fail(ErrorKind::kInternal, "the database left an answer out");
  const auto& there = tables.front();
  if (there.At("replication") != "1") SCV_TRY(admin.Execute(GrantReplication(), kChangeWithin));
  if (!spec.database.empty() && there.At("has_schema") != "1") {
    SCV_TRY(admin.Execute("CREATE DATABASE IF NOT EXISTS `" + spec.database + "`", kChangeWithin));
  }
  if (spec.master_username.empty() || there.At("master") == "1") return {};
  // One statement: there is no moment at which the account is there without its privileges.
  return admin.Execute("GRANT " + std::string(kMasterPrivileges) + " ON *.* TO " +
                           admin.Quoted(spec.master_username) +
                           "@'%' IDENTIFIED VIA mysql_native_password USING " + hash +
                           " WITH GRANT OPTION",
                       kChangeWithin);
}

}  // namespace scv::world
