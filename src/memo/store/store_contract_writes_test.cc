// What store.h promises about writes of memos: rules, keys, batches.
#include "memo/domain/memo_limits.h"
#include "memo/store/store_contract.h"

namespace scv::memo {
namespace {

using Status = WriteStatus;

WriteOperation Retitle(Uuid id, std::optional<std::uint32_t> expected, std::string title) {
  return PatchMemo{id, expected, std::move(title), std::nullopt, std::nullopt};
}

TEST_P(StoreContract, AMemoGoesThroughItsWholeLife) {
  const Caller caller = NewAccount("hong");
  const Uuid id = NewMemo(caller, 1, "first", "content").id;
  const auto write = [&](WriteOperation operation, Millis later) {
    WriteCommand command = MakeCommand(caller, std::move(operation));
    command.now = kTestNow + later;
    return WriteOne(*session_, command).answer;
  };
  const auto replaced = write(ReplaceMemo{id, 1, "second", "other", true}, 10);
  EXPECT_EQ(replaced.status, Status::kApplied);
  EXPECT_EQ(replaced.memo.version, 2u);
  EXPECT_EQ(GetOne(*session_, caller, id), replaced.memo);
  const auto patched = write(Retitle(id, 2, "third"), 20);
  EXPECT_EQ(patched.memo.content, "other");
  EXPECT_TRUE(patched.memo.pinned);
  EXPECT_EQ(GetOne(*session_, caller, id), patched.memo);
  const auto trashed = write(TrashMemo{id, std::nullopt}, 30);
  EXPECT_EQ(trashed.memo.deleted_at, kTestNow + 30);
  EXPECT_EQ(GetOne(*session_, caller, id), trashed.memo);
  EXPECT_EQ(write(Retitle(id, std::nullopt, "x"), 35).status, Status::kMemoTrashed);
  const auto restored = write(RestoreMemo{id, 4}, 40);
  EXPECT_EQ(restored.memo.version, 5u);
  EXPECT_EQ(GetOne(*session_, caller, id), restored.memo);
  EXPECT_EQ(write(PurgeMemo{id, std::nullopt}, 50).status, Status::kMemoNotTrashed);
  write(TrashMemo{id, std::nullopt}, 60);
  EXPECT_EQ(write(PurgeMemo{id, 6}, 70).status, Status::kApplied);
  EXPECT_EQ(ReadOne(*session_, GetMemo{caller, id, std::nullopt}).status, ReadStatus::kNotFound);
  EXPECT_EQ(write(RestoreMemo{id, std::nullopt}, 80).status, Status::kNotFound);
}

TEST_P(StoreContract, AStaleVersionChangesNothingAndShowsTheCurrentMemo) {
  const Caller caller = NewAccount("hong");
  const Memo memo = NewMemo(caller, 1, "title", "content");
  const auto answer = WriteOne(*session_, MakeCommand(caller, Retitle(memo.id, 7, "x"))).answer;
  EXPECT_EQ(answer.status, Status::kVersionConflict);
  EXPECT_EQ(answer.memo, memo);
  EXPECT_EQ(GetOne(*session_, caller, memo.id), memo);
}

TEST_P(StoreContract, NobodyChangesTheMemosOfAnother) {
  const Caller hong = NewAccount("hong");
  const Caller kim = NewAccount("kim");
  const Memo memo = NewMemo(hong, 1, "title");
  for (const WriteOperation& operation :
       {WriteOperation(ReplaceMemo{memo.id, 1, "x", "y", std::nullopt}), Retitle(memo.id, 1, "x"),
        WriteOperation(TrashMemo{memo.id, std::nullopt}), WriteOperation(RestoreMemo{memo.id, 1}),
        WriteOperation(PurgeMemo{memo.id, std::nullopt})}) {
    EXPECT_EQ(WriteOne(*session_, MakeCommand(kim, operation)).answer.status, Status::kNotFound);
  }
  EXPECT_EQ(GetOne(*session_, hong, memo.id), memo);
}

TEST_P(StoreContract, EveryWriteVerifiesTheTokenVersion) {
  const Caller good = NewAccount("hong");
  const Memo memo = NewMemo(good, 1, "title");
  for (const Caller bad : {Caller{good.account, 2}, Caller{good.account, 0}, Caller{999'999, 1}}) {
    for (const WriteOperation& operation :
         {WriteOperation(MakeCreate(TestId(5), "x")), Retitle(memo.id, std::nullopt, "x"),
          WriteOperation(TrashMemo{memo.id, std::nullopt}), WriteOperation(SetPassword{"x"}),
          WriteOperation(RevokeSessions{})}) {
      const auto answer = WriteOne(*session_, MakeCommand(bad, operation)).answer;
      EXPECT_EQ(answer.status, Status::kUnauthenticated);
      EXPECT_EQ(answer.memo, Memo{});
    }
  }
  EXPECT_EQ(GetOne(*session_, good, memo.id), memo);
  EXPECT_EQ(ReadOne(*session_, FindCaller{good}).account.password_hash, "hash of hong");
}

TEST_P(StoreContract, ARepeatGetsTheFirstAnswerHoweverMuchHappenedSince) {
  const Caller caller = NewAccount("hong");
  const std::string title(200, 't');
  const std::string content(20'000, 'c');
  const Uuid id = TestId(1);
  const std::vector<WriteOperation> life = {
      MakeCreate(id, title, content), ReplaceMemo{id, 1, "second", "other", true},
      Retitle(id, 2, "third"),        TrashMemo{id, std::nullopt},
      RestoreMemo{id, std::nullopt},  TrashMemo{id, 5},
      PurgeMemo{id, std::nullopt},
  };
  std::vector<WriteCommand> commands;
  std::vector<WriteAnswer> first;
  for (const WriteOperation& operation : life) {
    commands.push_back(MakeCommand(caller, operation));
    first.push_back(WriteOne(*session_, commands.back()).answer);
    ASSERT_EQ(first.back().status, Status::kApplied);
    ASSERT_FALSE(first.back().replayed);
  }
  const auto again = WriteAll(*session_, commands);
  for (std::size_t i = 0; i < commands.size(); ++i) {
    EXPECT_EQ(again[i].answer.status, Status::kApplied) << i;
    EXPECT_TRUE(again[i].answer.replayed) << i;
    EXPECT_EQ(again[i].answer.memo, first[i].memo) << i;
  }
  EXPECT_EQ(ReadOne(*session_, GetMemo{caller, id, std::nullopt}).status, ReadStatus::kNotFound);
}

TEST_P(StoreContract, AKeyIsForOneRequestOfOneAccount) {
  const Caller hong = NewAccount("hong");
  const Caller kim = NewAccount("kim");
  const WriteCommand first = MakeCommand(hong, MakeCreate(TestId(1), "first"));
  WriteCommand other = MakeCommand(hong, MakeCreate(TestId(2), "other"));
  other.key = first.key;
  WriteCommand kims = other;
  kims.caller = kim;
  WriteOne(*session_, first);
  EXPECT_EQ(WriteOne(*session_, other).answer.status, Status::kKeyReused);
  EXPECT_EQ(ReadOne(*session_, GetMemo{hong, TestId(2), std::nullopt}).status,
            ReadStatus::kNotFound);
  const auto answer = WriteOne(*session_, kims).answer;
  EXPECT_EQ(answer.status, Status::kApplied);
  EXPECT_FALSE(answer.replayed);
}

TEST_P(StoreContract, ARevokedSessionGetsNoReplay) {
  const Caller caller = NewAccount("hong");
  const WriteCommand command = MakeCommand(caller, MakeCreate(TestId(1), "title"));
  WriteOne(*session_, command);
  WriteOne(*session_, MakeCommand(caller, RevokeSessions{}));
  EXPECT_EQ(WriteOne(*session_, command).answer.status, Status::kUnauthenticated);
}

TEST_P(StoreContract, WhatChangedNothingIsNotRemembered) {
  const Caller caller = NewAccount("hong");
  const Memo memo = NewMemo(caller, 1, "title");
  const WriteCommand restore = MakeCommand(caller, RestoreMemo{memo.id, std::nullopt});
  EXPECT_EQ(WriteOne(*session_, restore).answer.status, Status::kUnchanged);
  const WriteCommand early = MakeCommand(caller, PurgeMemo{memo.id, std::nullopt});
  EXPECT_EQ(WriteOne(*session_, early).answer.status, Status::kMemoNotTrashed);
  const WriteCommand stale = MakeCommand(caller, Retitle(memo.id, 2, "new"));
  EXPECT_EQ(WriteOne(*session_, stale).answer.status, Status::kVersionConflict);
  WriteOne(*session_, MakeCommand(caller, TrashMemo{memo.id, std::nullopt}));
  // The same keys again, now that they would have an effect.
  const auto restored = WriteOne(*session_, restore).answer;
  EXPECT_EQ(restored.status, Status::kApplied);
  EXPECT_FALSE(restored.replayed);
  WriteOne(*session_, MakeCommand(caller, TrashMemo{memo.id, std::nullopt}));
  const auto purged = WriteOne(*session_, early).answer;
  EXPECT_EQ(purged.status, Status::kApplied);
  EXPECT_FALSE(purged.replayed);
}

TEST_P(StoreContract, LaterCommandsOfABatchSeeTheEarlierOnes) {
  const Caller caller = NewAccount("hong");
  const Uuid id = TestId(1);
  const WriteCommand create = MakeCommand(caller, MakeCreate(id, "title", "content"));
  const auto written = WriteAll(
      *session_,
      {create, MakeCommand(caller, Retitle(id, 1, "second")), create,
       MakeCommand(caller, Retitle(id, 1, "stale")), MakeCommand(caller, Retitle(id, 2, "third")),
       MakeCommand(caller, TrashMemo{id, 3}), MakeCommand(caller, PurgeMemo{id, 4}),
       MakeCommand(caller, TrashMemo{id, std::nullopt}), create});
  const std::vector<Status> expected = {
      Status::kApplied,         Status::kApplied,  Status::kApplied,
      Status::kVersionConflict, Status::kApplied,  Status::kApplied,
      Status::kApplied,         Status::kNotFound, Status::kApplied};
  for (std::size_t i = 0; i < written.size(); ++i) {
    EXPECT_EQ(written[i].answer.status, expected[i]) << i;
    EXPECT_EQ(written[i].answer.replayed, i == 2 || i == 8) << i;
    EXPECT_EQ(written[i].failure.message, "") << i;
  }
  EXPECT_EQ(written[3].answer.memo.title, "second");
  EXPECT_EQ(written[8].answer.memo, written[0].answer.memo);
  EXPECT_TRUE(ReadOne(*session_, MakeList(caller)).memos.empty());
}

TEST_P(StoreContract, OneKeyTwiceInABatchIsOneEffect) {
  const Caller caller = NewAccount("hong");
  const WriteCommand first = MakeCommand(caller, MakeCreate(TestId(1), "title"));
  WriteCommand repeat = first;
  // A retry that reached another instance: same key and body, an id minted anew.
  std::get<CreateMemo>(repeat.operation).id = TestId(2);
  WriteCommand other = MakeCommand(caller, MakeCreate(TestId(3), "other"));
  other.key = first.key;
  const auto written = WriteAll(*session_, {first, repeat, other});
  EXPECT_EQ(written[0].answer.status, Status::kApplied);
  EXPECT_TRUE(written[1].answer.replayed);
  EXPECT_EQ(written[1].answer.memo, written[0].answer.memo);
  EXPECT_EQ(written[2].answer.status, Status::kKeyReused);
  EXPECT_EQ(ReadOne(*session_, MakeList(caller)).memos.size(), 1u);
}

TEST_P(StoreContract, RevokingInABatchStopsWhatFollowsOfThatAccount) {
  const Caller hong = NewAccount("hong");
  const Caller kim = NewAccount("kim");
  const auto written = WriteAll(
      *session_,
      {MakeCommand(hong, MakeCreate(TestId(1), "before")), MakeCommand(hong, RevokeSessions{}),
       MakeCommand(hong, MakeCreate(TestId(2), "after")),
       MakeCommand(kim, MakeCreate(TestId(3), "kim's")),
       MakeCommand({hong.account, 2}, MakeCreate(TestId(4), "signed in anew"))});
  EXPECT_EQ(written[0].answer.status, Status::kApplied);
  EXPECT_EQ(written[1].answer.account.token_version, 2u);
  EXPECT_EQ(written[2].answer.status, Status::kUnauthenticated);
  EXPECT_EQ(written[3].answer.status, Status::kApplied);
  EXPECT_EQ(written[4].answer.status, Status::kApplied);
}

TEST_P(StoreContract, OneBadCommandHarmsNoNeighbour) {
  const Caller caller = NewAccount("hong");
  NewMemo(caller, 1, "taken");
  for (const std::size_t bad : {std::size_t{0}, std::size_t{13}, std::size_t{27}}) {
    std::vector<WriteCommand> batch;
    for (std::size_t i = 0; i < 28; ++i) {
      const std::uint64_t id = i == bad ? 1 : 1000 * (bad + 1) + i;
      batch.push_back(MakeCommand(caller, MakeCreate(TestId(id), std::to_string(i))));
    }
    const auto written = WriteAll(*session_, batch);
    for (std::size_t i = 0; i < written.size(); ++i) {
      if (i == bad) {
        EXPECT_EQ(written[i].failure.kind, ErrorKind::kInvalid);
        EXPECT_NE(written[i].failure.message, "");
      } else {
        EXPECT_EQ(written[i].failure.message, "") << i;
        EXPECT_EQ(written[i].answer.status, Status::kApplied) << i;
        EXPECT_EQ(GetOne(*session_, caller, written[i].answer.memo.id), written[i].answer.memo);
      }
    }
    // The failed one left no record of its key: put right, the same key works.
    std::get<CreateMemo>(batch[bad].operation).id = TestId(500 + bad);
    EXPECT_FALSE(WriteOne(*session_, batch[bad]).answer.replayed);
    EXPECT_TRUE(WriteAll(*session_, batch)[bad == 0 ? 1 : 0].answer.replayed);
  }
  EXPECT_EQ(GetOne(*session_, caller, TestId(1)).title, "taken");
}

TEST_P(StoreContract, ADamagedReceiptConcernsOnlyItsCommand) {
  const Caller caller = NewAccount("hong");
  const WriteCommand damaged = MakeCommand(caller, MakeCreate(TestId(1), "damaged"));
  WriteOne(*session_, damaged);
  harness_->Execute("UPDATE idempotency SET receipt = x'0100' WHERE account_id = " +
                    std::to_string(caller.account));
  const auto written =
      WriteAll(*session_, {damaged, MakeCommand(caller, MakeCreate(TestId(2), "neighbour"))});
  EXPECT_EQ(written[0].failure.kind, ErrorKind::kInternal);
  EXPECT_NE(written[0].failure.message, "");
  EXPECT_EQ(written[1].failure.message, "");
  EXPECT_EQ(GetOne(*session_, caller, TestId(2)).title, "neighbour");
}

TEST_P(StoreContract, AFullBatchOfTheLargestMemos) {
  const Caller caller = NewAccount("hong");
  std::vector<WriteCommand> batch;
  std::string content;
  for (std::size_t i = 0; i < kContentCodePointsMax; ++i) content += "\xF0\x9F\x98\x80";
  for (std::size_t i = 0; i < Store::kBatchMax; ++i) {
    batch.push_back(MakeCommand(caller, MakeCreate(TestId(i + 1), std::to_string(i), content)));
  }
  for (const Written& written : WriteAll(*session_, batch)) {
    EXPECT_EQ(written.answer.status, Status::kApplied);
  }
  ListMemos list = MakeList(caller);
  list.limit = 1000;
  list.full_content = true;
  const ReadAnswer all = ReadOne(*session_, list);
  ASSERT_EQ(all.memos.size(), Store::kBatchMax);
  for (const Memo& memo : all.memos) EXPECT_EQ(memo.content, content);
}

}  // namespace
}  // namespace scv::memo
