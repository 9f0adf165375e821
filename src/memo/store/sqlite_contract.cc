// SQLite takes part in the contract suite.
#include <stdlib.h>

#include "memo/store/sqlite_test_harness.h"
#include "sqlite/sqlite_connection.h"

namespace scv::memo {

TemporaryDirectory::TemporaryDirectory() {
  std::string name = std::filesystem::temp_directory_path() / "memo-store-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "cannot make a directory like " << name;
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<Store> SqliteHarness::NewStore() {
  auto store = MakeSqliteStore({.path = file()});
  EXPECT_TRUE(store.has_value()) << store.error().message;
  return store ? std::move(*store) : nullptr;
}

void SqliteHarness::Execute(const std::string& sql) {
  const auto connection = SqliteConnection::Open(file(), kTestTimeout, false);
  ASSERT_TRUE(connection.has_value()) << connection.error().message;
  const auto done = (*connection)->Execute(sql.c_str());
  ASSERT_TRUE(done.has_value()) << done.error().message;
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract,
                         testing::Values(StoreKind{"SQLite", [](std::string&) {
                                                     return std::make_unique<SqliteHarness>();
                                                   }}));

}  // namespace scv::memo
