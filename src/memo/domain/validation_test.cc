#include "memo/domain/validation.h"

#include <gtest/gtest.h>

#include "memo/domain/memo_limits.h"

namespace scv::memo {
namespace {

std::string Repeat(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Validation, TitleLimitsCountCodePoints) {
  EXPECT_TRUE(CleanTitle(Repeat("글", 200)).has_value());
  EXPECT_FALSE(CleanTitle(Repeat("글", 201)).has_value());
  EXPECT_FALSE(CleanTitle("").has_value());
  EXPECT_FALSE(CleanTitle("   ").has_value());
  EXPECT_FALSE(CleanTitle("a\nb").has_value());
}

TEST(Validation, TitleIsCountedAfterNormalising) {
  const std::string jamo = "\u1112\u1161\u11ab";  // one syllable in three code points
  EXPECT_EQ(CleanTitle(Repeat(jamo, 200)).value(), Repeat("한", 200));
}

TEST(Validation, ContentMayBeEmptyAndHaveLines) {
  EXPECT_TRUE(CleanContent("").has_value());
  EXPECT_TRUE(CleanContent("a\r\n\tb").has_value());
  EXPECT_FALSE(CleanContent(std::string("a\0b", 3)).has_value());
  EXPECT_TRUE(CleanContent(Repeat("📝", kContentCodePointsMax)).has_value());
  EXPECT_FALSE(CleanContent(Repeat("📝", kContentCodePointsMax + 1)).has_value());
  EXPECT_FALSE(CleanContent("\xed\xa0\x80").has_value());
}

TEST(Validation, Usernames) {
  for (const char* name : {"abc", "a.b-c_1", "a1234567890123456789012345678901"}) {
    EXPECT_TRUE(CleanUsername(name).has_value()) << name;
  }
  for (const char* name :
       {"", "ab", "1abc", "Abc", "a b", "홍길동", "a12345678901234567890123456789012"}) {
    EXPECT_FALSE(CleanUsername(name).has_value()) << name;
  }
}

TEST(Validation, Passwords) {
  EXPECT_FALSE(CleanPassword("1234567").has_value());
  EXPECT_TRUE(CleanPassword("비밀번호여덟글자").has_value());
  EXPECT_FALSE(CleanPassword(Repeat("x", 129)).has_value());
}

}  // namespace
}  // namespace scv::memo
