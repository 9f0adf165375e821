// What is special to the MariaDB store: TLS, credentials, failover, hung servers, locks, sizes.
#include "memo/store/mariadb_store.h"

#include <atomic>
#include <chrono>
#include <limits>
#include <thread>

#include "memo/store/mariadb_client.h"
#include "memo/store/mariadb_test_server.h"
#include "memo/store/store_contract.h"

namespace scv::memo {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

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
  static Error RefusalOf(const MariadbOptions& options, std::chrono::milliseconds timeout = 5s) {
    auto store = MakeMariadbStore(options);
    if (!store) return store.error();
    const auto session = (*store)->Open(timeout);
    EXPECT_FALSE(session.has_value()) << "opened, although it should not";
    return session ? Error{} : session.error();
  }

  std::unique_ptr<MariadbConnection> Connect(const MariadbOptions& options) {
    auto connection = MariadbConnection::Open(options, {server_->user(), server_->password()}, 5s);
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
    const auto deadline = Clock::now() + 20s;
    const std::string sql =
        "SELECT variable_value FROM information_schema.global_status"
        " WHERE variable_name = 'innodb_row_lock_current_waits'";
    while (server_->Administer(sql).value_or("") != count && Clock::now() < deadline) {
      std::this_thread::yield();
    }
    EXPECT_EQ(server_->Administer(sql).value_or("nothing"), count);
  }

  MariadbTestServer* server_ = nullptr;
  MariadbOptions options_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StoreSession> session_;
};

PatchMemo Retitle(Uuid id, std::string title) {
  return {id, std::nullopt, std::move(title), std::nullopt, std::nullopt};
}

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

// --- Sizes and kinds of data ---------------------------------------------------------------------

TEST_F(MariadbStoreTest, IdsAndVersionsUseTheirWholeRange) {
  for (const AccountId id : {AccountId{1}, std::numeric_limits<AccountId>::max(),
                             AccountId{7'153'696'972'945'787'571}, AccountId{5'000'000'000}}) {
    const std::uint32_t token_version = std::numeric_limits<std::uint32_t>::max() - 1;
    const Caller caller = SignUp(id, token_version);
    const Memo memo = Create(caller, 1, "title");
    EXPECT_EQ(GetOne(*session_, caller, memo.id), memo);
    EXPECT_EQ(WriteOne(*session_, MakeCommand(caller, Retitle(memo.id, "new"))).answer.status,
              WriteStatus::kApplied);
    EXPECT_EQ(ReadOne(*session_, MakeList(caller)).memos.size(), 1u);
    EXPECT_EQ(ReadOne(*session_, GetMemo{{id, token_version - 1}, memo.id, {}}).status,
              ReadStatus::kUnauthenticated);
  }
}

TEST_F(MariadbStoreTest, EverySizeOfBatchIsAnsweredInPlace) {
  const Caller caller = SignUp();
  for (std::uint64_t n = 0; n < 64; n += 2) Create(caller, n, std::to_string(n));
  for (std::size_t size = 1; size <= Store::kBatchMax; ++size) {
    std::vector<ReadQuery> queries;
    for (std::uint64_t n = 0; n < size; ++n) {
      const Caller who = n % 8 == 6 ? Caller{caller.account, 2} : caller;
      queries.push_back(GetMemo{who, TestId(n), std::nullopt});
    }
    const auto answers = ReadAll(*session_, queries);
    for (std::uint64_t n = 0; n < size; ++n) {
      const ReadStatus expected = n % 8 == 6   ? ReadStatus::kUnauthenticated
                                  : n % 2 == 1 ? ReadStatus::kNotFound
                                               : ReadStatus::kFound;
      ASSERT_EQ(answers[n].status, expected) << n << " of " << size;
      if (expected == ReadStatus::kFound) {
        EXPECT_EQ(answers[n].memos.front().title, std::to_string(n));
      }
    }
  }
}

std::string Repeat(std::string_view text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST_F(MariadbStoreTest, TheLongestMemosFillSeveralTransactions) {
  const Caller caller = SignUp();
  const std::string content = Repeat("😀", 20'000);
  std::vector<WriteCommand> creates;
  std::vector<WriteCommand> trashes;
  for (std::uint64_t n = 0; n < Store::kBatchMax; ++n) {
    creates.push_back(MakeCommand(caller, MakeCreate(TestId(n), Repeat("한", 200), content)));
    trashes.push_back(MakeCommand(caller, TrashMemo{TestId(n), std::nullopt}));
  }
  for (const Written& written : WriteAll(*session_, creates)) {
    EXPECT_EQ(written.answer.status, WriteStatus::kApplied);
  }
  // The receipts of these carry the texts: more than one packet of the server.
  for (const Written& written : WriteAll(*session_, trashes)) {
    EXPECT_EQ(written.answer.status, WriteStatus::kApplied);
    EXPECT_EQ(written.answer.memo.content, content);
  }
  for (const Written& repeat : WriteAll(*session_, trashes)) {
    EXPECT_TRUE(repeat.answer.replayed);
    EXPECT_EQ(repeat.answer.memo.content, content);
  }
  EXPECT_EQ(GetOne(*session_, caller, TestId(9)).content, content);
  const auto page = ReadOne(*session_, MakeList(caller));
  EXPECT_EQ(page.memos.back().content, Repeat("😀", 200));
}

TEST_F(MariadbStoreTest, SearchKnowsAccentsButNotCase) {
  const Caller caller = SignUp();
  Create(caller, 1, "résumé");
  Create(caller, 2, "resume");
  Create(caller, 3, "각하");
  Create(caller, 4, "ΟΔΥΣΣΕΥΣ");
  const auto found = [&](std::string query) {
    ListMemos list = MakeList(caller);
    list.query = std::move(query);
    std::vector<std::string> titles;
    for (const Memo& memo : ReadOne(*session_, list).memos) titles.push_back(memo.title);
    return titles;
  };
  using Strings = std::vector<std::string>;
  EXPECT_EQ(found("RÉSUMÉ"), (Strings{"résumé"}));
  EXPECT_EQ(found("Resume"), (Strings{"resume"}));
  EXPECT_EQ(found("가"), (Strings{}));
  EXPECT_EQ(found("각"), (Strings{"각하"}));
  EXPECT_EQ(found("οδυσσευς"), (Strings{"ΟΔΥΣΣΕΥΣ"}));
}

TEST_F(MariadbStoreTest, ALongSearchIsStoppedAlone) {
  const Caller caller = SignUp();
  const Memo memo = Create(caller, 1, "title", Repeat("가나다", 5'000));
  ASSERT_TRUE(server_
                  ->Administer("INSERT INTO memo SELECT account_id, CONCAT('x', LPAD(seq, 15, 0)),"
                               " title, content, 0, 0, 1, 0, 0, 0 FROM memo, seq_1_to_1000",
                               options_.database)
                  .has_value());
  options_.search_time_max = 20ms;
  const auto session = NewSession(*NewStore(options_));
  ListMemos search = MakeList(caller);
  search.query = "not there";
  const auto answers = ReadAll(*session, {search, GetMemo{caller, memo.id, std::nullopt}, search});
  EXPECT_EQ(answers[0].status, ReadStatus::kTimedOut);
  EXPECT_EQ(answers[1].status, ReadStatus::kFound);
  EXPECT_EQ(answers[2].status, ReadStatus::kTimedOut);
  EXPECT_TRUE(answers[2].memos.empty());
  EXPECT_TRUE(session->Check().has_value());
}

TEST_F(MariadbStoreTest, ErrorsQuoteNoText) {
  const Caller caller = SignUp();
  Create(caller, 1, "title");
  const auto written =
      WriteOne(*session_, MakeCommand(caller, MakeCreate(TestId(1), "my secret title")));
  EXPECT_EQ(written.failure.kind, ErrorKind::kInvalid);
  EXPECT_EQ(written.failure.message.find("secret"), std::string::npos);
  const auto connection = Connect(options_);
  const auto failed = connection->Execute("SELECT secret");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().message.find("secret"), std::string::npos) << failed.error().message;
}

TEST(MariadbErrors, AreSortedByWhatTheCallerCanDo) {
  for (const unsigned lost : {2002u, 2003u, 2005u, 2006u, 2013u, 2026u, 2055u, 1040u, 1053u, 1203u,
                              1205u, 1213u, 1317u, 1927u}) {
    EXPECT_EQ(MariadbErrorKind(lost, "HY000"), ErrorKind::kUnavailable) << lost;
  }
  for (const unsigned read_only : {1290u, 1792u, 1836u}) {
    EXPECT_EQ(MariadbErrorKind(read_only, "HY000"), ErrorKind::kReadOnly) << read_only;
  }
  for (const unsigned denied : {1044u, 1045u, 1698u}) {
    EXPECT_EQ(MariadbErrorKind(denied, "28000"), ErrorKind::kDenied) << denied;
  }
  EXPECT_EQ(MariadbErrorKind(1969, "70100"), ErrorKind::kTimeout);
  EXPECT_EQ(MariadbErrorKind(1062, "23000"), ErrorKind::kInvalid);
  EXPECT_EQ(MariadbErrorKind(1406, "22001"), ErrorKind::kInvalid);
  EXPECT_EQ(MariadbErrorKind(1366, "22007"), ErrorKind::kInvalid);
  EXPECT_EQ(MariadbErrorKind(1064, "42000"), ErrorKind::kInternal);
}

}  // namespace
}  // namespace scv::memo
