#include "base/text.h"

#include <gtest/gtest.h>

namespace scv {
namespace {

TEST(Text, AcceptsAndRefusesUtf8) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("메모 memo 📝"));
  EXPECT_FALSE(IsUtf8("\xff"));
  EXPECT_FALSE(IsUtf8("\xc0\xaf"));          // overlong
  EXPECT_FALSE(IsUtf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(IsUtf8("\xf4\x90\x80\x80"));  // past U+10FFFF
  EXPECT_FALSE(IsUtf8("\xe2\x82"));          // cut short
}

TEST(Text, CountsCodePoints) {
  EXPECT_EQ(CodePoints(""), 0u);
  EXPECT_EQ(CodePoints("한글"), 2u);
  EXPECT_EQ(CodePoints("a📝"), 2u);
}

TEST(Text, PrefixCutsBetweenCodePoints) {
  EXPECT_EQ(Prefix("한글메모", 2), "한글");
  EXPECT_EQ(Prefix("abc", 5), "abc");
  EXPECT_EQ(Prefix("abc", 0), "");
}

TEST(Text, NormalisesToNfc) {
  const std::string jamo = "\u1112\u1161\u11ab";  // 한 as three jamo
  EXPECT_EQ(ToNfc(jamo).value(), "한");
  EXPECT_EQ(ToNfc("plain").value(), "plain");
  EXPECT_EQ(ToNfc("\xff").error().kind, ErrorKind::kInvalid);
}

TEST(Text, FoldsCase) {
  EXPECT_EQ(FoldCase("STRASSE"), FoldCase("straße"));
  EXPECT_EQ(FoldCase("ΣΊΣΥΦΟΣ"), FoldCase("σίσυφος"));
  EXPECT_EQ(FoldCase("한글"), "한글");
}

TEST(Text, FindsControls) {
  EXPECT_TRUE(HasControl("a\nb"));
  EXPECT_TRUE(HasControl("a\x7f"));
  EXPECT_TRUE(HasControl("\xc2\x85"));
  EXPECT_FALSE(HasControl("\xc2\xa0 한글"));
}

}  // namespace
}  // namespace scv
