// The dummy data of the first run: a demo account with a few memos, in both languages.
#include <sodium.h>

#include <array>

#include "memo/command_line.h"
#include "memo/domain/validation.h"
#include "memo/service/password.h"

namespace scv::memo {
namespace {

struct Text {
  std::string_view title;
  std::string_view content;
  bool pinned = false;
};

constexpr std::array<Text, 6> kMemos = {{
    {"Welcome · 환영합니다",
     "This is a **memo**. Write in Markdown, search in any script, and close the lid whenever you "
     "like: what was saved stays saved.\n\n"
     "이것은 **메모**입니다. 마크다운으로 쓰고, 어떤 글자로든 찾고, 언제든 덮으세요. 저장된 것은 "
     "사라지지 않습니다.",
     true},
    {"장애 대응 순서",
     "1. 무엇이 멈췄는지 확인한다\n2. 쓰기를 막고 원인을 격리한다\n3. 대기 서버를 승격한다\n"
     "4. 이름을 옮기고 다시 연결한다\n5. 잃은 것이 없는지 센다"},
    {"Things to break on purpose",
     "- [x] kill the app server while writing\n- [x] restart the database\n- [ ] cut the network\n"
     "- [ ] lose a whole region"},
    {"장보기", "- 두부 한 모\n- 대파\n- 달걀 10개\n- 커피 원두"},
    {"A table",
     "| phase | seconds |\n|---|---|\n| detect | 0.2 |\n| decide | 0.0 |\n| act | 0.1 |\n"
     "| reconnect | 0.1 |"},
    {"회의 메모", "> 복구 훈련은 매주 한다.\n\n`RPO = 0`, `RTO < 5초`를 목표로."},
}};

}  // namespace

Result<bool> SeedDemo(StoreSession& session, const std::string& password) {
  const Millis now = WallClockMillis();
  Account account;
  randombytes_buf(&account.id, sizeof(account.id));
  account.id &= INT64_MAX;
  account.username = "demo";
  account.token_version = 1;
  account.created_at = now;
  account.password_hash = "!";
  if (!password.empty()) {
    const auto clean = CleanPassword(password);
    if (!clean) {
      return Fail(ErrorKind::kInvalid, "the demo account's password " + clean.error().message);
    }
    SCV_ASSIGN(account.password_hash, HashPassword(*clean));
  }
  std::vector<Memo> memos;
  for (const Text& text : kMemos) {
    Memo memo;
    std::array<std::uint8_t, 10> random{};
    randombytes_buf(random.data(), random.size());
    // Apart by a millisecond, so that the list shows them in this order.
    memo.created_at = now - static_cast<Millis>(memos.size());
    memo.id = MakeUuidV7(memo.created_at, random);
    memo.title = text.title;
    memo.content = text.content;
    memo.pinned = text.pinned;
    memo.updated_at = now;
    memos.push_back(std::move(memo));
  }
  return session.SeedOnce(account, memos);
}

}  // namespace scv::memo
