// What store.h promises when several instances and threads use one database at once.
#include <barrier>
#include <thread>

#include "memo/store/store_contract.h"

namespace scv::memo {
namespace {

// Runs `body(i)` in `count` threads that start together.
void InThreads(std::size_t count, const std::function<void(std::size_t)>& body) {
  std::barrier start(static_cast<std::ptrdiff_t>(count));
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      body(i);
    });
  }
}

TEST_P(StoreContract, ManyInstancesMigrateAtOnce) {
  std::string why_not;
  const auto harness = GetParam().make(why_not);
  InThreads(8, [&](std::size_t) {
    const auto store = harness->NewStore();
    const auto migrated = store->Migrate(kTestTimeout);
    EXPECT_TRUE(migrated.has_value()) << migrated.error().message;
    const auto session = NewSession(*store);
    ASSERT_NE(session, nullptr);
    EXPECT_TRUE(session->Check().has_value());
  });
}

TEST_P(StoreContract, NoIncrementIsLost) {
  constexpr std::size_t kThreads = 6;
  constexpr int kIncrements = 25;
  const Caller caller = NewAccount("hong");
  const Uuid id = NewMemo(caller, 1, "0").id;
  InThreads(kThreads, [&](std::size_t i) {
    // Half of them share a store, the others are instances of their own.
    const auto own = i % 2 == 0 ? harness_->NewStore() : nullptr;
    const auto session = NewSession(own ? *own : *store_);
    for (int done = 0; done < kIncrements;) {
      const Memo now = GetOne(*session, caller, id);
      const std::string next = std::to_string(std::stoi(now.title) + 1);
      const PatchMemo patch{id, now.version, next, std::nullopt, std::nullopt};
      const auto status = WriteOne(*session, MakeCommand(caller, patch)).answer.status;
      ASSERT_TRUE(status == WriteStatus::kApplied || status == WriteStatus::kVersionConflict);
      if (status == WriteStatus::kApplied) ++done;
    }
  });
  const Memo memo = GetOne(*session_, caller, id);
  EXPECT_EQ(memo.title, std::to_string(kThreads * kIncrements));
  EXPECT_EQ(memo.version, kThreads * kIncrements + 1);
}

TEST_P(StoreContract, OneKeyFromManyInstancesIsOneEffect) {
  constexpr std::size_t kThreads = 6;
  constexpr std::size_t kRounds = 20;
  const Caller caller = NewAccount("hong");
  std::vector<WriteCommand> commands;
  for (std::size_t round = 0; round < kRounds; ++round) {
    commands.push_back(MakeCommand(caller, MakeCreate(TestId(round), std::to_string(round))));
  }
  std::atomic<std::size_t> first_times = 0;
  std::array<std::array<Memo, kRounds>, kThreads> answers;
  InThreads(kThreads, [&](std::size_t i) {
    const auto store = harness_->NewStore();
    const auto session = NewSession(*store);
    for (std::size_t round = 0; round < kRounds; ++round) {
      WriteCommand command = commands[round];
      std::get<CreateMemo>(command.operation).id = TestId(1000 * (i + 1) + round);
      const auto written = WriteOne(*session, command);
      EXPECT_EQ(written.failure.message, "");
      EXPECT_EQ(written.answer.status, WriteStatus::kApplied);
      if (!written.answer.replayed) ++first_times;
      answers[i][round] = written.answer.memo;
    }
  });
  EXPECT_EQ(first_times, kRounds);
  for (std::size_t i = 1; i < kThreads; ++i) EXPECT_EQ(answers[i], answers[0]);
  EXPECT_EQ(ReadOne(*session_, MakeList(caller)).memos.size(), kRounds);
}

TEST_P(StoreContract, AUserNameIsTakenOnceByWhomeverComesFirst) {
  constexpr std::size_t kThreads = 6;
  std::atomic<std::size_t> made = 0;
  InThreads(kThreads, [&](std::size_t i) {
    const auto session = NewSession();
    for (int round = 0; round < 10; ++round) {
      const auto id = static_cast<AccountId>(100 * (i + 1) + static_cast<std::size_t>(round));
      const Account account{id, "user" + std::to_string(round), "hash", 1, kTestNow};
      const auto written = WriteOne(*session, MakeCommand({0, 0}, CreateAccount{account}));
      EXPECT_EQ(written.failure.message, "");
      if (written.answer.status == WriteStatus::kApplied) ++made;
    }
  });
  EXPECT_EQ(made, 10u);
}

TEST_P(StoreContract, BatchesOfManyThreadsAllArrive) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kBatches = 15;
  constexpr std::size_t kBatch = 28;
  const Caller caller = NewAccount("hong");
  InThreads(kThreads, [&](std::size_t i) {
    const auto session = NewSession();
    for (std::size_t batch = 0; batch < kBatches; ++batch) {
      std::vector<WriteCommand> commands;
      for (std::size_t n = 0; n < kBatch; ++n) {
        const Uuid id = TestId(1 + (i * kBatches + batch) * kBatch + n);
        commands.push_back(MakeCommand(caller, MakeCreate(id, "title")));
      }
      for (const Written& written : WriteAll(*session, commands)) {
        EXPECT_EQ(written.answer.status, WriteStatus::kApplied);
      }
      // What was acknowledged is seen at once, by every session.
      EXPECT_FALSE(ReadOne(*session, MakeList(caller)).memos.empty());
    }
  });
  std::size_t count = 0;
  ListMemos list = MakeList(caller);
  list.limit = 1000;
  for (bool more = true; more;) {
    const ReadAnswer page = ReadOne(*session_, list);
    count += page.memos.size();
    more = page.more;
    list.before = page.memos.back().id;
  }
  EXPECT_EQ(count, kThreads * kBatches * kBatch);
}

TEST_P(StoreContract, ABatchOfReadsIsOfOneMoment) {
  const Caller caller = NewAccount("hong");
  const Uuid left = NewMemo(caller, 1, "0").id;
  const Uuid right = NewMemo(caller, 2, "0").id;
  std::atomic<bool> stop = false;
  std::jthread writer([&] {
    const auto session = NewSession();
    for (int n = 1; n <= 100; ++n) {
      // Both in one batch, so always alike.
      std::vector<WriteCommand> commands;
      for (const Uuid id : {left, right}) {
        const PatchMemo patch{id, std::nullopt, std::to_string(n), std::nullopt, std::nullopt};
        commands.push_back(MakeCommand(caller, patch));
      }
      WriteAll(*session, commands);
    }
    stop = true;
  });
  while (!stop) {
    const auto answers = ReadAll(
        *session_, {GetMemo{caller, left, std::nullopt}, GetMemo{caller, right, std::nullopt}});
    ASSERT_EQ(answers[0].memos.size(), 1u);
    ASSERT_EQ(answers[1].memos.size(), 1u);
    EXPECT_EQ(answers[0].memos.front().title, answers[1].memos.front().title);
  }
}

TEST_P(StoreContract, ManyInstancesSeedOnce) {
  std::atomic<int> sown = 0;
  Memo memo;
  memo.id = TestId(1);
  memo.title = "seed";
  memo.created_at = memo.updated_at = kTestNow;
  InThreads(8, [&](std::size_t i) {
    const auto store = harness_->NewStore();
    const auto session = NewSession(*store);
    const auto id = static_cast<AccountId>(100 + i);
    const auto done = session->SeedOnce({id, "demo", "!", 1, kTestNow}, {&memo, 1});
    ASSERT_TRUE(done.has_value()) << done.error().message;
    if (*done) ++sown;
  });
  EXPECT_EQ(sown, 1);
  EXPECT_EQ(session_->ListAccounts("", 10)->size(), 1u);
}

TEST_P(StoreContract, ManyInstancesMakeOneFirstSigningKey) {
  InThreads(8, [&](std::size_t i) {
    const auto store = harness_->NewStore();
    const auto session = NewSession(*store);
    SigningKey key;
    key.secret.fill(static_cast<std::uint8_t>(i));
    key.created_at = kTestNow;
    EXPECT_TRUE(session->AddSigningKey(key, true, 0).has_value());
    EXPECT_EQ(session->SigningKeys()->size(), 1u);
  });
}

}  // namespace
}  // namespace scv::memo
