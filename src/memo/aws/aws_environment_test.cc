#include "memo/aws/aws_environment.h"

#include <gtest/gtest.h>

#include <map>

namespace scv::memo {
namespace {

Result<AwsEnvironment> With(const std::map<std::string, std::string>& variables) {
  return ReadAwsEnvironment([&variables](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

TEST(AwsEnvironment, NothingSetMeansTheInstancesOwn) {
  const auto environment = With({});
  ASSERT_TRUE(environment);
  EXPECT_EQ(environment->region, "");
  EXPECT_EQ(environment->secrets_manager_endpoint, "");
  EXPECT_EQ(environment->metadata_endpoint, "http://169.254.169.254");
  EXPECT_FALSE(environment->metadata_disabled);
  EXPECT_FALSE(environment->credentials);
}

TEST(AwsEnvironment, TheRegionHasTwoNamesAndOneWins) {
  EXPECT_EQ(With({{"AWS_DEFAULT_REGION", "eu-west-1"}})->region, "eu-west-1");
  EXPECT_EQ(With({{"AWS_REGION", "us-east-1"}, {"AWS_DEFAULT_REGION", "eu-west-1"}})->region,
            "us-east-1");
  EXPECT_EQ(With({{"AWS_REGION", ""}, {"AWS_DEFAULT_REGION", "eu-west-1"}})->region, "eu-west-1");
}

TEST(AwsEnvironment, ARegionCannotSmuggleAnythingIntoHostOrScope) {
  for (const char* region : {"a:b", "a/b", "evil.example", "Seoul", "a b"}) {
    EXPECT_EQ(With({{"AWS_REGION", region}}).error().kind, ErrorKind::kInvalid) << region;
  }
}

TEST(AwsEnvironment, TheServicesOwnEndpointWins) {
  EXPECT_EQ(With({{"AWS_ENDPOINT_URL", "http://all:1/"}})->secrets_manager_endpoint,
            "http://all:1");
  EXPECT_EQ(With({{"AWS_ENDPOINT_URL", "http://all:1"},
                  {"AWS_ENDPOINT_URL_SECRETS_MANAGER", "https://own:2/base//"}})
                ->secrets_manager_endpoint,
            "https://own:2/base");
  EXPECT_EQ(
      With({{"AWS_ENDPOINT_URL", "http://all:1"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True"}})
          ->secrets_manager_endpoint,
      "");
}

TEST(AwsEnvironment, UnusableEndpointsAreRefusedByName) {
  for (const char* url : {"ftp://x", "http://", "https:///", "http://user@host", "http://h?q",
                          "http://h#f", "http://a b", "http://a\r\nX: y", "secrets.local:80"}) {
    for (const char* name : {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER",
                             "AWS_EC2_METADATA_SERVICE_ENDPOINT"}) {
      const auto environment = With({{name, url}});
      ASSERT_FALSE(environment) << name << "=" << url;
      EXPECT_EQ(environment.error().kind, ErrorKind::kInvalid);
      EXPECT_NE(environment.error().message.find("AWS_E"), std::string::npos);
    }
  }
}

TEST(AwsEnvironment, Metadata) {
  EXPECT_EQ(With({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"}})->metadata_endpoint,
            "http://[fd00:ec2::254]");
  EXPECT_EQ(With({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"},
                  {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9/"}})
                ->metadata_endpoint,
            "http://127.0.0.1:9");
  EXPECT_TRUE(With({{"AWS_EC2_METADATA_DISABLED", "TRUE"}})->metadata_disabled);
  EXPECT_FALSE(With({{"AWS_EC2_METADATA_DISABLED", "1"}})->metadata_disabled);
}

TEST(AwsEnvironment, CredentialsAreWholeOrAbsent) {
  const auto whole = With({{"AWS_ACCESS_KEY_ID", "AKID"},
                           {"AWS_SECRET_ACCESS_KEY", "very-secret"},
                           {"AWS_SESSION_TOKEN", "token"}});
  ASSERT_TRUE(whole->credentials);
  EXPECT_EQ(whole->credentials->access_key_id, "AKID");
  EXPECT_EQ(whole->credentials->secret_access_key.Reveal(), "very-secret");
  EXPECT_EQ(whole->credentials->session_token.Reveal(), "token");
  const auto half = With({{"AWS_SECRET_ACCESS_KEY", "very-secret"}});
  ASSERT_FALSE(half);
  EXPECT_EQ(half.error().message.find("very-secret"), std::string::npos);
  EXPECT_FALSE(With({{"AWS_ACCESS_KEY_ID", "AKID"}}));
}

}  // namespace
}  // namespace scv::memo
