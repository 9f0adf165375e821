// What store.h promises about reads.
#include <algorithm>

#include "memo/domain/memo_limits.h"
#include "memo/store/store_contract.h"

namespace scv::memo {
namespace {

std::vector<std::string> Titles(const ReadAnswer& answer) {
  std::vector<std::string> titles;
  for (const Memo& memo : answer.memos) titles.push_back(memo.title);
  return titles;
}

using Strings = std::vector<std::string>;

std::string Repeat(std::string_view text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

Strings Search(StoreSession& session, Caller caller, std::string query) {
  ListMemos list = MakeList(caller);
  list.query = std::move(query);
  const ReadAnswer answer = ReadOne(session, list);
  EXPECT_EQ(answer.status, ReadStatus::kFound);
  return Titles(answer);
}

TEST_P(StoreContract, GetGivesBackEveryField) {
  const Caller caller = NewAccount("hong");
  const Memo made = NewMemo(caller, 1, "제목 \xF0\x9F\x98\x80", "본문\n둘째 줄");
  EXPECT_EQ(made.version, 1u);
  EXPECT_EQ(made.created_at, kTestNow);
  EXPECT_EQ(GetOne(*session_, caller, made.id), made);
}

TEST_P(StoreContract, TheLargestTextsAreKeptWhole) {
  const Caller caller = NewAccount("hong");
  const std::string title = Repeat("\xF0\x9F\x98\x80", kTitleCodePointsMax);
  const std::string content = Repeat("\xF4\x8F\xBF\xBD", kContentCodePointsMax);
  const Memo made = NewMemo(caller, 1, title, content);
  EXPECT_EQ(made.content.size(), 80'000u);
  EXPECT_EQ(GetOne(*session_, caller, made.id), made);
  const ReadAnswer page = ReadOne(*session_, MakeList(caller));
  ASSERT_EQ(page.memos.size(), 1u);
  EXPECT_EQ(page.memos.front().title, title);
  EXPECT_EQ(page.memos.front().content, content.substr(0, 4 * kExcerptCodePoints));
}

TEST_P(StoreContract, EmptyTextsAndControlCharactersAreKept) {
  const Caller caller = NewAccount("hong");
  const std::string odd("a\0b\t\r\n\x7f 'quoted\" \\ %_ ", 20);
  EXPECT_EQ(GetOne(*session_, caller, NewMemo(caller, 1, "t", "").id).content, "");
  EXPECT_EQ(GetOne(*session_, caller, NewMemo(caller, 2, "t", odd).id).content, odd);
}

TEST_P(StoreContract, AKnownVersionIsNotModified) {
  const Caller caller = NewAccount("hong");
  const Memo memo = NewMemo(caller, 1, "title", "content");
  const auto answers =
      ReadAll(*session_, {GetMemo{caller, memo.id, 1}, GetMemo{caller, memo.id, 2}});
  EXPECT_EQ(answers[0].status, ReadStatus::kNotModified);
  ASSERT_EQ(answers[0].memos.size(), 1u);
  EXPECT_EQ(answers[0].memos.front().version, 1u);
  EXPECT_EQ(answers[1].status, ReadStatus::kFound);
  EXPECT_EQ(answers[1].memos.front(), memo);
}

TEST_P(StoreContract, NobodySeesTheMemosOfAnother) {
  const Caller hong = NewAccount("hong");
  const Caller kim = NewAccount("kim");
  const Memo memo = NewMemo(hong, 1, "secret", "of hong");
  ListMemos search = MakeList(kim);
  search.query = "secret";
  const auto answers =
      ReadAll(*session_, {GetMemo{kim, memo.id, std::nullopt}, GetMemo{kim, memo.id, memo.version},
                          MakeList(kim), search, GetMemo{hong, memo.id, std::nullopt}});
  EXPECT_EQ(answers[0].status, ReadStatus::kNotFound);
  EXPECT_EQ(answers[1].status, ReadStatus::kNotFound);
  EXPECT_TRUE(answers[2].memos.empty());
  EXPECT_TRUE(answers[3].memos.empty());
  EXPECT_EQ(answers[4].status, ReadStatus::kFound);
}

TEST_P(StoreContract, TwoAccountsMayHaveMemosOfOneId) {
  const Caller hong = NewAccount("hong");
  const Caller kim = NewAccount("kim");
  NewMemo(hong, 1, "hong's");
  NewMemo(kim, 1, "kim's");
  EXPECT_EQ(GetOne(*session_, hong, TestId(1)).title, "hong's");
  EXPECT_EQ(GetOne(*session_, kim, TestId(1)).title, "kim's");
}

TEST_P(StoreContract, EveryReadVerifiesTheTokenVersion) {
  const Caller good = NewAccount("hong");
  const Memo memo = NewMemo(good, 1, "title");
  for (const Caller bad : {Caller{good.account, 2}, Caller{good.account, 0}, Caller{999'999, 1}}) {
    ListMemos search = MakeList(bad);
    search.query = "title";
    for (const ReadAnswer& answer :
         ReadAll(*session_, {GetMemo{bad, memo.id, std::nullopt}, MakeList(bad), search,
                             FindCaller{bad}, GetMemo{bad, TestId(77), std::nullopt}})) {
      EXPECT_EQ(answer.status, ReadStatus::kUnauthenticated);
      EXPECT_TRUE(answer.memos.empty());
    }
  }
}

TEST_P(StoreContract, AccountsAreFoundByNameAndByCaller) {
  const Caller caller = NewAccount("hong.gil-dong_1");
  const auto answers =
      ReadAll(*session_,
              {FindAccount{"hong.gil-dong_1"}, FindCaller{caller}, FindAccount{"HONG.gil-dong_1"},
               FindAccount{"hong.gil-dong_1 "}, FindAccount{"hong"}, FindAccount{""}});
  const Account expected{caller.account, "hong.gil-dong_1", "hash of hong.gil-dong_1", 1, kTestNow};
  EXPECT_EQ(answers[0].status, ReadStatus::kFound);
  EXPECT_EQ(answers[0].account, expected);
  EXPECT_EQ(answers[1].account, expected);
  for (std::size_t i = 2; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].status, ReadStatus::kNotFound) << i;
  }
}

TEST_P(StoreContract, PagesGoBothWaysWithoutGapsOrRepeats) {
  const Caller caller = NewAccount("hong");
  constexpr std::uint64_t kCount = 23;
  for (std::uint64_t n = 1; n <= kCount; ++n) NewMemo(caller, n, std::to_string(n));
  for (const bool oldest_first : {false, true}) {
    Strings seen;
    ListMemos list = MakeList(caller);
    list.limit = 5;
    if (oldest_first) list.after = Uuid{};
    for (bool more = true; more;) {
      const ReadAnswer page = ReadOne(*session_, list);
      ASSERT_FALSE(page.memos.empty());
      more = page.more;
      EXPECT_EQ(page.memos.size(), more ? 5u : kCount % 5);
      for (const Memo& memo : page.memos) seen.push_back(memo.title);
      (oldest_first ? list.after : list.before) = page.memos.back().id;
    }
    if (!oldest_first) std::reverse(seen.begin(), seen.end());
    ASSERT_EQ(seen.size(), kCount);
    for (std::uint64_t n = 1; n <= kCount; ++n) EXPECT_EQ(seen[n - 1], std::to_string(n));
  }
}

TEST_P(StoreContract, APageThatEndsWithTheLastMemoHasNoMore) {
  const Caller caller = NewAccount("hong");
  for (std::uint64_t n = 1; n <= 4; ++n) NewMemo(caller, n, std::to_string(n));
  ListMemos list = MakeList(caller);
  list.limit = 4;
  EXPECT_FALSE(ReadOne(*session_, list).more);
  list.before = TestId(1);
  EXPECT_TRUE(ReadOne(*session_, list).memos.empty());
  // A cursor is a place, not a memo: it need not exist.
  list.before = TestId(3);
  NewMemo(caller, 9, "9");
  EXPECT_EQ(Titles(ReadOne(*session_, list)), (Strings{"2", "1"}));
}

TEST_P(StoreContract, IdsAreOrderedByTheirTime) {
  const Caller caller = NewAccount("hong");
  for (const Millis time : {kTestNow + 5, kTestNow - 1'000'000, kTestNow + (Millis{1} << 40)}) {
    const auto create = MakeCreate(TestId(1, time), std::to_string(time - kTestNow));
    WriteOne(*session_, MakeCommand(caller, create));
  }
  EXPECT_EQ(Titles(ReadOne(*session_, MakeList(caller))),
            (Strings{std::to_string(Millis{1} << 40), "5", "-1000000"}));
}

TEST_P(StoreContract, ListsFilterByStateAndPin) {
  const Caller caller = NewAccount("hong");
  CreateMemo pinned = MakeCreate(TestId(1), "pinned");
  pinned.pinned = true;
  CreateMemo trashed = MakeCreate(TestId(2), "trashed");
  trashed.state = MemoState::kTrashed;
  WriteAll(*session_, {MakeCommand(caller, pinned), MakeCommand(caller, trashed),
                       MakeCommand(caller, MakeCreate(TestId(3), "plain"))});
  const auto titles = [&](std::optional<MemoState> state, std::optional<bool> pin) {
    ListMemos list = MakeList(caller);
    list.state = state;
    list.pinned = pin;
    return Titles(ReadOne(*session_, list));
  };
  EXPECT_EQ(titles(std::nullopt, std::nullopt), (Strings{"plain", "trashed", "pinned"}));
  EXPECT_EQ(titles(MemoState::kActive, std::nullopt), (Strings{"plain", "pinned"}));
  EXPECT_EQ(titles(MemoState::kTrashed, std::nullopt), (Strings{"trashed"}));
  EXPECT_EQ(titles(MemoState::kActive, true), (Strings{"pinned"}));
  EXPECT_EQ(titles(std::nullopt, false), (Strings{"plain", "trashed"}));
  EXPECT_EQ(titles(MemoState::kTrashed, true), (Strings{}));
}

TEST_P(StoreContract, ExcerptsEndBetweenCodePoints) {
  const Caller caller = NewAccount("hong");
  // One to four bytes a code point, so that 200 of them end at no round number of bytes.
  const std::string cycle = "a\xC3\xA9\xEA\xB0\x80\xF0\x9F\x98\x80";
  NewMemo(caller, 1, "long", Repeat(cycle, 51));
  NewMemo(caller, 2, "exact", Repeat(cycle, 50));
  ListMemos list = MakeList(caller);
  for (const Memo& memo : ReadOne(*session_, list).memos) {
    EXPECT_EQ(memo.content, Repeat(cycle, 50)) << memo.title;
  }
  list.full_content = true;
  EXPECT_EQ(ReadOne(*session_, list).memos.back().content, Repeat(cycle, 51));
}

TEST_P(StoreContract, SearchFindsSubstringsOfTitleAndContent) {
  const Caller caller = NewAccount("hong");
  NewMemo(caller, 1, "장보기 목록", "우유, 달걀");
  NewMemo(caller, 2, "회의", "다음 주 장보기는 김씨");
  NewMemo(caller, 3, "other", Repeat("filler ", 2000) + "needle");
  EXPECT_EQ(Search(*session_, caller, "장보기"), (Strings{"회의", "장보기 목록"}));
  EXPECT_EQ(Search(*session_, caller, "보"), (Strings{"회의", "장보기 목록"}));
  EXPECT_EQ(Search(*session_, caller, "달걀"), (Strings{"장보기 목록"}));
  EXPECT_EQ(Search(*session_, caller, "eedl"), (Strings{"other"}));
  EXPECT_EQ(Search(*session_, caller, "목록 우유"), (Strings{}));
  EXPECT_EQ(Search(*session_, caller, "없는말"), (Strings{}));
}

TEST_P(StoreContract, SearchDoesNotSeeCase) {
  const Caller caller = NewAccount("hong");
  NewMemo(caller, 1, "Hello World", "");
  NewMemo(caller, 2, "ΑΘΗΝΑ και Σωκράτης", "");
  NewMemo(caller, 3, "Москва", "");
  NewMemo(caller, 4, "ÀÉÎÕÜ", "");
  EXPECT_EQ(Search(*session_, caller, "hELLO wORLD"), (Strings{"Hello World"}));
  EXPECT_EQ(Search(*session_, caller, "αθηνα ΚΑΙ"), (Strings{"ΑΘΗΝΑ και Σωκράτης"}));
  EXPECT_EQ(Search(*session_, caller, "МОСКВА"), (Strings{"Москва"}));
  EXPECT_EQ(Search(*session_, caller, "àéîõü"), (Strings{"ÀÉÎÕÜ"}));
}

TEST_P(StoreContract, SearchTakesPatternCharactersLiterally) {
  const Caller caller = NewAccount("hong");
  NewMemo(caller, 1, "100% sure", "");
  NewMemo(caller, 2, "snake_case", "");
  NewMemo(caller, 3, "back\\slash", "");
  NewMemo(caller, 4, "it's \"quoted\"", "");
  NewMemo(caller, 5, "plain", "");
  EXPECT_EQ(Search(*session_, caller, "%"), (Strings{"100% sure"}));
  EXPECT_EQ(Search(*session_, caller, "_"), (Strings{"snake_case"}));
  EXPECT_EQ(Search(*session_, caller, "\\"), (Strings{"back\\slash"}));
  EXPECT_EQ(Search(*session_, caller, "'s \""), (Strings{"it's \"quoted\""}));
  EXPECT_EQ(Search(*session_, caller, "*"), (Strings{}));
}

TEST_P(StoreContract, SearchGoesWithCursorsAndFilters) {
  const Caller caller = NewAccount("hong");
  for (std::uint64_t n = 1; n <= 12; ++n) {
    CreateMemo create = MakeCreate(TestId(n), n % 2 == 0 ? "even " + std::to_string(n) : "odd");
    create.pinned = n % 4 == 0;
    WriteOne(*session_, MakeCommand(caller, create));
  }
  ListMemos list = MakeList(caller);
  list.query = "EVEN";
  list.limit = 2;
  list.before = TestId(10);
  const ReadAnswer page = ReadOne(*session_, list);
  EXPECT_EQ(Titles(page), (Strings{"even 8", "even 6"}));
  EXPECT_TRUE(page.more);
  list.pinned = true;
  EXPECT_EQ(Titles(ReadOne(*session_, list)), (Strings{"even 8", "even 4"}));
  EXPECT_FALSE(ReadOne(*session_, list).more);
  list.before.reset();
  list.after = TestId(5);
  EXPECT_EQ(Titles(ReadOne(*session_, list)), (Strings{"even 8", "even 12"}));
}

TEST_P(StoreContract, ABatchOfReadsAnswersEachInItsPlace) {
  const Caller caller = NewAccount("hong");
  std::vector<ReadQuery> queries;
  for (std::uint64_t n = 0; n < Store::kBatchMax; ++n) {
    if (n % 3 != 0) NewMemo(caller, n, std::to_string(n));
    // Every fifth asks for the one before it, so that one memo is asked for twice.
    queries.push_back(GetMemo{caller, TestId(n % 5 == 0 && n > 0 ? n - 1 : n), std::nullopt});
  }
  const auto answers = ReadAll(*session_, queries);
  for (std::uint64_t n = 0; n < answers.size(); ++n) {
    const std::uint64_t asked = n % 5 == 0 && n > 0 ? n - 1 : n;
    if (asked % 3 == 0) {
      EXPECT_EQ(answers[n].status, ReadStatus::kNotFound) << n;
    } else {
      ASSERT_EQ(answers[n].status, ReadStatus::kFound) << n;
      EXPECT_EQ(answers[n].memos.front().title, std::to_string(asked));
    }
  }
  EXPECT_TRUE(ReadAll(*session_, {}).empty());
}

}  // namespace
}  // namespace scv::memo
