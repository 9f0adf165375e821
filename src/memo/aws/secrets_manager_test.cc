#include "memo/aws/secrets_manager.h"

#include <gtest/gtest.h>

#include <thread>

#include "memo/aws/database_secret.h"
#include "memo/aws/test_server.h"

namespace scv::memo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kSecretId = "memo/database \"quoted\" \xEB\xA9\x94\xEB\xAA\xA8";
constexpr const char* kDocument = R"({"username":"memo","password":"s3cr3t-pw"})";

class SecretsManagerTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = TestServer::Start("fake_aws.py", "botocore");
    if (!server_) {
      GTEST_SKIP() << "needs Python's botocore (Debian: python3-botocore)";
    }
    const auto made =
        server_->Call("CreateSecret", {{"Name", kSecretId}, {"SecretString", kDocument}});
    ASSERT_TRUE(made) << made.error().message;
    calls_before_ = server_->Count("secrets");
  }

  // What a process in this environment gets.
  static Result<SecretValue> Get(const AwsEnvironment& environment, std::string_view id = kSecretId,
                                 milliseconds time = seconds(20)) {
    SecretsManager manager(environment, std::make_shared<InstanceMetadata>(environment));
    return manager.GetSecretValue(id, CallLimits::Within(time));
  }
  Result<SecretValue> Get() const { return Get(server_->EnvironmentWithKey()); }
  std::int64_t Calls() const { return server_->Count("secrets") - calls_before_; }

  std::unique_ptr<TestServer> server_;
  std::int64_t calls_before_ = 0;
};

void ExpectDocument(const Result<SecretValue>& value) {
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(value->document.Reveal(), kDocument);
  EXPECT_FALSE(value->version_id.empty());
}

TEST_F(SecretsManagerTest, BotocoreReproducesOurSignature) {
  ExpectDocument(Get());
  EXPECT_EQ(Calls(), 1);
  EXPECT_EQ(server_->Count("verified"), server_->Count("secrets"));
}

TEST_F(SecretsManagerTest, TheSessionTokenIsSigned) {
  auto environment = server_->EnvironmentWithKey();
  std::string token;
  for (int i = 0; i < 40; ++i) {
    token += "session//token++with==signs";
  }
  environment.credentials =
      StaticCredentials{"ASIASESSION", Secret("session/key+of=tests"), Secret(token)};
  ExpectDocument(Get(environment));
}

TEST_F(SecretsManagerTest, AnInstanceNeedsNothingButItsRole) {
  ExpectDocument(Get(server_->Environment()));
  EXPECT_EQ(server_->Count("role_reads"), 1);
}

TEST_F(SecretsManagerTest, WrongKeysAreDenied) {
  auto environment = server_->EnvironmentWithKey();
  environment.credentials->secret_access_key = Secret("wrong-but-secret");
  const auto forged = Get(environment);
  EXPECT_EQ(forged.error().kind, ErrorKind::kDenied);
  EXPECT_NE(forged.error().message.find("InvalidSignatureException"), std::string::npos);
  EXPECT_EQ(forged.error().message.find("wrong-but-secret"), std::string::npos);
  environment.credentials->access_key_id = "AKIDUNKNOWN";
  EXPECT_EQ(Get(environment).error().kind, ErrorKind::kDenied);
  EXPECT_EQ(Calls(), 2) << "a refusal was repeated";
}

TEST_F(SecretsManagerTest, DeniedAndMissing) {
  EXPECT_EQ(Get(server_->EnvironmentWithKey(), "no/such/secret").error().kind,
            ErrorKind::kNotFound);
  server_->Control({{"deny", true}});
  EXPECT_EQ(Get().error().kind, ErrorKind::kDenied);
  EXPECT_EQ(Calls(), 2) << "a refusal was repeated";
}

TEST_F(SecretsManagerTest, ThrottlingServerErrorsAndLostConnectionsPass) {
  server_->Control({{"throttle", 2}});
  ExpectDocument(Get());
  EXPECT_EQ(Calls(), 3);
  server_->Control({{"fail", 2}});
  ExpectDocument(Get());
  server_->Control({{"drop", 2}});
  ExpectDocument(Get());
}

TEST_F(SecretsManagerTest, RetriesAreBounded) {
  server_->Control({{"throttle", 100}});
  EXPECT_EQ(Get().error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(Calls(), 5);
}

TEST_F(SecretsManagerTest, AHangingServerHoldsNobodyPastTheDeadline) {
  server_->Control({{"hang", 60}});
  const auto start = std::chrono::steady_clock::now();
  const auto value = Get(server_->EnvironmentWithKey(), kSecretId, milliseconds(700));
  EXPECT_EQ(value.error().kind, ErrorKind::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(3));
}

TEST_F(SecretsManagerTest, StoppingEndsACallUnderWay) {
  server_->Control({{"hang", 60}});
  SecretsManager manager(server_->EnvironmentWithKey(), nullptr);
  std::stop_source source;
  Result<SecretValue> value;
  const auto start = std::chrono::steady_clock::now();
  std::jthread caller([&] {
    value = manager.GetSecretValue(kSecretId, CallLimits::Within(seconds(60), source.get_token()));
  });
  while (Calls() == 0) {
    std::this_thread::yield();
  }
  source.request_stop();
  caller.join();
  EXPECT_FALSE(value);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(10));
}

TEST_F(SecretsManagerTest, CredentialsThatAwsForgotAreReadAnew) {
  const auto environment = server_->Environment();
  SecretsManager manager(environment, std::make_shared<InstanceMetadata>(environment));
  ExpectDocument(manager.GetSecretValue(kSecretId, CallLimits::Within(seconds(20))));
  server_->Control({{"revoke", true}});
  ExpectDocument(manager.GetSecretValue(kSecretId, CallLimits::Within(seconds(20))));
  EXPECT_EQ(server_->Count("role_reads"), 2);
}

TEST_F(SecretsManagerTest, ExpiredRoleCredentialsAreReadAnew) {
  server_->Control({{"role_lifetime", -1}});
  const auto environment = server_->Environment();
  SecretsManager manager(environment, std::make_shared<InstanceMetadata>(environment));
  ExpectDocument(manager.GetSecretValue(kSecretId, CallLimits::Within(seconds(20))));
  server_->Control({{"role_lifetime", 3600}});
  for (int i = 0; i < 3; ++i) {
    ExpectDocument(manager.GetSecretValue(kSecretId, CallLimits::Within(seconds(20))));
  }
  EXPECT_EQ(server_->Count("role_reads"), 2);
}

TEST_F(SecretsManagerTest, AnswersThatAreNone) {
  for (const std::string& raw :
       {std::string("garbage"), std::string("[]"), std::string("{}"), std::string(60'000, '['),
        std::string(R"({"SecretString":5,"VersionId":"1"})"), std::string(100'000, 'x')}) {
    server_->Control({{"raw", raw}});
    const auto value = Get();
    ASSERT_FALSE(value) << raw.substr(0, 40);
    EXPECT_EQ(value.error().kind, ErrorKind::kInternal) << value.error().message;
  }
  EXPECT_EQ(Calls(), 6) << "garbage was asked for again";
}

TEST(AwsFailure, Kinds) {
  const auto kind = [](int status, std::string_view body) {
    return ClassifyAwsFailure(status, body).error.kind;
  };
  EXPECT_EQ(kind(400, R"({"__type":"ResourceNotFoundException"})"), ErrorKind::kNotFound);
  EXPECT_EQ(kind(400, R"({"__type":"com.amazonaws.x#AccessDeniedException"})"), ErrorKind::kDenied);
  EXPECT_EQ(kind(400, R"({"__type":"ThrottlingException"})"), ErrorKind::kUnavailable);
  EXPECT_EQ(kind(400, R"({"__type":"InvalidRequestException"})"), ErrorKind::kInvalid);
  EXPECT_EQ(kind(403, "<html>"), ErrorKind::kDenied);
  EXPECT_EQ(kind(503, ""), ErrorKind::kUnavailable);
  EXPECT_EQ(kind(429, ""), ErrorKind::kUnavailable);
  EXPECT_EQ(kind(302, ""), ErrorKind::kInternal);
  EXPECT_EQ(kind(400, R"({"__type":{"a":1}})"), ErrorKind::kInternal);
  const auto expired = ClassifyAwsFailure(400, R"({"__type":"ExpiredTokenException"})");
  EXPECT_TRUE(expired.credentials_stale);
  EXPECT_FALSE(expired.retry);
}

TEST(AwsFailure, MessagesQuoteNothingButTheCode) {
  const auto failure =
      ClassifyAwsFailure(400, R"({"__type":"Bad code\n","Message":"the key is AKIDXYZ"})");
  EXPECT_EQ(failure.error.message, "Secrets Manager answered status 400");
}

TEST(SecretValue, ABinarySecretIsNamed) {
  const auto value = ParseSecretValue(R"({"SecretBinary":"AAAA","VersionId":"1"})");
  EXPECT_EQ(value.error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace scv::memo
