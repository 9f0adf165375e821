// The lab's own way into a database server: its Unix socket, as root (authenticated by the kernel).
#ifndef SCV_WORLD_LINUX_DATABASE_ADMIN_H_
#define SCV_WORLD_LINUX_DATABASE_ADMIN_H_

#include <mysql.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace scv::world {

// One connection; one thread at a time.
class DatabaseAdmin {
 public:
  // kUnavailable: nobody answers there (yet).
  static Result<DatabaseAdmin> Connect(const std::filesystem::path& socket,
                                       std::chrono::seconds timeout);
  Result<void> Execute(std::string_view sql);
  // 'text' with quotes, for a place where SQL wants a string.
  std::string Quoted(std::string_view text);

 private:
  struct Close {
    void operator()(MYSQL* handle) const { mysql_close(handle); }
  };
  explicit DatabaseAdmin(MYSQL* handle) : handle_(handle) {}
  std::unique_ptr<MYSQL, Close> handle_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_ADMIN_H_
