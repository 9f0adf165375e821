// The schema as a sequence of forward-only steps, for both databases. The version of a database is
// the number of steps it has taken (table schema_version, one row per step).
#ifndef SCV_MEMO_STORE_MIGRATIONS_H_
#define SCV_MEMO_STORE_MIGRATIONS_H_

#include <span>
#include <string_view>

namespace scv::memo {

// Each statement of a step can be repeated harmlessly (IF NOT EXISTS): MariaDB commits DDL
// statement by statement, so a step may have been cut short.
struct Migration {
  std::string_view name;
  std::span<const std::string_view> sqlite;
  std::span<const std::string_view> mariadb;
};

std::span<const Migration> Migrations();

// The version this program needs: Migrations().size().
int SchemaVersion();

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MIGRATIONS_H_
