#include "world/linux/database_admin.h"

namespace scv::world {

Result<DatabaseAdmin> DatabaseAdmin::Connect(const std::filesystem::path& socket,
                                             std::chrono::seconds timeout) {
  DatabaseAdmin admin(mysql_init(nullptr));
  if (!admin.handle_) return Fail(ErrorKind::kInternal, "no memory for a database connection");
  const auto seconds = static_cast<unsigned int>(timeout.count());
  mysql_optionsv(admin.handle_.get(), MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
  mysql_optionsv(admin.handle_.get(), MYSQL_OPT_READ_TIMEOUT, &seconds);
  mysql_optionsv(admin.handle_.get(), MYSQL_OPT_WRITE_TIMEOUT, &seconds);
  mysql_optionsv(admin.handle_.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (mysql_real_connect(admin.handle_.get(), nullptr, "root", nullptr, nullptr, 0, socket.c_str(),
                         0) == nullptr) {
    return Fail(ErrorKind::kUnavailable, std::string("the database at ") + socket.string() + ": " +
                                             mysql_error(admin.handle_.get()));
  }
  return admin;
}

Result<void> DatabaseAdmin::Execute(std::string_view sql) {
  if (mysql_real_query(handle_.get(), sql.data(), sql.size()) != 0) {
    return Fail(ErrorKind::kUnavailable,
                std::string("the database refuses: ") + mysql_error(handle_.get()));
  }
  if (MYSQL_RES* result = mysql_store_result(handle_.get()); result != nullptr) {
    mysql_free_result(result);
  }
  return {};
}

std::string DatabaseAdmin::Quoted(std::string_view text) {
  std::string escaped(text.size() * 2 + 1, '\0');
  const unsigned long size =
      mysql_real_escape_string(handle_.get(), escaped.data(), text.data(), text.size());
  escaped.resize(size);
  return "'" + escaped + "'";
}

}  // namespace scv::world
