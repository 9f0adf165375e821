// What store.h promises about accounts, keys, seeds, upkeep and the schema.
#include <algorithm>

#include "memo/store/migrations.h"
#include "memo/store/store_contract.h"

namespace scv::memo {
namespace {

using Status = WriteStatus;

WriteCommand SignUp(AccountId id, std::string username) {
  return MakeCommand({0, 0}, CreateAccount{{id, std::move(username), "hash", 1, kTestNow}});
}

TEST_P(StoreContract, AUserNameIsTakenOnce) {
  const WriteCommand hong = SignUp(11, "hong");
  const auto written = WriteAll(*session_, {hong, SignUp(12, "hong"), SignUp(13, "kim"), hong});
  EXPECT_EQ(written[0].answer.status, Status::kApplied);
  EXPECT_EQ(written[0].answer.account, (Account{11, "hong", "", 1, kTestNow}));
  EXPECT_EQ(written[1].answer.status, Status::kUsernameTaken);
  EXPECT_EQ(written[2].answer.status, Status::kApplied);
  EXPECT_TRUE(written[3].answer.replayed);
  EXPECT_EQ(written[3].answer.account, written[0].answer.account);
  EXPECT_EQ(WriteOne(*session_, SignUp(14, "hong")).answer.status, Status::kUsernameTaken);
}

TEST_P(StoreContract, ATakenAccountIdIsRefusedAlone) {
  WriteOne(*session_, SignUp(11, "hong"));
  const auto written = WriteAll(*session_, {SignUp(11, "kim"), SignUp(12, "lee")});
  EXPECT_EQ(written[0].failure.kind, ErrorKind::kInvalid);
  EXPECT_NE(written[0].failure.message, "");
  EXPECT_EQ(written[1].answer.status, Status::kApplied);
  EXPECT_EQ(ReadOne(*session_, FindAccount{"kim"}).status, ReadStatus::kNotFound);
}

TEST_P(StoreContract, SignUpKeysAreNotThoseOfAnAccount) {
  const WriteCommand hong = SignUp(11, "hong");
  WriteCommand memo = MakeCommand({11, 1}, MakeCreate(TestId(1), "title"));
  memo.key = hong.key;
  WriteCommand kim = SignUp(12, "kim");
  kim.key = hong.key;
  const auto written = WriteAll(*session_, {hong, memo, kim});
  EXPECT_EQ(written[1].answer.status, Status::kApplied);
  EXPECT_FALSE(written[1].answer.replayed);
  EXPECT_EQ(written[2].answer.status, Status::kKeyReused);
}

TEST_P(StoreContract, ANewPasswordVoidsAllSessions) {
  const Caller caller = NewAccount("hong");
  const auto answer = WriteOne(*session_, MakeCommand(caller, SetPassword{"new hash"})).answer;
  EXPECT_EQ(answer.status, Status::kApplied);
  EXPECT_EQ(answer.account, (Account{caller.account, "hong", "", 2, kTestNow}));
  EXPECT_EQ(ReadOne(*session_, FindCaller{caller}).status, ReadStatus::kUnauthenticated);
  const auto now = ReadOne(*session_, FindCaller{{caller.account, 2}});
  EXPECT_EQ(now.status, ReadStatus::kFound);
  EXPECT_EQ(now.account.password_hash, "new hash");
}

TEST_P(StoreContract, RevokingKeepsThePassword) {
  const Caller caller = NewAccount("hong");
  EXPECT_EQ(WriteOne(*session_, MakeCommand(caller, RevokeSessions{})).answer.account.token_version,
            2u);
  EXPECT_EQ(ReadOne(*session_, FindAccount{"hong"}).account.password_hash, "hash of hong");
}

TEST_P(StoreContract, TheSessionThatAskedLearnsThatItWasDone) {
  for (const WriteOperation& operation :
       {WriteOperation(SetPassword{"new hash"}), WriteOperation(RevokeSessions{})}) {
    const Caller caller = NewAccount("hong" + std::to_string(operation.index()));
    const WriteCommand command = MakeCommand(caller, operation);
    const auto first = WriteOne(*session_, command).answer;
    const auto repeat = WriteOne(*session_, command).answer;
    EXPECT_EQ(repeat.status, Status::kApplied);
    EXPECT_TRUE(repeat.replayed);
    EXPECT_EQ(repeat.account, first.account);
    // The new session may ask, too; it is good.
    WriteCommand signed_in = command;
    signed_in.caller.token_version = 2;
    EXPECT_TRUE(WriteOne(*session_, signed_in).answer.replayed);
    // Nothing was done twice.
    EXPECT_EQ(ReadOne(*session_, FindCaller{{caller.account, 2}}).status, ReadStatus::kFound);
  }
}

TEST_P(StoreContract, OtherVoidSessionsLearnNothing) {
  const Caller first = NewAccount("hong");
  const Caller second{first.account, 2};
  WriteOne(*session_, MakeCommand(first, RevokeSessions{}));
  const WriteCommand command = MakeCommand(second, SetPassword{"new hash"});
  EXPECT_EQ(WriteOne(*session_, command).answer.status, Status::kApplied);
  WriteCommand stolen = command;
  stolen.caller = first;
  const auto answer = WriteOne(*session_, stolen).answer;
  EXPECT_EQ(answer.status, Status::kUnauthenticated);
  EXPECT_EQ(answer.account, Account{});
  WriteCommand reused = MakeCommand(second, SetPassword{"another"});
  reused.key = command.key;
  EXPECT_EQ(WriteOne(*session_, reused).answer.status, Status::kUnauthenticated);
  reused.caller.token_version = 3;
  EXPECT_EQ(WriteOne(*session_, reused).answer.status, Status::kKeyReused);
}

TEST_P(StoreContract, OperatorsListAccountsAndResetPasswords) {
  for (const char* name : {"kim", "hong", "lee.2", "lee-1", "lee_3"}) NewAccount(name);
  const auto all = session_->ListAccounts("", 100);
  ASSERT_TRUE(all.has_value());
  std::vector<std::string> names;
  for (const Account& account : *all) {
    names.push_back(account.username);
    EXPECT_EQ(account.password_hash, "");
    EXPECT_EQ(account.token_version, 1u);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"hong", "kim", "lee-1", "lee.2", "lee_3"}));
  const auto some = session_->ListAccounts("hong", 2);
  ASSERT_EQ(some->size(), 2u);
  EXPECT_EQ(some->back().username, "lee-1");

  ASSERT_TRUE(session_->ResetPassword("kim", "reset").has_value());
  const Account kim = ReadOne(*session_, FindAccount{"kim"}).account;
  EXPECT_EQ(kim.password_hash, "reset");
  EXPECT_EQ(kim.token_version, 2u);
  EXPECT_EQ(ReadOne(*session_, FindAccount{"hong"}).account.token_version, 1u);
  EXPECT_EQ(session_->ResetPassword("nobody", "x").error().kind, ErrorKind::kNotFound);
}

TEST_P(StoreContract, OneSigningKeyIsInUse) {
  EXPECT_TRUE(session_->SigningKeys()->empty());
  SigningKey key;
  key.created_at = kTestNow;
  for (std::size_t i = 0; i < key.secret.size(); ++i) {
    key.secret[i] = static_cast<std::uint8_t>(i * 8);
  }
  ASSERT_TRUE(session_->AddSigningKey(key, true, 0).has_value());
  const auto second_secret = std::array<std::uint8_t, 32>{0xff};
  ASSERT_TRUE(session_->AddSigningKey({0, second_secret, kTestNow + 1, 0}, true, 5).has_value());
  const auto one = session_->SigningKeys();
  ASSERT_EQ(one->size(), 1u);
  EXPECT_EQ(one->front().secret, key.secret);
  EXPECT_EQ(one->front().created_at, kTestNow);
  EXPECT_EQ(one->front().retired_at, 0);

  const Millis until = kTestNow + 1000;
  ASSERT_TRUE(session_->AddSigningKey({0, second_secret, kTestNow + 1, 0}, false, until));
  ASSERT_TRUE(session_->AddSigningKey({0, key.secret, kTestNow + 2, 0}, false, until + 1));
  const auto three = session_->SigningKeys();
  ASSERT_EQ(three->size(), 3u);
  EXPECT_GT((*three)[0].kid, (*three)[1].kid);
  EXPECT_GT((*three)[1].kid, (*three)[2].kid);
  EXPECT_EQ((*three)[0].retired_at, 0);
  EXPECT_EQ((*three)[1].retired_at, until + 1);
  EXPECT_EQ((*three)[2].retired_at, until);
}

Memo SeedMemo(std::uint64_t n) {
  Memo memo;
  memo.id = TestId(n);
  memo.title = "seed " + std::to_string(n);
  memo.content = "환영합니다";
  memo.pinned = n == 1;
  memo.created_at = memo.updated_at = kTestNow;
  return memo;
}

TEST_P(StoreContract, TheSeedIsSownOnce) {
  const Account demo{77, "demo", "!", 1, kTestNow};
  const std::vector<Memo> memos = {SeedMemo(1), SeedMemo(2)};
  EXPECT_EQ(session_->SeedOnce(demo, memos).value(), true);
  EXPECT_EQ(GetOne(*session_, {77, 1}, TestId(1)), memos[0]);
  EXPECT_EQ(ReadOne(*session_, FindAccount{"demo"}).account, demo);
  harness_->Execute("DELETE FROM memo");
  harness_->Execute("DELETE FROM account");
  EXPECT_EQ(session_->SeedOnce(demo, memos).value(), false);
  EXPECT_EQ(ReadOne(*session_, FindAccount{"demo"}).status, ReadStatus::kNotFound);
}

TEST_P(StoreContract, ASeedWhoseNameIsTakenLeavesNothing) {
  NewAccount("demo");
  const std::vector<Memo> memos = {SeedMemo(1)};
  const auto refused = session_->SeedOnce({77, "demo", "!", 1, kTestNow}, memos);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(session_->SeedOnce({77, "demo2", "!", 1, kTestNow}, memos).value(), true);
}

TEST_P(StoreContract, ExpiryForgetsOldKeysAndOldTrash) {
  const Caller caller = NewAccount("hong");  // leaves a record of kTestNow
  const auto at = [&](Millis now, WriteOperation operation) {
    WriteCommand command = MakeCommand(caller, std::move(operation));
    command.now = now;
    WriteOne(*session_, command);
    return command;
  };
  CreateMemo trashed = MakeCreate(TestId(1, 1000), "old trash");
  trashed.state = MemoState::kTrashed;
  const WriteCommand old = at(1000, trashed);
  trashed.id = TestId(2, 1001);
  const WriteCommand young = at(2000, trashed);
  at(1000, MakeCreate(TestId(3, 1000), "old, but active"));

  EXPECT_EQ(session_->Expire(1000, 1000, 100).value(), 0u);
  // Two records and one memo.
  EXPECT_EQ(session_->Expire(2000, 2000, 100).value(), 3u);
  EXPECT_EQ(session_->Expire(2000, 2000, 100).value(), 0u);
  EXPECT_EQ(ReadOne(*session_, GetMemo{caller, TestId(1, 1000), std::nullopt}).status,
            ReadStatus::kNotFound);
  EXPECT_EQ(GetOne(*session_, caller, TestId(3, 1000)).title, "old, but active");
  EXPECT_TRUE(WriteOne(*session_, young).answer.replayed);
  EXPECT_FALSE(WriteOne(*session_, old).answer.replayed);
}

TEST_P(StoreContract, ExpiryKeepsToItsLimit) {
  const Caller caller = NewAccount("hong");
  std::uint64_t id = 0;
  for (std::size_t batch = 0; batch < 10; ++batch) {
    std::vector<WriteCommand> commands;
    for (std::size_t i = 0; i < Store::kBatchMax; ++i) {
      CreateMemo create = MakeCreate(TestId(++id, 1000), "trash");
      create.state = MemoState::kTrashed;
      commands.push_back(MakeCommand(caller, create));
      commands.back().now = 1000;
    }
    WriteAll(*session_, commands);
  }
  EXPECT_EQ(session_->Expire(2000, 0, 10).value(), 10u);
  EXPECT_EQ(session_->Expire(0, 2000, 7).value(), 7u);
  EXPECT_EQ(session_->Expire(2000, 2000, 600).value(), 1200u);
  EXPECT_EQ(session_->Expire(2000, 2000, 600).value(), 30u + 33u);
}

TEST_P(StoreContract, MigratingAgainChangesNothing) {
  const Caller caller = NewAccount("hong");
  ASSERT_TRUE(store_->Migrate(kTestTimeout).has_value());
  ASSERT_TRUE(session_->Check().has_value());
  EXPECT_EQ(ReadOne(*session_, FindCaller{caller}).status, ReadStatus::kFound);
}

TEST_P(StoreContract, ANewerSchemaIsRefused) {
  harness_->Execute("INSERT INTO schema_version (version, name, applied_at) VALUES (99, 'x', 0)");
  const auto store = harness_->NewStore();
  const auto migrated = store->Migrate(kTestTimeout);
  ASSERT_FALSE(migrated.has_value());
  EXPECT_EQ(migrated.error().kind, ErrorKind::kConflict);
  EXPECT_NE(migrated.error().message.find("99"), std::string::npos) << migrated.error().message;
  EXPECT_EQ(session_->Check().error().kind, ErrorKind::kConflict);
}

TEST_P(StoreContract, AnOlderSchemaFailsTheCheckUntilItIsMigrated) {
  harness_->Execute("DELETE FROM schema_version WHERE version = " +
                    std::to_string(SchemaVersion()));
  EXPECT_EQ(session_->Check().error().kind, ErrorKind::kConflict);
  ASSERT_TRUE(store_->Migrate(kTestTimeout).has_value());
  EXPECT_TRUE(session_->Check().has_value());
}

}  // namespace
}  // namespace scv::memo
