// The line of `scv status` about what is only recorded.
#include "cli/recorded_line.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>

namespace scv::cli {
namespace {

namespace json = boost::json;

std::string Line(json::array types) { return RecordedLine({{"recorded", std::move(types)}}); }

TEST(RecordedLine, CountsResourcesAndTypes) {
  EXPECT_EQ(Line({{{"type", "aws_kms_key"}, {"count", 1}}}),
            "recorded only: 1 resource of 1 type (aws_kms_key)");
  EXPECT_EQ(Line({{{"type", "AWS::IAM::Role"}, {"count", 1}},
                  {{"type", "AWS::SNS::Topic"}, {"count", 2}}}),
            "recorded only: 3 resources of 2 types (AWS::SNS::Topic 2, AWS::IAM::Role)");
}

TEST(RecordedLine, StaysALine) {
  json::array types;
  for (int i = 0; i < 12; ++i) types.push_back({{"type", "t" + std::to_string(i)}, {"count", 1}});
  const auto line = Line(std::move(types));
  EXPECT_NE(line.find("12 resources of 12 types (t0, t1,"), std::string::npos) << line;
  EXPECT_TRUE(line.ends_with("t9 and 2 more)")) << line;
}

TEST(RecordedLine, IsEmptyWhereNothingIsOrTheDaemonSaysNothing) {
  EXPECT_EQ(Line({}), "");
  EXPECT_EQ(RecordedLine({}), "");
  EXPECT_EQ(RecordedLine({{"recorded", "many"}}), "");
}

}  // namespace
}  // namespace scv::cli
