// The secret document of a database, in the shape RDS and its rotation functions use:
//   {"engine":"mariadb","host":"…","port":3306,"username":"…","password":"…","dbname":"…"}
#ifndef SCV_MEMO_AWS_DATABASE_SECRET_H_
#define SCV_MEMO_AWS_DATABASE_SECRET_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "memo/aws/secret.h"

namespace scv::memo {

struct DatabaseCredentials {
  std::string username;
  Secret password;
  // What the secret does not say is empty (port: 0); the configuration says it then.
  std::string host;
  std::uint16_t port = 0;
  std::string database;
  bool operator==(const DatabaseCredentials&) const = default;
};

// Pure. `username` and `password` are required; `host`, `port` (a number, or digits in a string),
// `dbname` and `engine` (mariadb or mysql) are optional; other fields are RDS's own and ignored.
// kInvalid: anything else. The message names the field and never quotes the document.
Result<DatabaseCredentials> ParseDatabaseSecret(std::string_view document);

}  // namespace scv::memo

#endif  // SCV_MEMO_AWS_DATABASE_SECRET_H_
