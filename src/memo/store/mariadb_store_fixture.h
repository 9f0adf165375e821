// Test support: a migrated, empty database on the process's MariaDB server, and a session on it.
#ifndef SCV_MEMO_STORE_MARIADB_STORE_FIXTURE_H_
#define SCV_MEMO_STORE_MARIADB_STORE_FIXTURE_H_

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "memo/store/mariadb_client.h"
#include "memo/store/mariadb_store.h"
#include "memo/store/mariadb_test_server.h"
#include "memo/store/store_contract.h"

namespace scv::memo {

class MariadbStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto server = MariadbTestServer::Shared();
    if (!server && server.error().kind == ErrorKind::kNotFound) {
      GTEST_SKIP() << "needs a MariaDB server: " << server.error().message;
    }
    ASSERT_TRUE(server.has_value()) << server.error().message;
    server_ = *server;
    auto database = server_->NewDatabase();
    ASSERT_TRUE(database.has_value()) << database.error().message;
    options_ = server_->Options(*database);
    store_ = NewStore(options_);
    const auto migrated = store_->Migrate(kTestTimeout);
    ASSERT_TRUE(migrated.has_value()) << migrated.error().message;
    session_ = NewSession(*store_);
  }

  void TearDown() override {
    session_.reset();
    if (server_ != nullptr) server_->Administer("DROP DATABASE " + options_.database);
  }

  static std::unique_ptr<Store> NewStore(const MariadbOptions& options) {
    auto store = MakeMariadbStore(options);
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }

  static std::unique_ptr<StoreSession> NewSession(Store& store) {
    auto session = store.Open(kTestTimeout);
    EXPECT_TRUE(session.has_value()) << session.error().message;
    return session ? std::move(*session) : nullptr;
  }

  // The error of Open() with these options.
  static Error RefusalOf(const MariadbOptions& options,
                         std::chrono::milliseconds timeout = std::chrono::seconds(5)) {
    auto store = MakeMariadbStore(options);
    if (!store) return store.error();
    const auto session = (*store)->Open(timeout);
    EXPECT_FALSE(session.has_value()) << "opened, although it should not";
    return session ? Error{} : session.error();
  }

  std::unique_ptr<MariadbConnection> Connect(const MariadbOptions& options) {
    auto connection = MariadbConnection::Open(options, {server_->user(), server_->password()},
                                              std::chrono::seconds(5));
    EXPECT_TRUE(connection.has_value()) << connection.error().message;
    return connection ? std::move(*connection) : nullptr;
  }

  Caller SignUp(AccountId id = 7, std::uint32_t token_version = 1) {
    const Account account{id, "user" + std::to_string(id), "hash", token_version, kTestNow};
    WriteOne(*session_, MakeCommand({0, 0}, CreateAccount{account}));
    return {id, token_version};
  }

  Memo Create(Caller caller, std::uint64_t n, std::string title, std::string content = "") {
    const auto create = MakeCreate(TestId(n), std::move(title), std::move(content));
    const auto written = WriteOne(*session_, MakeCommand(caller, create));
    EXPECT_EQ(written.answer.status, WriteStatus::kApplied) << written.failure.message;
    return written.answer.memo;
  }

  // The result of one write, or one read, whatever it is.
  static Result<WriteAnswer> TryWrite(StoreSession& session, const WriteCommand& command) {
    const WriteCommand* in = &command;
    WriteAnswer answer;
    WriteAnswer* out = &answer;
    Error failure;
    SCV_TRY(session.Write({&in, 1}, {&out, 1}, {&failure, 1}));
    return answer;
  }
  static Result<ReadAnswer> TryRead(StoreSession& session, const ReadQuery& query) {
    const ReadQuery* in = &query;
    ReadAnswer answer;
    ReadAnswer* out = &answer;
    SCV_TRY(session.Read({&in, 1}, {&out, 1}));
    return answer;
  }

  // Waits until as many transactions of the server wait for a lock.
  void AwaitLockWaits(const std::string& count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const std::string sql =
        "SELECT variable_value FROM information_schema.global_status"
        " WHERE variable_name = 'innodb_row_lock_current_waits'";
    while (server_->Administer(sql).value_or("") != count &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    EXPECT_EQ(server_->Administer(sql).value_or("nothing"), count);
  }

  MariadbTestServer* server_ = nullptr;
  MariadbOptions options_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StoreSession> session_;
};

inline PatchMemo Retitle(Uuid id, std::string title) {
  return {id, std::nullopt, std::move(title), std::nullopt, std::nullopt};
}

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_STORE_FIXTURE_H_
