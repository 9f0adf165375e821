// The zones that a place's name server serves: one SQLite file in PowerDNS's schema for each place.
// A change is one transaction of those records that differ, and visible to the next query.
// Thread-safe.
#ifndef SCV_WORLD_LINUX_NAME_DATABASE_H_
#define SCV_WORLD_LINUX_NAME_DATABASE_H_

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lab/parts.h"
#include "sqlite/sqlite_connection.h"

namespace scv::world {

class NameDatabase {
 public:
  static Result<std::unique_ptr<NameDatabase>> Open(const std::filesystem::path& file);

  // Makes the zones exactly those of `spec`. Nobody else may write to the file.
  Result<void> Ensure(const lab::NamesSpec& spec);

  const std::filesystem::path& file() const { return file_; }

 private:
  struct Row {
    std::string zone, name, type;
    int ttl = 0;
    std::string content;
    auto operator<=>(const Row&) const = default;
  };
  using Rows = std::map<Row, std::int64_t>;  // with their ids in the file
  using Changes = std::vector<const Row*>;

  NameDatabase(std::filesystem::path file, std::unique_ptr<SqliteConnection> connection);
  Result<void> Load();
  Result<void> Apply(const lab::NamesSpec& spec, Rows& wanted, const Changes& removed,
                     const Changes& added);
  Result<void> RemoveZone(const std::string& zone);
  Result<void> AddZone(const std::string& zone);
  Result<void> RemoveRow(const Row& row);
  Result<std::int64_t> AddRow(const Row& row);
  static Rows RowsOf(const lab::NamesSpec& spec);

  std::filesystem::path file_;
  std::mutex mutex_;
  std::unique_ptr<SqliteConnection> connection_;
  SqliteTransactions transactions_;
  SqliteWriterQueue writers_;
  SqliteStatement remove_row_, add_row_;
  // What the file has; only valid if loaded_.
  bool loaded_ = false;
  std::map<std::string, std::int64_t> zones_;
  Rows rows_;
};

// The databases of all places, in one directory.
class NameDatabases {
 public:
  explicit NameDatabases(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // `place`: "" is the internet, otherwise a VPC's id. Without a name server it is only a file.
  Result<void> Ensure(std::string_view place, const lab::NamesSpec& spec);
  // No zones are left; a name server of that place goes on, and refuses.
  Result<void> Remove(std::string_view place) { return Ensure(place, {}); }

  // The place's file, made if it is missing.
  Result<std::filesystem::path> FileOf(std::string_view place);

 private:
  Result<NameDatabase*> DatabaseOf(std::string_view place);

  std::filesystem::path directory_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<NameDatabase>, std::less<>> open_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NAME_DATABASE_H_
