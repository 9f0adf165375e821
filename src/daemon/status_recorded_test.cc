// Counts of what is only recorded, as people and scripts see them.
#include "daemon/status_recorded.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

namespace scv::daemon {
namespace {

TEST(RecordedTypes, AreCountedByTypeWhereverTheyAre) {
  std::map<aws::ResourceKey, Progress> progress;
  const auto put = [&](const char* region, const char* type, const char* id, aws::Status status) {
    progress[{.region = region, .type = type, .id = id}].status = status;
  };
  EXPECT_TRUE(RecordedTypes(progress).empty());
  put("ap-northeast-2", "aws_vpc", "vpc-1", aws::Status::kAvailable);
  put("ap-northeast-2", "AWS::SNS::Topic", "a", aws::Status::kRecorded);
  put("ap-northeast-1", "AWS::SNS::Topic", "b", aws::Status::kRecorded);
  put("ap-northeast-1", "AWS::SNS::Topic", "c", aws::Status::kPending);
  put("global", "aws_kms_key", "k", aws::Status::kRecorded);
  EXPECT_EQ(boost::json::serialize(RecordedTypes(progress)),
            R"([{"type":"AWS::SNS::Topic","count":2},{"type":"aws_kms_key","count":1}])");
}

}  // namespace
}  // namespace scv::daemon
