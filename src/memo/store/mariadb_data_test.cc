// What is special to MariaDB as a database: ranges, sizes, collation, the bound on searches,
// errors.
#include <limits>

#include "memo/store/mariadb_store_fixture.h"

namespace scv::memo {
namespace {

using namespace std::chrono_literals;

class MariadbDataTest : public MariadbStoreTest {};

TEST_F(MariadbDataTest, IdsAndVersionsUseTheirWholeRange) {
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

TEST_F(MariadbDataTest, EverySizeOfBatchIsAnsweredInPlace) {
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

TEST_F(MariadbDataTest, TheLongestMemosFillSeveralTransactions) {
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

TEST_F(MariadbDataTest, SearchKnowsAccentsButNotCase) {
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

TEST_F(MariadbDataTest, ALongSearchIsStoppedAlone) {
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

TEST_F(MariadbDataTest, ErrorsQuoteNoText) {
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
