#include "memo/http/json_in.h"

#include <gtest/gtest.h>

#include "memo/domain/validation.h"

namespace scv::memo {
namespace {

FieldReader Reader(std::string_view text) { return FieldReader(ParseFlatObject(text).value()); }

TEST(JsonIn, ReadsAFlatObject) {
  auto reader = Reader(R"( {"title":"제목 \u0041\n","pinned":true} )");
  EXPECT_EQ(reader.OptionalText("title", CleanContent), "제목 A\n");
  EXPECT_EQ(reader.OptionalBool("pinned"), true);
  EXPECT_EQ(reader.OptionalText("content", CleanContent), std::nullopt);
  EXPECT_FALSE(reader.Finish().has_value());
}

TEST(JsonIn, RefusesWhatIsNotOneObject) {
  for (const char* text :
       {"", " ", "[]", "null", "\"x\"", "1", "{", "{}{}", "{} x", "{\"a\":}", "{'a':1}",
        "{\"a\":1,}", "{\"a\" 1}", "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\ude00x\"}", "{\"a\":nul}", "{\"a\":01}", "// c\n{}"}) {
    EXPECT_FALSE(ParseFlatObject(text).has_value()) << text;
  }
}

TEST(JsonIn, RefusesTheSameFieldTwice) {
  EXPECT_FALSE(ParseFlatObject(R"({"title":"a","title":"b"})").has_value());
  EXPECT_FALSE(ParseFlatObject(R"({"title":"a","titl\u0065":"b"})").has_value());
}

TEST(JsonIn, DeepNestingEndsAtTheLimit) {
  EXPECT_FALSE(ParseFlatObject("{\"a\":" + std::string(100'000, '[')).has_value());
  EXPECT_FALSE(
      ParseFlatObject("{\"a\":" + std::string(40, '[') + std::string(40, ']') + "}").has_value());
}

TEST(JsonIn, NestedValuesAreMarkedNotMixedIn) {
  auto reader = Reader(R"({"title":{"pinned":true,"x":"y"},"content":["a"],"pinned":7})");
  reader.OptionalText("title", CleanTitle);
  reader.OptionalText("content", CleanContent);
  EXPECT_EQ(reader.OptionalBool("pinned"), std::nullopt);
  const auto problem = reader.Finish();
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->errors.size(), 3u);
}

TEST(JsonIn, NamesEveryMistakeAtOnce) {
  auto reader = Reader(R"({"content":null,"color":"red"})");
  reader.RequiredText("title", CleanTitle);
  reader.OptionalText("content", CleanContent);
  const auto problem = reader.Finish();
  ASSERT_TRUE(problem.has_value());
  ASSERT_EQ(problem->errors.size(), 3u);
  EXPECT_EQ(problem->errors[0].message, "is required");
  EXPECT_EQ(problem->errors[1].message, "must be a string");
  EXPECT_EQ(problem->errors[2].field, "color");
}

TEST(JsonIn, LimitsFieldsAndNames) {
  std::string many = "{";
  for (int i = 0; i < 40; ++i) many += "\"f" + std::to_string(i) + "\":1,";
  many.back() = '}';
  EXPECT_FALSE(ParseFlatObject(many).has_value());
  EXPECT_FALSE(ParseFlatObject("{\"" + std::string(65, 'n') + "\":1}").has_value());
}

}  // namespace
}  // namespace scv::memo
