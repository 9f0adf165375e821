#include "provider/conform.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace scv::provider {
namespace {

Block TheBlock() {
  const auto block = ParseBlock(boost::json::parse(R"({
    "attributes": {"name": {"type": "string", "required": true},
                   "count": {"type": "number", "optional": true},
                   "names": {"type": ["set", "string"], "optional": true}},
    "block_types": {"rule": {"nesting_mode": "set", "block": {
                      "attributes": {"port": {"type": "number", "required": true}},
                      "block_types": {}}},
                    "timeouts": {"nesting_mode": "single", "block": {
                      "attributes": {"create": {"type": "string", "optional": true}},
                      "block_types": {}}}}})"));
  EXPECT_TRUE(block.has_value());
  return *block;
}

Value From(const char* text) { return FromJson(boost::json::parse(text)); }

TEST(Conform, GivesExactlyTheSchemasFields) {
  const auto value = Conform(From(R"({"name": "a", "extra": 1, "_hidden": 2})"), TheBlock());
  EXPECT_EQ(value.Fields().size(), 5U);
  EXPECT_TRUE(value["count"].is_null());
  EXPECT_TRUE(value["names"].is_null());
  EXPECT_TRUE(value["timeouts"].is_null());
  EXPECT_NE(value["rule"].As<Value::List>(), nullptr) << "a missing block is no block";
}

TEST(Conform, SetsHaveNoOrderAndNoTwins) {
  const auto a = Conform(From(R"({"names": ["b", "a", "b"], "rule": [{"port": 2}, {"port": 1}]})"),
                         TheBlock());
  const auto b =
      Conform(From(R"({"names": ["a", "b"], "rule": [{"port": 1}, {"port": 2}]})"), TheBlock());
  EXPECT_EQ(a, b);
}

TEST(Conform, ConvertsTextAndNumbers) {
  const auto value = Conform(From(R"({"name": 7, "count": "8"})"), TheBlock());
  EXPECT_EQ(value["name"].Text(), "7");
  EXPECT_EQ(value["count"].Number(), 8);
}

TEST(Conform, UnknownStays) {
  Value::Object object{{"name", Value(Value::Unknown{})}, {"rule", Value(Value::Unknown{})}};
  const auto value = Conform(Value(object), TheBlock());
  EXPECT_TRUE(value["name"].is_unknown());
  EXPECT_TRUE(value["rule"].is_unknown());
  EXPECT_FALSE(value.IsWhollyKnown());
}

TEST(Conform, JsonComesBack) {
  const auto value = From(R"({"a": [1, 2.5, "x", true, null], "b": {"c": {}}})");
  EXPECT_EQ(FromJson(ToJson(value)), value);
}

}  // namespace
}  // namespace scv::provider
