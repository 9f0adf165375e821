// Writers are killed with SIGKILL at random moments. Afterwards every acknowledged command is
// there, none twice, and each batch is there as a whole or not at all. (What a power cut would do
// is up to the disk: docs/storage.md.)
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "memo/store/sqlite_test_harness.h"

namespace scv::memo {
namespace {

constexpr Caller kHong{11, 1};
constexpr int kRounds = 20;
constexpr std::uint32_t kWriters = 2;

Uuid CounterId(std::uint32_t writer) { return TestId(writer + 1, kTestNow + 1); }

// The same commands in the child that writes them and in the parent that verifies them.
std::vector<WriteCommand> Batch(std::uint32_t round, std::uint32_t writer, std::uint32_t number) {
  const std::string name =
      std::to_string(round) + "/" + std::to_string(writer) + "/" + std::to_string(number) + "/";
  std::mt19937_64 random(std::hash<std::string>()(name));
  const auto command = [&](const std::string& part, WriteOperation operation) {
    return WriteCommand{kHong, DigestOf("key " + name + part), DigestOf("request " + name + part),
                        kTestNow, std::move(operation)};
  };
  std::vector<WriteCommand> commands;
  for (std::uint64_t n = random() % 28 + 1; n > 0; --n) {
    const Uuid id =
        TestId(((std::uint64_t{round} * kWriters + writer) * 100'000 + number) * 100 + n);
    commands.push_back(command(std::to_string(n), MakeCreate(id, name + std::to_string(n),
                                                             std::string(random() % 6000, 'c'))));
  }
  commands.push_back(command(
      "count", PatchMemo{CounterId(writer), std::nullopt, name, std::nullopt, std::nullopt}));
  return commands;
}

// Writes batches for ever and tells the number of each acknowledged one.
[[noreturn]] void WriteUntilKilled(const std::filesystem::path& file, std::uint32_t round,
                                   std::uint32_t writer, int acknowledged) {
  const auto store = MakeSqliteStore({.path = file});
  auto session = store ? (*store)->Open(kTestTimeout) : std::unexpected(store.error());
  for (std::uint32_t number = 0; session; ++number) {
    WriteAll(**session, Batch(round, writer, number));
    if (testing::Test::HasFailure()) break;
    if (::write(acknowledged, &number, sizeof(number)) != sizeof(number)) break;
  }
  ::_exit(1);
}

class Victim {
 public:
  Victim(const std::filesystem::path& file, std::uint32_t round, std::uint32_t writer) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      WriteUntilKilled(file, round, writer, ends[1]);
    }
    ::close(ends[1]);
    acknowledged_ = ends[0];
  }

  // Lets it acknowledge `batches`, then up to `more_ms` more, and kills it in whatever it does.
  // Returns how many batches it acknowledged.
  std::uint32_t KillAfter(std::uint32_t batches, int more_ms) {
    std::uint32_t count = 0;
    std::uint32_t number = 0;
    while (count < batches && ReadNumber(number)) EXPECT_EQ(number, count++);
    pollfd dead{-1, 0, 0};
    ::poll(&dead, 0, more_ms);
    ::kill(pid_, SIGKILL);
    while (ReadNumber(number)) EXPECT_EQ(number, count++);
    ::close(acknowledged_);
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself";
    return count;
  }

 private:
  bool ReadNumber(std::uint32_t& number) {
    return ::read(acknowledged_, &number, sizeof(number)) == sizeof(number);
  }

  pid_t pid_ = -1;
  int acknowledged_ = -1;
};

class SqliteCrashTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = harness_.NewStore();
    ASSERT_TRUE(store_->Migrate(kTestTimeout).has_value());
    const auto session = std::move(*store_->Open(kTestTimeout));
    WriteOne(*session, MakeCommand({0, 0}, CreateAccount{{11, "hong", "hash", 1, kTestNow}}));
    for (std::uint32_t writer = 0; writer < kWriters; ++writer) {
      WriteOne(*session, MakeCommand(kHong, MakeCreate(CounterId(writer), "0")));
    }
  }

  // Repeats what one writer did in a round; the number of batches that are in the database now.
  std::uint32_t Verify(StoreSession& session, std::uint32_t round, std::uint32_t writer,
                       std::uint32_t acknowledged) {
    for (std::uint32_t number = 0; number < acknowledged; ++number) {
      const auto batch = Batch(round, writer, number);
      const auto repeated = WriteAll(session, batch);
      for (std::size_t i = 0; i < batch.size(); ++i) {
        EXPECT_TRUE(repeated[i].answer.replayed) << "an acknowledged command is missing";
        CheckReceipt(session, batch[i], repeated[i].answer);
      }
    }
    // The one under way at the end is there as a whole, or not at all and is done now.
    const auto cut_short = WriteAll(session, Batch(round, writer, acknowledged));
    for (const Written& written : cut_short) {
      EXPECT_EQ(written.answer.status, WriteStatus::kApplied);
      EXPECT_EQ(written.answer.replayed, cut_short.front().answer.replayed);
    }
    return acknowledged + 1;
  }

  void CheckReceipt(StoreSession& session, const WriteCommand& command, const WriteAnswer& answer) {
    EXPECT_EQ(answer.status, WriteStatus::kApplied);
    if (const auto* create = std::get_if<CreateMemo>(&command.operation)) {
      const Memo memo = GetOne(session, kHong, create->id);
      EXPECT_EQ(answer.memo, memo);
      EXPECT_EQ(memo.title, create->title);
      EXPECT_EQ(memo.content, create->content);
    }
  }

  std::size_t CountMemos(StoreSession& session) {
    std::size_t count = 0;
    ListMemos list = MakeList(kHong);
    list.limit = 1000;
    for (bool more = true; more;) {
      const ReadAnswer page = ReadOne(session, list);
      count += page.memos.size();
      more = page.more;
      if (more) list.before = page.memos.back().id;
    }
    return count;
  }

  SqliteHarness harness_;
  std::unique_ptr<Store> store_;
};

TEST_F(SqliteCrashTest, WhatWasAcknowledgedIsThereOnce) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::array<std::uint32_t, kWriters> batches{};
  std::size_t creates = 0;
  for (std::uint32_t round = 0; round < kRounds && !HasFailure(); ++round) {
    std::array<std::unique_ptr<Victim>, kWriters> victims;
    for (std::uint32_t writer = 0; writer < kWriters; ++writer) {
      victims[writer] = std::make_unique<Victim>(harness_.file(), round, writer);
    }
    std::array<std::uint32_t, kWriters> acknowledged{};
    for (std::uint32_t writer = 0; writer < kWriters; ++writer) {
      acknowledged[writer] = victims[writer]->KillAfter(static_cast<std::uint32_t>(random() % 12),
                                                        static_cast<int>(random() % 8));
    }
    const auto session = std::move(*store_->Open(kTestTimeout));
    for (std::uint32_t writer = 0; writer < kWriters; ++writer) {
      const std::uint32_t done = Verify(*session, round, writer, acknowledged[writer]);
      batches[writer] += done;
      for (std::uint32_t number = 0; number < done; ++number) {
        creates += Batch(round, writer, number).size() - 1;
      }
    }
  }
  const auto session = std::move(*store_->Open(kTestTimeout));
  for (std::uint32_t writer = 0; writer < kWriters; ++writer) {
    EXPECT_EQ(GetOne(*session, kHong, CounterId(writer)).version, batches[writer] + 1);
  }
  EXPECT_EQ(CountMemos(*session), creates + kWriters);
}

}  // namespace
}  // namespace scv::memo
