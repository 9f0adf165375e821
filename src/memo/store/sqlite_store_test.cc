// What is SQLite's own: the file, its settings, and what becomes of its failures.
#include "memo/store/sqlite_store.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "memo/store/sqlite_test_harness.h"
#include "sqlite/sqlite_connection.h"

namespace scv::memo {
namespace {

constexpr Caller kHong{11, 1};

class SqliteStoreTest : public testing::Test {
 protected:
  std::unique_ptr<Store> Migrated(SqliteOptions options) {
    auto store = MakeSqliteStore(std::move(options));
    EXPECT_TRUE(store.has_value());
    const auto migrated = (*store)->Migrate(kTestTimeout);
    EXPECT_TRUE(migrated.has_value()) << migrated.error().message;
    return std::move(*store);
  }
  std::unique_ptr<StoreSession> OpenWithHong(Store& store) {
    auto session = std::move(*store.Open(kTestTimeout));
    WriteOne(*session, MakeCommand({0, 0}, CreateAccount{{11, "hong", "hash", 1, kTestNow}}));
    return session;
  }
  Result<void> TryCreate(StoreSession& session, std::uint64_t id, std::string content = "") {
    const WriteCommand command =
        MakeCommand(kHong, MakeCreate(TestId(id), "title", std::move(content)));
    const WriteCommand* in = &command;
    WriteAnswer answer;
    WriteAnswer* out = &answer;
    Error failure;
    return session.Write({&in, 1}, {&out, 1}, {&failure, 1});
  }
  std::int64_t Pragma(const std::string& sql) {
    const auto connection = std::move(*SqliteConnection::Open(file_, kTestTimeout, false));
    SqliteStatement statement(*connection, sql);
    SqliteRun row(statement);
    EXPECT_TRUE(row.Step().value());
    return row.Int();
  }

  TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_.path() / "memo.db";
};

TEST_F(SqliteStoreTest, APathThatCannotBeAFileIsRefused) {
  const auto missing = MakeSqliteStore({.path = directory_.path() / "none" / "memo.db"});
  EXPECT_EQ(missing.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(missing.error().message.find("none"), std::string::npos);
  EXPECT_EQ(MakeSqliteStore({.path = directory_.path()}).error().kind, ErrorKind::kInvalid);
}

TEST_F(SqliteStoreTest, OnlyMigratingMakesTheFile) {
  const auto store = std::move(*MakeSqliteStore({.path = file_}));
  const auto session = store->Open(kTestTimeout);
  ASSERT_FALSE(session.has_value());
  EXPECT_EQ(session.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(session.error().message.find("memo.db"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(SqliteStoreTest, OnlyTheOwnerMayReadTheFiles) {
  const mode_t before = ::umask(0);
  const auto store = Migrated({.path = file_});
  const auto session = OpenWithHong(*store);
  ::umask(before);
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat((file_.string() + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(SqliteStoreTest, CommitsAreSynchronousAndReadersDoNotWait) {
  const auto store = Migrated({.path = file_});
  EXPECT_EQ(Pragma("PRAGMA synchronous"), 2);
  EXPECT_EQ(Pragma("SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
}

TEST_F(SqliteStoreTest, AFileThatIsNoDatabaseIsNotTouched) {
  std::ofstream(file_) << std::string(8192, 'x');
  const auto store = std::move(*MakeSqliteStore({.path = file_}));
  const auto migrated = store->Migrate(kTestTimeout);
  ASSERT_FALSE(migrated.has_value());
  EXPECT_EQ(migrated.error().kind, ErrorKind::kInternal);
  EXPECT_NE(migrated.error().message.find("backup"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(file_), 8192u);
}

TEST_F(SqliteStoreTest, AnEmptyFileIsFilled) {
  std::ofstream(file_).flush();
  EXPECT_TRUE(OpenWithHong(*Migrated({.path = file_}))->Check().has_value());
}

TEST_F(SqliteStoreTest, AForeignLockIsUnavailableAfterTheBusyTimeoutAndReadsGoOn) {
  const auto store = Migrated({.path = file_, .busy_timeout = std::chrono::milliseconds(20)});
  const auto session = OpenWithHong(*store);
  const auto other = std::move(*SqliteConnection::Open(file_, kTestTimeout, false));
  ASSERT_TRUE(other->Execute("BEGIN IMMEDIATE").has_value());
  const auto refused = TryCreate(*session, 1);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(ReadOne(*session, FindCaller{kHong}).status, ReadStatus::kFound);
  ASSERT_TRUE(other->Execute("ROLLBACK").has_value());
  EXPECT_TRUE(TryCreate(*session, 1).has_value());
}

TEST_F(SqliteStoreTest, AFileThatWasMovedAwayTakesNoMoreWrites) {
  const auto store = Migrated({.path = file_});
  const auto session = OpenWithHong(*store);
  ASSERT_TRUE(TryCreate(*session, 1).has_value());
  std::filesystem::rename(file_, directory_.path() / "elsewhere.db");
  EXPECT_EQ(TryCreate(*session, 2).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(session->Check().error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(store->Open(kTestTimeout).error().kind, ErrorKind::kUnavailable);
}

TEST_F(SqliteStoreTest, AFullDiskLosesNothingAcknowledged) {
  const auto store = Migrated({.path = file_});
  auto session = OpenWithHong(*store);
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit tight { 1 << 20, before.rlim_max };
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  std::uint64_t acknowledged = 0;
  Result<void> last;
  while (acknowledged < 1000 && last) {
    last = TryCreate(*session, acknowledged + 1, std::string(20'000, 'x'));
    if (last) ++acknowledged;
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  ASSERT_FALSE(last.has_value());
  EXPECT_EQ(last.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(last.error().message.find("memo.db"), std::string::npos) << last.error().message;
  session.reset();
  session = std::move(*store->Open(kTestTimeout));
  ListMemos list = MakeList(kHong);
  list.limit = 1000;
  EXPECT_EQ(ReadOne(*session, list).memos.size(), acknowledged);
  EXPECT_TRUE(TryCreate(*session, 5000).has_value());
}

TEST_F(SqliteStoreTest, ACommandWhoseRecordIsRefusedLeavesNothing) {
  const auto store = Migrated({.path = file_});
  const auto session = OpenWithHong(*store);
  const auto other = std::move(*SqliteConnection::Open(file_, kTestTimeout, false));
  ASSERT_TRUE(
      other->Execute("CREATE TRIGGER refuse BEFORE INSERT ON idempotency"
                     " WHEN new.created_at = 666 BEGIN SELECT RAISE(ABORT, 'no'); END"));
  std::vector<WriteCommand> batch;
  for (std::uint64_t n = 0; n < 5; ++n) {
    batch.push_back(MakeCommand(kHong, MakeCreate(TestId(n), "title")));
  }
  batch[2].now = 666;
  const auto written = WriteAll(*session, batch);
  for (std::uint64_t n = 0; n < 5; ++n) {
    const auto found = ReadOne(*session, GetMemo{kHong, TestId(n), std::nullopt}).status;
    EXPECT_EQ(found, n == 2 ? ReadStatus::kNotFound : ReadStatus::kFound) << n;
    EXPECT_EQ(written[n].failure.message.empty(), n != 2) << n;
  }
  EXPECT_EQ(written[2].failure.kind, ErrorKind::kInvalid);
}

TEST_F(SqliteStoreTest, ASlowSearchIsStoppedAndItsNeighboursAreAnswered) {
  const auto store = Migrated({.path = file_, .search_time_max = std::chrono::milliseconds(1)});
  const auto session = OpenWithHong(*store);
  for (std::uint64_t batch = 0; batch < 20; ++batch) {
    std::vector<WriteCommand> commands;
    for (std::uint64_t n = 0; n < Store::kBatchMax; ++n) {
      commands.push_back(MakeCommand(kHong, MakeCreate(TestId(1 + batch * Store::kBatchMax + n),
                                                       "É", std::string(9000, 'x'))));
    }
    WriteAll(*session, commands);
  }
  ListMemos search = MakeList(kHong);
  search.query = "none of them";
  const GetMemo get{kHong, TestId(1), std::nullopt};
  const auto answers = ReadAll(*session, {get, search, get, MakeList(kHong)});
  EXPECT_EQ(answers[0].status, ReadStatus::kFound);
  EXPECT_EQ(answers[1].status, ReadStatus::kTimedOut);
  EXPECT_EQ(answers[2].status, ReadStatus::kFound);
  EXPECT_EQ(answers[3].memos.size(), 50u);
  EXPECT_TRUE(TryCreate(*session, 100'000).has_value());
}

// Runs `body` in a process of its own; true: it returned true.
bool InProcess(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(SqliteStoreTest, AFileThatMayOnlyBeReadIsReadOnly) {
  Migrated({.path = file_}).reset();
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0555));
  std::filesystem::permissions(file_, std::filesystem::perms(0444));
  EXPECT_TRUE(InProcess([&] {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) return false;
    const auto session = (*MakeSqliteStore({.path = file_}))->Open(kTestTimeout);
    return !session && session.error().kind == ErrorKind::kReadOnly;
  }));
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0700));
}

TEST_F(SqliteStoreTest, ManyProcessesMigrateAtOnce) {
  int start[2];
  ASSERT_EQ(::pipe(start), 0);
  std::vector<pid_t> children;
  for (int n = 0; n < 8; ++n) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(start[1]);
      char end = 0;
      // They are let go together by the end of the pipe.
      if (::read(start[0], &end, 1) != 0) ::_exit(1);
      const auto store = std::move(*MakeSqliteStore({.path = file_}));
      const bool migrated = store->Migrate(kTestTimeout).has_value();
      const auto session = store->Open(kTestTimeout);
      ::_exit(migrated && session && (*session)->Check() ? 0 : 1);
    }
    children.push_back(child);
  }
  ::close(start[0]);
  ::close(start[1]);
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
}

}  // namespace
}  // namespace scv::memo
