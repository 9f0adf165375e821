#include "memo/store/store_contract.h"

#include <cstring>
#include <utility>

namespace scv::memo {
namespace {

std::uint64_t NextNumber() {
  static std::atomic<std::uint64_t> next = 1;
  return next++;
}

}  // namespace

Digest128 DigestOf(std::string_view name) {
  // FNV-1a, twice with different starts: the stores only compare these.
  Digest128 digest{};
  for (std::uint64_t half = 0; half < 2; ++half) {
    std::uint64_t hash = 0xcbf29ce484222325 + half;
    for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
    std::memcpy(digest.data() + 8 * half, &hash, sizeof(hash));
  }
  return digest;
}

Uuid TestId(std::uint64_t n, Millis time) {
  std::array<std::uint8_t, 10> random{};
  for (std::size_t i = 0; i < 8; ++i) random[9 - i] = static_cast<std::uint8_t>(n >> (8 * i));
  return MakeUuidV7(time, random);
}

WriteCommand MakeCommand(Caller caller, WriteOperation operation) {
  const std::string name = std::to_string(NextNumber());
  return {caller, DigestOf("key " + name), DigestOf("request " + name), kTestNow,
          std::move(operation)};
}

CreateMemo MakeCreate(Uuid id, std::string title, std::string content) {
  return {id, std::move(title), std::move(content), false, MemoState::kActive};
}

ListMemos MakeList(Caller caller) {
  ListMemos list;
  list.caller = caller;
  return list;
}

std::vector<Written> WriteAll(StoreSession& session, const std::vector<WriteCommand>& commands) {
  std::vector<const WriteCommand*> in;
  std::vector<WriteAnswer> answers(commands.size());
  std::vector<WriteAnswer*> out;
  std::vector<Error> failures(commands.size());
  for (std::size_t i = 0; i < commands.size(); ++i) {
    in.push_back(&commands[i]);
    out.push_back(&answers[i]);
  }
  const auto done = session.Write(in, out, failures);
  EXPECT_TRUE(done.has_value()) << done.error().message;
  std::vector<Written> written;
  for (std::size_t i = 0; i < commands.size(); ++i) written.push_back({answers[i], failures[i]});
  return written;
}

Written WriteOne(StoreSession& session, const WriteCommand& command) {
  return WriteAll(session, {command}).front();
}

std::vector<ReadAnswer> ReadAll(StoreSession& session, const std::vector<ReadQuery>& queries) {
  std::vector<const ReadQuery*> in;
  std::vector<ReadAnswer> answers(queries.size());
  std::vector<ReadAnswer*> out;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    in.push_back(&queries[i]);
    out.push_back(&answers[i]);
  }
  const auto done = session.Read(in, out);
  EXPECT_TRUE(done.has_value()) << done.error().message;
  return answers;
}

ReadAnswer ReadOne(StoreSession& session, const ReadQuery& query) {
  return ReadAll(session, {query}).front();
}

Memo GetOne(StoreSession& session, Caller caller, Uuid id) {
  const ReadAnswer answer = ReadOne(session, GetMemo{caller, id, std::nullopt});
  EXPECT_EQ(answer.status, ReadStatus::kFound);
  return answer.memos.empty() ? Memo{} : answer.memos.front();
}

void StoreContract::SetUp() {
  std::string why_not = "no reason given";
  harness_ = GetParam().make(why_not);
  if (!harness_) GTEST_SKIP() << GetParam().name << " cannot run here: " << why_not;
  store_ = harness_->NewStore();
  const auto migrated = store_->Migrate(kTestTimeout);
  ASSERT_TRUE(migrated.has_value()) << migrated.error().message;
  session_ = NewSession();
  ASSERT_NE(session_, nullptr);
}

std::unique_ptr<StoreSession> StoreContract::NewSession(Store& store) {
  auto session = store.Open(kTestTimeout);
  EXPECT_TRUE(session.has_value()) << session.error().message;
  return session ? std::move(*session) : nullptr;
}

Caller StoreContract::NewAccount(const std::string& username) {
  const auto id = static_cast<AccountId>(1000 + NextNumber());
  const Account account{id, username, "hash of " + username, 1, kTestNow};
  const auto written = WriteOne(*session_, MakeCommand({0, 0}, CreateAccount{account}));
  EXPECT_EQ(written.answer.status, WriteStatus::kApplied);
  return {id, 1};
}

Memo StoreContract::NewMemo(Caller caller, std::uint64_t id, std::string title,
                            std::string content) {
  const auto create = MakeCreate(TestId(id), std::move(title), std::move(content));
  const auto written = WriteOne(*session_, MakeCommand(caller, create));
  EXPECT_EQ(written.answer.status, WriteStatus::kApplied);
  return written.answer.memo;
}

}  // namespace scv::memo
