#include "memo/store/sqlite_store.h"

#include <algorithm>
#include <utility>

#include "memo/store/sqlite_schema.h"
#include "memo/store/sqlite_search.h"
#include "memo/store/sqlite_session.h"

namespace scv::memo {
namespace {

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(SqliteOptions options) : shared_(std::make_shared<SqliteShared>()) {
    shared_->options = std::move(options);
  }

  Result<std::unique_ptr<StoreSession>> Open(std::chrono::milliseconds timeout) override {
    const SqliteOptions& options = shared_->options;
    SCV_ASSIGN(auto connection, SqliteConnection::Open(options.path, timeout, false));
    SCV_TRY(RegisterSearch(*connection));
    connection->SetBusyTimeout(options.busy_timeout);
    return std::make_unique<SqliteSession>(shared_, std::move(connection));
  }

  Result<void> Migrate(std::chrono::milliseconds timeout) override {
    return MigrateSqlite(shared_->options.path, timeout);
  }

  std::string_view kind() const override { return "sqlite"; }

 private:
  std::shared_ptr<SqliteShared> shared_;
};

}  // namespace

Result<std::unique_ptr<Store>> MakeSqliteStore(SqliteOptions options) {
  std::error_code error;
  const auto directory = options.path.has_parent_path() ? options.path.parent_path() : ".";
  if (!std::filesystem::is_directory(directory, error)) {
    return Fail(ErrorKind::kInvalid, "the directory " + directory.string() +
                                         " of the database does not exist; create it first");
  }
  if (options.path.filename().empty() || std::filesystem::is_directory(options.path, error)) {
    return Fail(ErrorKind::kInvalid, options.path.string() + " is a directory; name a file in it");
  }
  return std::make_unique<SqliteStore>(std::move(options));
}

}  // namespace scv::memo
