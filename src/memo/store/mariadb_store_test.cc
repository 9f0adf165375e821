// What is special to MariaDB as a server over the network: TLS, credentials, failover, locks.
#include "memo/store/mariadb_store.h"

#include <atomic>
#include <memory>
#include <thread>

#include "memo/store/mariadb_store_fixture.h"

namespace scv::memo {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// --- TLS and credentials -------------------------------------------------------------------------

TEST_F(MariadbStoreTest, AServerOfAnotherAuthorityIsRefused) {
  options_.ca_file = server_->other_ca_file();
  const Error refusal = RefusalOf(options_);
  EXPECT_EQ(refusal.kind, ErrorKind::kUnavailable);
  EXPECT_NE(refusal.message.find("certificate"), std::string::npos) << refusal.message;
}

TEST_F(MariadbStoreTest, WithoutACaFileThePublicAuthoritiesDecide) {
  options_.ca_file.clear();
  EXPECT_EQ(RefusalOf(options_).kind, ErrorKind::kUnavailable);
}

TEST_F(MariadbStoreTest, TheNameOrAddressMustBeTheCertificates) {
  ASSERT_TRUE(server_->UseCertificate("DNS:db.example.test,IP:127.0.0.9").has_value());
  EXPECT_EQ(RefusalOf(options_).kind, ErrorKind::kUnavailable);
  options_.host = "localhost";
  EXPECT_EQ(RefusalOf(options_).kind, ErrorKind::kUnavailable);
  ASSERT_TRUE(server_->UseCertificate("DNS:localhost").has_value());
  EXPECT_NE(NewSession(*NewStore(options_)), nullptr);
  options_.host = "127.0.0.1";
  EXPECT_EQ(RefusalOf(options_).kind, ErrorKind::kUnavailable);
  ASSERT_TRUE(server_->UseCertificate("IP:127.0.0.1").has_value());
  EXPECT_NE(NewSession(*NewStore(options_)), nullptr);
  ASSERT_TRUE(server_->UseCertificate("DNS:localhost,IP:127.0.0.1").has_value());
}

TEST_F(MariadbStoreTest, PlaintextIsRefusedOnBothSides) {
  MariadbOptions plain = options_;
  plain.tls = MariadbOptions::Tls::kOff;
  EXPECT_EQ(RefusalOf(plain).kind, ErrorKind::kDenied);
  ASSERT_TRUE(server_->Restart({"--skip-ssl"}, false).has_value());
  EXPECT_EQ(RefusalOf(options_).kind, ErrorKind::kUnavailable);
  EXPECT_NE(NewSession(*NewStore(plain)), nullptr);
  ASSERT_TRUE(server_->Restart().has_value());
}

TEST_F(MariadbStoreTest, ConnectionsAreEncrypted) {
  const auto connection = Connect(options_);
  auto results = connection->Query("SHOW SESSION STATUS LIKE 'Ssl_version'");
  ASSERT_TRUE(results.has_value() && results->front().Next());
  EXPECT_EQ(results->front().Bytes(1), "TLSv1.3");
}

TEST_F(MariadbStoreTest, MissingOptionsAreNamed) {
  options_.ca_file = "/nowhere/ca.pem";
  EXPECT_EQ(RefusalOf(options_).kind, ErrorKind::kInvalid);
  EXPECT_EQ(RefusalOf({}).kind, ErrorKind::kInvalid);
  MariadbOptions elsewhere = server_->Options("memo_nothing");
  EXPECT_EQ(RefusalOf(elsewhere).kind, ErrorKind::kNotFound);
}

TEST_F(MariadbStoreTest, ARefusedPasswordIsReadAgain) {
  const std::string old_password = server_->password();
  std::vector<bool> asked;
  options_.credentials = [&](bool refresh) -> Result<Credentials> {
    asked.push_back(refresh);
    return Credentials{server_->user(), refresh ? "rotated" : old_password};
  };
  const auto store = NewStore(options_);
  NewSession(*store);
  EXPECT_EQ(asked, (std::vector{false}));
  ASSERT_TRUE(server_->SetPassword("rotated").has_value());
  EXPECT_NE(NewSession(*store), nullptr);
  EXPECT_EQ(asked, (std::vector{false, false, true}));
  // The sessions that were open go on.
  EXPECT_TRUE(session_->Check().has_value());

  ASSERT_TRUE(server_->SetPassword("another").has_value());
  const Error refusal = RefusalOf(options_);
  EXPECT_EQ(refusal.kind, ErrorKind::kDenied);
  for (const std::string& secret : {old_password, std::string("rotated")}) {
    EXPECT_EQ(refusal.message.find(secret), std::string::npos) << refusal.message;
  }
  options_.credentials = [](bool) -> Result<Credentials> {
    return Fail(ErrorKind::kUnavailable, "no secret today");
  };
  EXPECT_EQ(RefusalOf(options_).message, "no secret today");
  ASSERT_TRUE(server_->SetPassword(old_password).has_value());
}

// --- Failover ------------------------------------------------------------------------------------

TEST_F(MariadbStoreTest, AReadOnlyServerAnswersNothing) {
  const Caller caller = SignUp();
  const Memo memo = Create(caller, 1, "title");
  const PatchMemo stale{memo.id, 99, "x", std::nullopt, std::nullopt};
  ASSERT_TRUE(server_->SetReadOnly(true).has_value());
  for (const ReadQuery& query :
       {ReadQuery(GetMemo{caller, memo.id, std::nullopt}),
        ReadQuery(GetMemo{caller, TestId(2), std::nullopt}), ReadQuery(MakeList(caller)),
        ReadQuery(MakeList({8, 1})), ReadQuery(FindAccount{"user7"}),
        ReadQuery(FindAccount{"nobody"}), ReadQuery(FindCaller{caller})}) {
    const auto answer = TryRead(*session_, query);
    ASSERT_FALSE(answer.has_value()) << query.index();
    EXPECT_EQ(answer.error().kind, ErrorKind::kReadOnly);
    EXPECT_EQ(session_->Check().error().kind, ErrorKind::kReadOnly);
  }
  // Nor may it decide what is not so: a conflict it sees may be one of old data.
  for (const WriteOperation& operation :
       {WriteOperation(MakeCreate(TestId(3), "new")), WriteOperation(Retitle(memo.id, "new")),
        WriteOperation(stale), WriteOperation(RevokeSessions{})}) {
    const auto session = NewSession(*store_);
    const auto answer = TryWrite(*session, MakeCommand(caller, operation));
    ASSERT_FALSE(answer.has_value()) << operation.index();
    EXPECT_EQ(answer.error().kind, ErrorKind::kReadOnly);
  }
  options_.require_writable = false;
  EXPECT_EQ(GetOne(*NewSession(*NewStore(options_)), caller, memo.id), memo);
  ASSERT_TRUE(server_->SetReadOnly(false).has_value());
  EXPECT_EQ(GetOne(*session_, caller, memo.id), memo);
}

// Read over and over while the server becomes writable: that may happen at any moment of a read.
TEST_F(MariadbStoreTest, AListDuringAPromotionIsRefusedOrWhole) {
  constexpr int kPromotions = 40;
  const Caller caller = SignUp();
  const Memo memo = Create(caller, 1, "title");
  for (int i = 0; i < kPromotions; ++i) {
    ASSERT_TRUE(server_->SetReadOnly(true).has_value());
    std::jthread promotion([&] { EXPECT_TRUE(server_->SetReadOnly(false).has_value()); });
    for (bool refused = true; refused;) {
      const auto answer = TryRead(*session_, ReadQuery(MakeList(caller)));
      refused = !answer.has_value();
      if (refused) {
        ASSERT_EQ(answer.error().kind, ErrorKind::kReadOnly);
      } else {
        ASSERT_EQ(answer->memos, std::vector{memo}) << "promotion " << i;
      }
    }
  }
}

TEST_F(MariadbStoreTest, AKilledServerComesBackWithEverythingAcknowledged) {
  const Caller caller = SignUp();
  std::vector<WriteCommand> commands;
  for (std::uint64_t n = 0; n < 28; ++n) {
    commands.push_back(MakeCommand(caller, MakeCreate(TestId(n), std::to_string(n))));
  }
  const auto written = WriteAll(*session_, commands);
  server_->Kill();
  EXPECT_EQ(TryRead(*session_, FindCaller{caller}).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(RefusalOf(options_).kind, ErrorKind::kUnavailable);
  ASSERT_TRUE(server_->Restart().has_value());
  // No silent reconnection: prepared statements and session variables would be gone.
  EXPECT_EQ(session_->Check().error().kind, ErrorKind::kUnavailable);
  session_ = NewSession(*store_);
  for (const Written& one : written) {
    EXPECT_EQ(GetOne(*session_, caller, one.answer.memo.id), one.answer.memo);
  }
  for (const Written& repeat : WriteAll(*session_, commands)) {
    EXPECT_TRUE(repeat.answer.replayed);
  }
}

TEST_F(MariadbStoreTest, ACutConnectionIsUnavailable) {
  const Caller caller = SignUp();
  for (const bool write : {false, true}) {
    const auto session = NewSession(*store_);
    ASSERT_EQ(TryRead(*session, FindCaller{caller})->status, ReadStatus::kFound);
    ASSERT_TRUE(server_->Administer("KILL USER " + server_->user()).has_value());
    const auto command = MakeCommand(caller, MakeCreate(TestId(write), "title"));
    const auto kind = write ? TryWrite(*session, command).error().kind
                            : TryRead(*session, FindCaller{caller}).error().kind;
    EXPECT_EQ(kind, ErrorKind::kUnavailable);
  }
}

TEST_F(MariadbStoreTest, AHungServerIsGivenUpInTime) {
  const Caller caller = SignUp();
  options_.io_timeout = 700ms;
  const auto store = NewStore(options_);
  const auto reader = NewSession(*store);
  const auto writer = NewSession(*store);
  server_->Pause();
  const auto begin = Clock::now();
  EXPECT_EQ(TryRead(*reader, FindCaller{caller}).error().kind, ErrorKind::kTimeout);
  const auto command = MakeCommand(caller, MakeCreate(TestId(1), "title"));
  EXPECT_EQ(TryWrite(*writer, command).error().kind, ErrorKind::kTimeout);
  EXPECT_LT(Clock::now() - begin, 2 * 700ms + 2s);
  const auto open = Clock::now();
  EXPECT_EQ(RefusalOf(options_, 500ms).kind, ErrorKind::kUnavailable);
  EXPECT_LT(Clock::now() - open, 500ms + 1500ms);
  server_->Resume();
  // Whatever became of it: the same command may be given again.
  session_ = NewSession(*store_);
  EXPECT_EQ(WriteOne(*session_, command).answer.status, WriteStatus::kApplied);
  EXPECT_EQ(ReadOne(*session_, MakeList(caller)).memos.size(), 1u);
}

// A failover moves the name while the old server is silent: nobody waits until his time is up.
TEST_F(MariadbStoreTest, AServerThatTheNameLeadsAwayFromIsNotWaitedFor) {
  const Caller caller = SignUp();
  std::atomic<int> queries = 0;
  options_.name_watch = std::make_shared<NameWatch>([&] {
    const bool moved = ++queries > 6;  // others wait meanwhile
    return Addresses{moved ? "127.0.0.2" : "127.0.0.1"};
  });
  const auto store = NewStore(options_);
  const auto reader = NewSession(*store);
  const auto writer = NewSession(*store);
  ASSERT_EQ(TryRead(*reader, FindCaller{caller})->status, ReadStatus::kFound);
  server_->Pause();
  const auto begin = Clock::now();
  std::jthread opener([&] {
    EXPECT_EQ(store->Open(20s).error().kind, ErrorKind::kUnavailable);
    EXPECT_LT(Clock::now() - begin, 2s);
  });
  EXPECT_EQ(TryRead(*reader, FindCaller{caller}).error().kind, ErrorKind::kUnavailable);
  EXPECT_GT(queries, 6);
  const auto command = MakeCommand(caller, MakeCreate(TestId(1), "title"));
  EXPECT_EQ(TryWrite(*writer, command).error().kind, ErrorKind::kUnavailable);
  EXPECT_LT(Clock::now() - begin, 2s);
  opener.join();
  server_->Resume();
}

TEST_F(MariadbStoreTest, TooManyConnectionsAreUnavailable) {
  ASSERT_TRUE(server_->Administer("SET GLOBAL max_connections = 10").has_value());
  std::vector<std::unique_ptr<StoreSession>> sessions;
  Error refusal;
  for (int i = 0; i < 20 && refusal.message.empty(); ++i) {
    auto session = store_->Open(5s);
    if (session) {
      sessions.push_back(std::move(*session));
    } else {
      refusal = session.error();
    }
  }
  EXPECT_EQ(refusal.kind, ErrorKind::kUnavailable);
  EXPECT_NE(refusal.message.find("1040"), std::string::npos) << refusal.message;
  sessions.clear();
  // The server notices the closed connections in its own time.
  const auto deadline = Clock::now() + 20s;
  while (!server_->Administer("SET GLOBAL max_connections = 100") && Clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_NE(NewSession(*store_), nullptr);
}

// --- Locks ---------------------------------------------------------------------------------------

TEST_F(MariadbStoreTest, ABatchThatLosesADeadlockIsRepeated) {
  const Caller caller = SignUp();
  const Memo first = Create(caller, 1, "first");
  const Memo second = Create(caller, 2, "second");
  const std::string count =
      "SELECT variable_value FROM information_schema.global_status"
      " WHERE variable_name = 'innodb_deadlocks'";
  const std::string before = server_->Administer(count).value();
  const auto other = Connect(options_);
  // Enough changes that the server spares this transaction and not the batch.
  ASSERT_TRUE(other
                  ->Execute("START TRANSACTION; UPDATE memo SET pinned = 1 WHERE title = 'second';"
                            "CREATE TEMPORARY TABLE weight (n INT) ENGINE=InnoDB;"
                            "INSERT INTO weight SELECT seq FROM seq_1_to_1000")
                  .has_value());
  std::jthread batch([&] {
    const auto written = WriteAll(*session_, {MakeCommand(caller, Retitle(first.id, "new first")),
                                              MakeCommand(caller, Retitle(second.id, "new"))});
    EXPECT_EQ(written[0].answer.status, WriteStatus::kApplied);
    EXPECT_EQ(written[1].answer.status, WriteStatus::kApplied);
    EXPECT_TRUE(written[1].answer.memo.pinned);
  });
  AwaitLockWaits("1");
  EXPECT_TRUE(other->Execute("UPDATE memo SET pinned = 1 WHERE title = 'first'").has_value());
  EXPECT_TRUE(other->Execute("COMMIT").has_value());
  batch.join();
  EXPECT_TRUE(GetOne(*session_, caller, first.id).pinned);
  EXPECT_EQ(std::stoi(server_->Administer(count).value()), std::stoi(before) + 1);
}

TEST_F(MariadbStoreTest, ALockHeldTooLongIsUnavailable) {
  const Caller caller = SignUp();
  const Memo memo = Create(caller, 1, "title");
  options_.lock_wait = 1s;
  const auto session = NewSession(*NewStore(options_));
  const auto other = Connect(options_);
  ASSERT_TRUE(other->Execute("START TRANSACTION; SELECT * FROM memo FOR UPDATE").has_value());
  const auto refused = TryWrite(*session, MakeCommand(caller, Retitle(memo.id, "new")));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  // Readers do not wait for it.
  EXPECT_EQ(GetOne(*session_, caller, memo.id), memo);
}

TEST_F(MariadbStoreTest, AnInstanceThatWasCutOffLosesItsLocks) {
  const Caller caller = SignUp();
  const Memo memo = Create(caller, 1, "title");
  options_.idle_transaction_max = 1s;
  const auto cut_off = Connect(options_);
  ASSERT_TRUE(cut_off->Execute("START TRANSACTION; SELECT * FROM memo FOR UPDATE").has_value());
  options_.lock_wait = 4s;
  const auto session = NewSession(*NewStore(options_));
  const auto written = TryWrite(*session, MakeCommand(caller, Retitle(memo.id, "new")));
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_EQ(written->status, WriteStatus::kApplied);
  EXPECT_FALSE(cut_off->Execute("COMMIT").has_value());
}

TEST_F(MariadbStoreTest, AMigrationOfAnotherInstanceIsWaitedForSoLong) {
  const MariadbOptions fresh = server_->Options(server_->NewDatabase().value());
  const auto other = Connect(fresh);
  ASSERT_TRUE(
      other->Execute("SELECT GET_LOCK(CONCAT('memo.migrate.', MD5(DATABASE())), 0)").has_value());
  const auto store = NewStore(fresh);
  EXPECT_EQ(store->Migrate(1s).error().kind, ErrorKind::kTimeout);
  // A current schema needs no lock.
  EXPECT_TRUE(store_->Migrate(1s).has_value());
}

}  // namespace
}  // namespace scv::memo
