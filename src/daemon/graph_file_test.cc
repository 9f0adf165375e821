#include "daemon/graph_file.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>

namespace scv::daemon {
namespace {

namespace json = boost::json;

Result<std::optional<std::string>> Known(std::string_view name) {
  if (name == "stays") return std::nullopt;
  if (name == "none") return Fail(ErrorKind::kNotFound, "it is not there");
  return "<" + std::string(name) + "\">";
}

std::string Expanded(std::string_view text, bool encode = true) {
  const auto expanded = Expand(json::parse(text), Known, encode);
  return expanded ? json::serialize(*expanded) : expanded.error().message;
}

TEST(GraphFile, ReplacesMarkersWhereverTheyStand) {
  EXPECT_EQ(Expanded(R"({"a":["x⟦one⟧y⟦two⟧"],"b":1})"), R"({"a":["x<one\">y<two\">"],"b":1})");
  EXPECT_EQ(Expanded(R"("⟦stays⟧ and ⟦open")"), R"("⟦stays⟧ and ⟦open")");
  EXPECT_EQ(Expanded(R"("⟦none⟧")"), "it is not there");
}

TEST(GraphFile, EscapesWhatItPutsIntoJsonText) {
  const auto expanded = Expand(json::parse(R"("{\"a\":\"⟦q⟧\"}")"), Known, true);
  ASSERT_TRUE(expanded);
  EXPECT_EQ(json::parse(expanded->as_string()).at("a").as_string(), "<q\">");
}

TEST(GraphFile, EncodesOnlyWhenAsked) {
  EXPECT_EQ(Expanded(R"({"⟦base64⟧":"abc⟦stays⟧"})", false), R"({"⟦base64⟧":"abc⟦stays⟧"})");
  EXPECT_EQ(Expanded(R"({"⟦base64⟧":"abcd"})"), R"("YWJjZA==")");
}

TEST(GraphFile, FindsTextsByPath) {
  const auto value = json::parse(R"({"a":[{"b":"c"}],"n":2})");
  EXPECT_EQ(TextAt(value, "a.0.b"), "c");
  EXPECT_EQ(TextAt(value, "n"), "2");
  EXPECT_EQ(TextAt(value, "a.1.b"), std::nullopt);
  EXPECT_EQ(TextAt(value, "a"), std::nullopt);
}

TEST(GraphFile, WhatIsReferredToComesBefore) {
  std::string name = (std::filesystem::temp_directory_path() / "scv-graph-XXXXXX").string();
  const std::filesystem::path directory = mkdtemp(name.data());
  std::ofstream(directory / "manifest.json") << "{}";
  std::ofstream(directory / "graph.json") << R"({
    "provider": {"region": "r", "default_tags": {}},
    "ephemeral": {"aws_secret": {"id": "⟦module.s[0].aws_v.this:id⟧"}},
    "resources": [
      {"address": "aws_db.this", "type": "aws_db", "depends_on": ["aws_subnet.a"],
       "config": {"password": "⟦ephemeral.aws_secret.value⟧", "subnet": "⟦aws_subnet.a[\"x\"]:id⟧",
                  "role": "⟦@global/aws_role.this:arn⟧"}}]})";
  const auto graph = ReadGraph(directory / "graph.json", directory);
  std::filesystem::remove_all(directory);
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_EQ(graph->entries[0].depends_on,
            (std::vector<std::string>{"aws_subnet.a", "module.s[0].aws_v.this"}));
}

TEST(GraphFile, CutsInstanceKeys) {
  EXPECT_EQ(WithoutKey(R"(module.a.aws_subnet.b["c[d]"])"), "module.a.aws_subnet.b");
  EXPECT_EQ(WithoutKey("aws_vpc.b"), "aws_vpc.b");
  EXPECT_EQ(WithoutKey("module.a[0].aws_vpc.b"), "module.a[0].aws_vpc.b");
  EXPECT_EQ(WithoutKey(R"(module.a[0].aws_vpc.b["c\"]"])"), "module.a[0].aws_vpc.b");
}

}  // namespace
}  // namespace scv::daemon
