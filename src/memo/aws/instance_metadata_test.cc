#include "memo/aws/instance_metadata.h"

#include <gtest/gtest.h>

#include "memo/aws/http_fetch.h"
#include "memo/aws/test_server.h"

namespace scv::memo {
namespace {

using std::chrono::seconds;

class InstanceMetadataTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = TestServer::Start("fake_aws.py", "botocore");
    if (!server_) {
      GTEST_SKIP() << "needs Python's botocore (Debian: python3-botocore)";
    }
    metadata_ = std::make_unique<InstanceMetadata>(server_->Environment());
  }

  static CallLimits Limits() { return CallLimits::Within(seconds(20)); }

  std::unique_ptr<TestServer> server_;
  std::unique_ptr<InstanceMetadata> metadata_;
};

TEST_F(InstanceMetadataTest, Names) {
  EXPECT_EQ(metadata_->Region(Limits()).value(), kTestRegion);
  EXPECT_EQ(metadata_->AvailabilityZone(Limits()).value(), "ap-northeast-2a");
  EXPECT_EQ(metadata_->InstanceId(Limits()).value(), "i-0123456789abcdef0");
  EXPECT_EQ(server_->Count("tokens"), 1) << "one token serves many requests";
  EXPECT_EQ(server_->Count("unauthorised"), 0);
}

TEST_F(InstanceMetadataTest, TheServerRefusesARequestWithoutToken) {
  HttpRequest request;
  request.url = server_->url() + "/latest/meta-data/instance-id";
  request.direct = true;
  EXPECT_EQ(HttpFetch(request, Limits())->status, 401);
}

TEST_F(InstanceMetadataTest, AVoidTokenIsReplaced) {
  ASSERT_TRUE(metadata_->InstanceId(Limits()));
  server_->Control({{"void_tokens", true}});
  EXPECT_TRUE(metadata_->InstanceId(Limits()));
  EXPECT_EQ(server_->Count("tokens"), 2);
}

TEST_F(InstanceMetadataTest, RoleCredentials) {
  const auto credentials = metadata_->RoleCredentials(Limits());
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->access_key_id, "ASIAROLE0");
  EXPECT_GT(credentials->expires_at, WallClockMillis());
}

TEST_F(InstanceMetadataTest, AnInstanceWithoutRoleSaysSo) {
  server_->Control({{"role", nullptr}});
  const auto credentials = metadata_->RoleCredentials(Limits());
  EXPECT_EQ(credentials.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(credentials.error().message.find("instance profile"), std::string::npos);
}

TEST_F(InstanceMetadataTest, ARoleNameCannotLeadElsewhere) {
  server_->Control({{"role", "../../api/token"}});
  EXPECT_EQ(metadata_->RoleCredentials(Limits()).error().kind, ErrorKind::kInternal);
}

TEST_F(InstanceMetadataTest, AStatusHasItsKind) {
  for (const auto& [status, kind] :
       {std::pair(403, ErrorKind::kDenied), std::pair(404, ErrorKind::kNotFound),
        std::pair(500, ErrorKind::kUnavailable), std::pair(302, ErrorKind::kInternal)}) {
    server_->Control({{"metadata", status}});
    EXPECT_EQ(metadata_->Region(Limits()).error().kind, kind) << status;
  }
}

TEST(InstanceMetadata, TurnedOffByTheEnvironmentIsNotAsked) {
  AwsEnvironment environment;
  environment.metadata_endpoint = "http://127.0.0.1:1";
  environment.metadata_disabled = true;
  const auto region = InstanceMetadata(environment).Region(CallLimits::Within(seconds(5)));
  EXPECT_EQ(region.error().kind, ErrorKind::kDenied);
  EXPECT_NE(region.error().message.find("AWS_EC2_METADATA_DISABLED"), std::string::npos);
}

TEST(InstanceMetadata, NobodyThereIsUnavailable) {
  AwsEnvironment environment;
  environment.metadata_endpoint = "http://127.0.0.1:1";
  const auto region = InstanceMetadata(environment).Region(CallLimits::Within(seconds(5)));
  EXPECT_EQ(region.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace scv::memo
