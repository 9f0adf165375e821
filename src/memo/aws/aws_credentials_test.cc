#include "memo/aws/aws_credentials.h"

#include <gtest/gtest.h>

#include "memo/aws/instance_metadata.h"

namespace scv::memo {
namespace {

constexpr Millis kMinute = 60'000;
constexpr Millis kNow = 1'795'327'200'000;

// An instance whose role has a new key at every reading, on a clock that the test moves.
struct Instance {
  Millis now = kNow;
  Millis lifetime = 60 * kMinute;
  bool reachable = true;
  int reads = 0;

  AwsCredentialSource::ReadRole Role() {
    return [this](const CallLimits&) -> Result<AwsCredentials> {
      ++reads;
      if (!reachable) {
        return Fail(ErrorKind::kUnavailable, "no route");
      }
      return AwsCredentials{"ASIA" + std::to_string(reads), Secret("key"), Secret("token"),
                            now + lifetime};
    };
  }
  std::function<Millis()> Clock() {
    return [this] { return now; };
  }
};

class AwsCredentialsTest : public testing::Test {
 protected:
  std::string Id() {
    const auto credentials = source_.Get(CallLimits::Within(std::chrono::seconds(1)));
    return credentials ? credentials->access_key_id : std::string(Name(credentials.error().kind));
  }

  Instance instance_;
  AwsCredentialSource source_{AwsEnvironment(), instance_.Role(), instance_.Clock()};
};

TEST_F(AwsCredentialsTest, TheEnvironmentComesFirst) {
  AwsEnvironment environment;
  environment.credentials = StaticCredentials{"AKID", Secret("key"), Secret("token")};
  AwsCredentialSource source(environment, instance_.Role(), instance_.Clock());
  const auto credentials = source.Get(CallLimits::Within(std::chrono::seconds(1)));
  EXPECT_EQ(credentials->access_key_id, "AKID");
  EXPECT_EQ(credentials->session_token.Reveal(), "token");
  EXPECT_FALSE(source.Drop(*credentials));
  EXPECT_EQ(instance_.reads, 0);
}

TEST_F(AwsCredentialsTest, AreReadAgainFiveMinutesBeforeTheyExpire) {
  EXPECT_EQ(Id(), "ASIA1");
  instance_.now += 54 * kMinute;
  EXPECT_EQ(Id(), "ASIA1");
  instance_.now += kMinute;
  EXPECT_EQ(Id(), "ASIA2");
}

TEST_F(AwsCredentialsTest, AnUnreachableServiceDoesNotEndThoseThatAreStillGood) {
  EXPECT_EQ(Id(), "ASIA1");
  instance_.reachable = false;
  instance_.now += 59 * kMinute;
  EXPECT_EQ(Id(), "ASIA1");
  EXPECT_EQ(Id(), "ASIA1");
  EXPECT_EQ(instance_.reads, 2) << "asked at every call";
  instance_.now += kMinute;
  EXPECT_EQ(Id(), "unavailable");
  instance_.reachable = true;
  EXPECT_EQ(Id(), "ASIA4");
}

TEST_F(AwsCredentialsTest, RefusedOnesAreReadAgainOnce) {
  const auto first = source_.Get(CallLimits::Within(std::chrono::seconds(1)));
  EXPECT_TRUE(source_.Drop(*first));
  EXPECT_EQ(Id(), "ASIA2");
  EXPECT_TRUE(source_.Drop(*first)) << "another thread's late complaint";
  EXPECT_EQ(Id(), "ASIA2");
}

TEST(RoleCredentials, Document) {
  const auto credentials = ParseRoleCredentials(
      R"({"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIA","SecretAccessKey":"k/+",
          "Token":"t==","Expiration":"2026-11-22T06:00:00Z"})");
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->secret_access_key.Reveal(), "k/+");
  EXPECT_EQ(credentials->expires_at, 1'795'327'200'000);
}

TEST(RoleCredentials, DamagedOrRefused) {
  EXPECT_EQ(ParseRoleCredentials(R"({"Code":"AssumeRoleUnauthorizedAccess"})").error().kind,
            ErrorKind::kDenied);
  for (
      const char* document :
      {"", "[]", R"({"Code":1})", R"({"Code":"Success"})",
       R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"k","Token":"t"})",
       R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"k","Token":"t","Expiration":"x"})",
       R"({"Code":"Success","AccessKeyId":"A","SecretAccessKey":"k","Token":["t"],)"
       R"("Expiration":"2026-11-22T06:00:00Z"})"}) {
    EXPECT_EQ(ParseRoleCredentials(document).error().kind, ErrorKind::kInvalid) << document;
  }
}

}  // namespace
}  // namespace scv::memo
