#include "memo/http/json_out.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace scv::memo {
namespace {

Memo Sample() {
  Memo memo;
  memo.id = MakeUuidV7(1'795'327'200'000, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  memo.title = "따옴표 \" \\ and\n";
  memo.content = "text";
  memo.version = 7;
  memo.created_at = 1'795'327'200'000;
  memo.updated_at = 1'795'327'200'001;
  return memo;
}

TEST(JsonOut, RendersAMemoExactly) {
  std::string out;
  AppendMemo(Sample(), /*summary=*/false, out);
  EXPECT_EQ(out,
            R"({"id":"01a201d7-0b00-7102-8304-05060708090a","title":"따옴표 \" \\ and\n",)"
            R"("content":"text","pinned":false,"state":"active","version":7,)"
            R"("created_at":"2026-11-22T06:00:00.000Z","updated_at":"2026-11-22T06:00:00.001Z",)"
            R"("deleted_at":null})");
}

TEST(JsonOut, EscapesLongTextsAcrossPieces) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += i % 3 == 0 ? "\"" : i % 3 == 1 ? "한" : "\x01";
  std::string out;
  AppendJsonString(text, out);
  EXPECT_EQ(boost::json::parse(out).as_string(), text);
}

TEST(JsonOut, RendersPages) {
  EXPECT_EQ(RenderPage({}, std::nullopt), R"({"items":[],"next_cursor":null})");
  const auto page = boost::json::parse(RenderPage({Sample(), Sample()}, "abc")).as_object();
  EXPECT_EQ(page.at("items").as_array().size(), 2u);
  EXPECT_EQ(page.at("items").as_array()[0].as_object().at("excerpt"), "text");
  EXPECT_EQ(page.at("next_cursor"), "abc");
}

TEST(JsonOut, RendersProblems) {
  Problem problem;
  problem.kind = ProblemKind::kVersionConflict;
  problem.detail = "d";
  problem.errors.push_back({"title", "is required"});
  problem.current = Sample();
  const auto parsed = boost::json::parse(RenderProblem(problem, "id1")).as_object();
  EXPECT_EQ(parsed.at("type"), "/problems/version-conflict");
  EXPECT_EQ(parsed.at("status"), 412);
  EXPECT_EQ(parsed.at("request_id"), "id1");
  EXPECT_EQ(parsed.at("current").as_object().at("version"), 7);
}

}  // namespace
}  // namespace scv::memo
