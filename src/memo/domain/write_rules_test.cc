#include "memo/domain/write_rules.h"

#include <gtest/gtest.h>

namespace scv::memo {
namespace {

constexpr Millis kNow = 1'795'327'200'000;

Uuid Id(std::uint8_t n) { return MakeUuidV7(kNow - 1000, {n}); }

Memo Existing() {
  Memo memo;
  memo.id = Id(1);
  memo.title = "title";
  memo.content = "content";
  memo.version = 3;
  memo.created_at = kNow - 1000;
  memo.updated_at = kNow - 500;
  return memo;
}

WriteCommand Command(WriteOperation operation) {
  WriteCommand command;
  command.caller = {7, 1};
  command.now = kNow;
  command.operation = std::move(operation);
  return command;
}

TEST(WriteRules, CreateMakesVersionOne) {
  const auto decision =
      DecideMemoWrite(Command(CreateMemo{Id(2), "t", "c", true, MemoState::kActive}), std::nullopt);
  EXPECT_EQ(decision.effect, RowEffect::kInsert);
  EXPECT_EQ(decision.answer.memo.version, 1u);
  EXPECT_EQ(decision.answer.memo.created_at, kNow - 1000);
  EXPECT_EQ(decision.answer.memo.updated_at, kNow);
  EXPECT_TRUE(decision.answer.memo.pinned);
}

TEST(WriteRules, AnImportedTrashedMemoIsNotPinned) {
  const auto decision = DecideMemoWrite(
      Command(CreateMemo{Id(2), "t", "c", true, MemoState::kTrashed}), std::nullopt);
  EXPECT_FALSE(decision.answer.memo.pinned);
  EXPECT_EQ(decision.answer.memo.deleted_at, kNow);
}

TEST(WriteRules, EditRaisesTheVersion) {
  const auto decision =
      DecideMemoWrite(Command(ReplaceMemo{Id(1), 3, "new", "text", std::nullopt}), Existing());
  EXPECT_EQ(decision.effect, RowEffect::kUpdate);
  EXPECT_EQ(decision.answer.memo.version, 4u);
  EXPECT_EQ(decision.answer.memo.title, "new");
  EXPECT_EQ(decision.answer.memo.updated_at, kNow);
}

TEST(WriteRules, StaleIfMatchChangesNothingAndShowsTheCurrentMemo) {
  for (const WriteOperation& operation :
       {WriteOperation(ReplaceMemo{Id(1), 2, "x", "y", std::nullopt}),
        WriteOperation(PatchMemo{Id(1), 2, "x", std::nullopt, std::nullopt}),
        WriteOperation(TrashMemo{Id(1), 2}), WriteOperation(RestoreMemo{Id(1), 4}),
        WriteOperation(PurgeMemo{Id(1), 9})}) {
    const auto decision = DecideMemoWrite(Command(operation), Existing());
    EXPECT_EQ(decision.effect, RowEffect::kNone);
    EXPECT_EQ(decision.answer.status, WriteStatus::kVersionConflict);
    EXPECT_EQ(decision.answer.memo, Existing());
  }
}

TEST(WriteRules, PatchChangesOnlyWhatItNames) {
  const auto decision = DecideMemoWrite(
      Command(PatchMemo{Id(1), std::nullopt, std::nullopt, std::nullopt, true}), Existing());
  EXPECT_EQ(decision.answer.memo.title, "title");
  EXPECT_TRUE(decision.answer.memo.pinned);
}

TEST(WriteRules, TrashAndRestoreAreIdempotent) {
  auto trashed = DecideMemoWrite(Command(TrashMemo{Id(1), std::nullopt}), Existing()).answer.memo;
  EXPECT_EQ(trashed.state, MemoState::kTrashed);
  EXPECT_EQ(trashed.deleted_at, kNow);
  const auto again = DecideMemoWrite(Command(TrashMemo{Id(1), std::nullopt}), trashed);
  EXPECT_EQ(again.effect, RowEffect::kNone);
  EXPECT_EQ(again.answer.status, WriteStatus::kUnchanged);
  const auto restored = DecideMemoWrite(Command(RestoreMemo{Id(1), std::nullopt}), trashed);
  EXPECT_EQ(restored.answer.memo.state, MemoState::kActive);
  EXPECT_EQ(restored.answer.memo.deleted_at, 0);
}

TEST(WriteRules, TrashProtectsFromEditsAndOnlyTrashIsPurged) {
  Memo trashed = Existing();
  trashed.state = MemoState::kTrashed;
  EXPECT_EQ(
      DecideMemoWrite(Command(ReplaceMemo{Id(1), std::nullopt, "x", "y", std::nullopt}), trashed)
          .answer.status,
      WriteStatus::kMemoTrashed);
  EXPECT_EQ(DecideMemoWrite(Command(PurgeMemo{Id(1), std::nullopt}), Existing()).answer.status,
            WriteStatus::kMemoNotTrashed);
  EXPECT_EQ(DecideMemoWrite(Command(PurgeMemo{Id(1), std::nullopt}), trashed).effect,
            RowEffect::kDelete);
}

TEST(WriteRules, UpdatedAtNeverRunsBackwards) {
  Memo ahead = Existing();
  ahead.updated_at = kNow + 5000;
  const auto decision = DecideMemoWrite(
      Command(PatchMemo{Id(1), std::nullopt, "x", std::nullopt, std::nullopt}), ahead);
  EXPECT_EQ(decision.answer.memo.updated_at, kNow + 5000);
}

TEST(WriteRules, MissingMemoIsNotFound) {
  EXPECT_EQ(DecideMemoWrite(Command(TrashMemo{Id(1), 3}), std::nullopt).answer.status,
            WriteStatus::kNotFound);
}

WriteAnswer RoundTrip(const WriteCommand& command, const WriteAnswer& answer) {
  return DecodeReceipt(EncodeReceipt(command, answer), command).value();
}

TEST(Receipt, GivesTheSameAnswerAgain) {
  for (const WriteOperation& operation :
       {WriteOperation(CreateMemo{Id(2), "제목", "내용", false, MemoState::kActive}),
        WriteOperation(ReplaceMemo{Id(1), 3, "new", "text", true}),
        WriteOperation(PatchMemo{Id(1), 3, "only the title", std::nullopt, std::nullopt}),
        WriteOperation(TrashMemo{Id(1), std::nullopt})}) {
    const auto command = Command(operation);
    auto first = DecideMemoWrite(command, Existing()).answer;
    const auto second = RoundTrip(command, first);
    EXPECT_TRUE(second.replayed);
    EXPECT_EQ(second.status, WriteStatus::kApplied);
    EXPECT_EQ(second.memo, first.memo);
  }
}

TEST(Receipt, KeepsAccountsWithoutTheHash) {
  Account account{42, "hong", "secret-hash", 1, kNow};
  const auto command = Command(CreateAccount{account});
  WriteAnswer answer;
  answer.status = WriteStatus::kApplied;
  answer.account = account;
  const std::string receipt = EncodeReceipt(command, answer);
  EXPECT_EQ(receipt.find("secret-hash"), std::string::npos);
  account.password_hash.clear();
  EXPECT_EQ(DecodeReceipt(receipt, command).value().account, account);
}

TEST(Receipt, LeavesOutWhatTheRepeatCarries) {
  const auto command = Command(
      CreateMemo{Id(2), std::string(200, 't'), std::string(20000, 'c'), false, MemoState::kActive});
  const auto answer = DecideMemoWrite(command, std::nullopt).answer;
  EXPECT_LT(EncodeReceipt(command, answer).size(), 64u);
}

TEST(Receipt, DamageIsAnErrorNotACrash) {
  const auto command = Command(TrashMemo{Id(1), std::nullopt});
  const auto receipt = EncodeReceipt(command, DecideMemoWrite(command, Existing()).answer);
  for (std::size_t length = 0; length < receipt.size(); ++length) {
    EXPECT_FALSE(DecodeReceipt(receipt.substr(0, length), command).has_value()) << length;
  }
  EXPECT_FALSE(DecodeReceipt(receipt + "x", command).has_value());
  EXPECT_FALSE(DecodeReceipt("\x02" + receipt.substr(1), command).has_value());
}

}  // namespace
}  // namespace scv::memo
