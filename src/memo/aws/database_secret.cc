#include "memo/aws/database_secret.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "memo/aws/json_fields.h"

namespace scv::memo {
namespace {

// The longest that MariaDB (user 80 and database 64 code points) and DNS (253) can use.
constexpr std::size_t kUsernameBytesMax = 320;
constexpr std::size_t kPasswordBytesMax = 1024;
constexpr std::size_t kHostBytesMax = 253;
constexpr std::size_t kDatabaseBytesMax = 256;
constexpr std::size_t kEngineBytesMax = 64;

bool HasControlByte(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// A DNS name or an address literal: nothing that could be a path, an option or a list.
bool IsHost(std::string_view text) {
  return text.front() != '-' && std::ranges::all_of(text, [](unsigned char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-' || c == '_' || c == ':';
         });
}

std::optional<std::uint16_t> ToPort(std::int64_t number) {
  if (number < 1 || number > 65535) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(number);
}

std::optional<std::uint16_t> ToPort(std::string_view digits) {
  std::int64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  return error == std::errc() && stop == end ? ToPort(number) : std::nullopt;
}

Result<std::uint16_t> Port(const JsonFields& fields) {
  const boost::json::value* value = fields.Find("port");
  if (value == nullptr) {
    return std::uint16_t{0};
  }
  std::optional<std::uint16_t> port;
  if (const std::int64_t* number = value->if_int64()) {
    port = ToPort(*number);
  } else if (const boost::json::string* digits = value->if_string()) {
    port = ToPort(std::string_view(digits->data(), digits->size()));
  }
  if (!port) {
    return fields.Refuse("port", "be a number from 1 to 65535");
  }
  return *port;
}

Result<std::string_view> Text(const JsonFields& fields, std::string_view name,
                              Result<std::string_view> value) {
  if (value && HasControlByte(*value)) {
    return fields.Refuse(name, "have no control characters");
  }
  return value;
}

}  // namespace

Result<DatabaseCredentials> ParseDatabaseSecret(std::string_view document) {
  SCV_ASSIGN(const auto fields, JsonFields::Parse(document, "the database secret"));
  SCV_ASSIGN(const auto username,
             Text(fields, "username", fields.Required("username", kUsernameBytesMax)));
  SCV_ASSIGN(const auto password,
             Text(fields, "password", fields.Required("password", kPasswordBytesMax)));
  SCV_ASSIGN(const auto host, fields.Optional("host", kHostBytesMax));
  SCV_ASSIGN(const auto port, Port(fields));
  SCV_ASSIGN(const auto database,
             Text(fields, "dbname", fields.Optional("dbname", kDatabaseBytesMax)));
  SCV_ASSIGN(const auto engine, fields.Optional("engine", kEngineBytesMax));
  if (!host.empty() && !IsHost(host)) {
    return fields.Refuse("host", "be a host name or an address");
  }
  if (!engine.empty() && engine != "mariadb" && engine != "mysql") {
    return fields.Refuse("engine", "be mariadb or mysql");
  }
  return DatabaseCredentials{std::string(username), Secret(password), std::string(host), port,
                             std::string(database)};
}

}  // namespace scv::memo
