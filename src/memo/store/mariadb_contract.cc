// MariaDB takes part in the contract suite: one server per process, one database per test.
#include "memo/store/mariadb_store.h"
#include "memo/store/mariadb_test_server.h"
#include "memo/store/store_contract.h"

namespace scv::memo {
namespace {

class MariadbHarness final : public StoreHarness {
 public:
  MariadbHarness(MariadbTestServer& server, std::string database)
      : server_(server), database_(std::move(database)) {}
  ~MariadbHarness() override {
    const auto dropped = server_.Administer("DROP DATABASE " + database_);
    EXPECT_TRUE(dropped.has_value()) << dropped.error().message;
  }

  std::unique_ptr<Store> NewStore() override {
    auto store = MakeMariadbStore(server_.Options(database_));
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }

  void Execute(const std::string& sql) override {
    const auto done = server_.Administer(sql, database_);
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }

 private:
  MariadbTestServer& server_;
  const std::string database_;
};

std::unique_ptr<StoreHarness> MakeHarness(std::string& why_not) {
  const auto server = MariadbTestServer::Shared();
  if (!server) {
    why_not = server.error().message;
    EXPECT_EQ(server.error().kind, ErrorKind::kNotFound) << why_not;
    return nullptr;
  }
  auto database = (*server)->NewDatabase();
  EXPECT_TRUE(database.has_value()) << database.error().message;
  return std::make_unique<MariadbHarness>(**server, std::move(*database));
}

INSTANTIATE_TEST_SUITE_P(Mariadb, StoreContract,
                         testing::Values(StoreKind{"MariaDB", MakeHarness}));

}  // namespace
}  // namespace scv::memo
