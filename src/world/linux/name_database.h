// The zones that every name server of the lab serves: one SQLite file in PowerDNS's schema. A
// change is one transaction and visible to the next query. Thread-safe.
#ifndef SCV_WORLD_LINUX_NAME_DATABASE_H_
#define SCV_WORLD_LINUX_NAME_DATABASE_H_

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/parts.h"
#include "sqlite/sqlite_connection.h"

namespace scv::world {

class NameDatabase {
 public:
  static Result<std::unique_ptr<NameDatabase>> Open(const std::filesystem::path& file);

  // Makes the zones exactly those of `spec`; zones that are right already are not touched.
  Result<void> Ensure(const lab::NamesSpec& spec);

  const std::filesystem::path& file() const { return file_; }

 private:
  NameDatabase(std::filesystem::path file, std::unique_ptr<SqliteConnection> connection);
  Result<std::map<std::string, std::vector<lab::RecordSpec>>> Load();
  Result<void> RemoveZone(const std::string& zone);
  Result<void> AddZone(const std::string& zone, const std::vector<lab::RecordSpec>& records);

  std::filesystem::path file_;
  std::mutex mutex_;
  std::unique_ptr<SqliteConnection> connection_;
  SqliteTransactions transactions_;
  SqliteWriterQueue writers_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NAME_DATABASE_H_
