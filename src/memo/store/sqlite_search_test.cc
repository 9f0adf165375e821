#include "memo/store/sqlite_search.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "base/text.h"

namespace scv::memo {
namespace {

TEST(FoldNfc, AgreesWithFoldCaseOnEveryMixture) {
  constexpr std::array kParts = {
      "a",      "Z",      "É",      "ß",      "Σ",      "ς",      "Ж",      "가",     "힣",
      "\u1100", "\u1161", "\u11a8", "あ",     "が",     "\u3099", "ヽ",     "\u30ff", "\u3096",
      "漢",     "一",     "\u9fff", "\uf900", "😀",      "\u0301", "\u0331", "h",      "H",
      "İ",      "ı",      "%",      " ",      "\uac00", "\ud7a3", "\ud7b0", "\u302e", "\u00b5"};
  std::mt19937_64 random(7);
  std::string room;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t n = random() % 6; n > 0; --n) text += kParts[random() % kParts.size()];
    const std::string nfc = ToNfc(text).value();
    EXPECT_EQ(FoldNfc(nfc, room), FoldCase(nfc)) << nfc;
  }
}

TEST(FoldNfc, SurvivesTextThatIsNotUtf8) {
  std::string room;
  for (const std::string_view text : {"\xe0", "a\xea\xb0", "\xff\xfe", "\xed\xa0\x80"}) {
    EXPECT_EQ(FoldNfc(text, room), FoldCase(text));
  }
}

}  // namespace
}  // namespace scv::memo
